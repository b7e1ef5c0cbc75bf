"""Reports that many people ask for at once: so many are worked out side by side, and everything else goes on."""

import asyncio
import threading
from types import SimpleNamespace
from typing import cast

import httpx
import numpy as np

from app.services.analytics.book import Book
from app.services.analytics.compute import CELLS_OFF_THE_LOOP, CONCURRENT_COMPUTATIONS, computed

PEOPLE = 20
# Only reached where something is broken
PATIENCE = 60.0


class Report:
    """Works until it is told to end, and knows how many of it work."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.began = threading.Semaphore(0)
        self.most_at_once = 0
        self._working = 0
        self._lock = threading.Lock()

    def __call__(self, _book: Book) -> str:
        with self._lock:
            self._working += 1
            self.most_at_once = max(self.most_at_once, self._working)
        self.began.release()
        assert self.may_end.wait(PATIENCE)
        with self._lock:
            self._working -= 1
        return threading.current_thread().name


def large_book() -> Book:
    panel = SimpleNamespace(closes=np.empty((CELLS_OFF_THE_LOOP, 1)))
    return cast(Book, SimpleNamespace(panel=panel, row=SimpleNamespace(lots=())))


async def test_twenty_large_reports_at_once_are_bounded_and_others_are_answered_meanwhile(
    client: httpx.AsyncClient,
) -> None:
    report = Report()
    asked = [asyncio.create_task(computed(large_book(), report)) for _ in range(PEOPLE)]
    for _ in range(CONCURRENT_COMPUTATIONS):
        assert await asyncio.to_thread(report.began.acquire, timeout=PATIENCE)

    ready = await client.get("/api/v1/health/ready")

    assert ready.status_code == 200
    assert not any(task.done() for task in asked)
    report.may_end.set()
    threads = await asyncio.gather(*asked)
    assert report.most_at_once == CONCURRENT_COMPUTATIONS
    assert all(name.startswith("analytics") for name in threads)
