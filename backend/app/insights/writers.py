"""Insights in the making. Each is a task of its own: a reader who leaves does not end it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import structlog

from app.errors import AppError, Unavailable
from app.schemas.insight_event import InsightEvent

log = structlog.get_logger()


class Writing:
    """One insight being written: its events so far, for any number of readers."""

    def __init__(self, events: AsyncGenerator[InsightEvent, None]) -> None:
        self._told: list[InsightEvent] = []
        self._news = asyncio.Event()
        self._failure: AppError | None = None
        self.task = asyncio.create_task(self._write(events))
        self.task.add_done_callback(lambda _: self._news.set())

    async def events(self) -> AsyncGenerator[InsightEvent, None]:
        """From the first on, whenever one comes. Raises what ended the writing."""
        seen = 0
        while True:
            news = self._news
            while seen < len(self._told):
                yield self._told[seen]
                seen += 1
            if self.task.done():
                break
            await news.wait()
        if self._failure is not None:
            raise self._failure

    async def _write(self, events: AsyncGenerator[InsightEvent, None]) -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    self._told.append(event)
                    self._wake()
        except AppError as failure:
            self._failure = failure
        except asyncio.CancelledError:
            self._failure = Unavailable()
            raise
        # The stream boundary: one of the two places where everything is caught. Readers get a sentence of ours.
        except Exception:
            log.exception("insight_failed")
            self._failure = AppError()

    def _wake(self) -> None:
        """Whoever waits goes on; who comes later waits for the next."""
        news, self._news = self._news, asyncio.Event()
        news.set()


class Writers:
    def __init__(self) -> None:
        self._writing: set[asyncio.Task[None]] = set()

    def start(self, events: AsyncGenerator[InsightEvent, None]) -> Writing:
        writing = Writing(events)
        self._writing.add(writing.task)
        writing.task.add_done_callback(self._writing.discard)
        return writing

    async def close(self) -> None:
        """End what is still being written; nothing of it is stored."""
        tasks = list(self._writing)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
