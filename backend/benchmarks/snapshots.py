"""Daily snapshots since inception for 1,000 portfolios of 50 positions, through the job queue.

For each number of worker processes, one job a portfolio is put in line, and the clock runs from the moment when all
workers have reported to the end of the last job; the start of Python is not in it. `first` stores every day; `again` is
the same once more, as on every night: only the newest days could differ, and here nothing does. `ms` is what one
portfolio takes then, `floor` what it takes the pure `daily_snapshots` in one process with everything at hand: no queue,
no database, nothing stored. `growth` is how many times as fast as one worker. PostgreSQL shares the machine with the
workers: where there are two processors, two workers cannot be twice as fast as one.

SIGMASIGHT_BENCH_PORTFOLIOS makes fewer portfolios than 1,000.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Literal, LiteralString
from uuid import UUID

import psycopg
from procrastinate import App

from app.analytics.snapshots import daily_snapshots
from app.config import Settings
from app.db import Database
from app.jobs.app import create_job_app
from app.jobs.tasks import snapshots_lock
from app.repositories import holding as holding_repository
from app.services.analytics.book import Book, load
from benchmarks._database import fresh_database
from benchmarks._measuring import Row, best_times, publish
from benchmarks._server import environment
from benchmarks._snapshot_inputs import DAYS, POSITIONS, SCOPE, write_market, write_portfolios

PORTFOLIOS = int(os.environ.get("SIGMASIGHT_BENCH_PORTFOLIOS", "1000"))
WORKERS = (1, 2)
State = Literal["first", "again"]
STATES: tuple[State, ...] = ("first", "again")
FLOOR_BOOKS = 5
FLOOR_REPEATS = 20
# Nothing takes longer, on a machine of any kind
LONGEST_SECONDS = 3600.0
POLL_SECONDS = 0.05
_WORKER = """
import asyncio
from app import logging
from app.config import Settings
from app.jobs.app import work
logging.configure(Settings())
asyncio.run(work(Settings(), until_idle=True))
"""
_LEFT = "select count(*) from procrastinate_jobs where status in ('todo', 'doing')"
_WORKERS = "select count(*) from procrastinate_workers"
_STORED = "select count(*) from portfolio_snapshots"


class NotDone(Exception):
    """The workers have ended, or were waited for too long, and something is left to do."""


async def prepare(settings: Settings) -> tuple[list[UUID], list[Book]]:
    """All portfolios, and the books of some."""
    database = Database(settings.database_url)
    async with database.session(SCOPE) as session:
        portfolios = [row.id for row in await holding_repository.find_all(session)]
        books = [await load(session, portfolio_id) for portfolio_id in portfolios[:FLOOR_BOOKS]]
    await database.close()
    return portfolios, books


def floor_ms(books: list[Book]) -> float:
    ready = [(book.panel.dates, book.filled.closes, book.lots, book.cash_flows) for book in books]
    times = best_times({"floor": lambda: [daily_snapshots(*given) for given in ready]}, FLOOR_REPEATS)
    return times["floor"].wall / len(ready)


async def put_in_line(settings: Settings, portfolios: list[UUID]) -> None:
    app: App = create_job_app(settings.database_url)
    async with app.open_async():
        for portfolio_id in portfolios:
            task = app.configure_task("recompute_snapshots", lock=snapshots_lock(portfolio_id))
            await task.defer_async(
                portfolio_id=str(portfolio_id), user_id=str(SCOPE.user_id), tenant_id=str(SCOPE.tenant_id)
            )


def per_second(settings: Settings, connection: psycopg.Connection, workers: int) -> float:
    """Portfolios a second until none is left."""
    processes = [
        subprocess.Popen([sys.executable, "-c", _WORKER], env=environment(settings))  # noqa: S603 - our own constant
        for _ in range(workers)
    ]
    try:
        _wait(lambda: _number(connection, _WORKERS) >= workers, processes)
        left, began = _number(connection, _LEFT), time.perf_counter()
        _wait(lambda: _number(connection, _LEFT) == 0, processes)
        return left / (time.perf_counter() - began)
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def _wait(is_done: Callable[[], bool], processes: "list[subprocess.Popen[bytes]]") -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while not is_done():
        if time.monotonic() > until or all(process.poll() is not None for process in processes):
            raise NotDone
        time.sleep(POLL_SECONDS)


def _number(connection: psycopg.Connection, query: LiteralString) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    number: int = row[0]
    return number


def measure(
    settings: Settings, connection: psycopg.Connection, portfolios: list[UUID], workers: int, state: State
) -> float:
    connection.execute("truncate procrastinate_workers, procrastinate_jobs cascade")
    if state == "first":
        connection.execute("truncate portfolio_snapshots")
    asyncio.run(put_in_line(settings, portfolios))
    rate = per_second(settings, connection, workers)
    assert _number(connection, _STORED) == len(portfolios) * DAYS
    return rate


def rows(rates: dict[tuple[State, int], float], floor: float) -> list[Row]:
    return [
        {
            "portfolios": PORTFOLIOS, "positions": POSITIONS, "days": DAYS, "state": state, "workers": workers,
            "per_second": rate, "growth": rate / rates[state, WORKERS[0]], "ms": 1000 / rate, "floor": floor,
            "ratio_to_floor": 1000 / rate / floor, "peer": None, "ratio_to_peer": None,
        }
        for (state, workers), rate in rates.items()
    ]  # fmt: skip


def main() -> None:
    with fresh_database() as settings, psycopg.connect(settings.database_url, autocommit=True) as connection:
        with connection.transaction():
            write_market(connection)
            write_portfolios(connection, PORTFOLIOS)
        connection.execute("analyze")
        portfolios, books = asyncio.run(prepare(settings))
        rates = {
            (state, workers): measure(settings, connection, portfolios, workers, state)
            for workers in WORKERS
            for state in STATES
        }
        # After the workers, so that nothing of theirs is still going on
        found = rows(rates, floor_ms(books))
    publish("snapshots", found)


if __name__ == "__main__":
    main()
