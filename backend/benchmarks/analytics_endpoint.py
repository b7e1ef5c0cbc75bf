"""Each analytics endpoint on the demo portfolios, over HTTP from a server process with a PostgreSQL of its own.

`ms` is from the request to the last byte of the answer. `floor` is what no server can do without: the measure itself,
from the book to the answer's object, and one query that reads the positions over an open connection. Every endpoint is
asked in two states: `changed`, where the holdings changed since the last request and everything is worked out anew, and
`kept`, where nothing changed and the server still has what it worked out before; the floor has the same head start.

`bare_ms` is, in the same run, an endpoint of the same framework in the same kind of process that makes the floor's
query and answers a constant: what HTTP and a query cost before anything of ours. `ratio_to_http_floor` compares `ms`
with it and the measure together. An answer that is kept is not worked out again: then `ms` may be below the floor.

All times are the best of several runs, taken in turns, and then the mean over the three portfolios. `statements` is how
many the server sends to the database for one request, its check of the person included.
"""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, Literal
from unittest import mock
from uuid import UUID

import httpx
import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.db import Database
from app.main import create_app
from app.repositories import holding as holding_repository
from app.services import demo, token
from app.services.analytics.book import Book, load
from benchmarks._analytics_endpoints import ENDPOINTS, Endpoint, check_complete
from benchmarks._bare_app import POSITIONS
from benchmarks._database import fresh_database
from benchmarks._measuring import Row, publish
from benchmarks._server import Client, serving

REPEATS = 9
State = Literal["changed", "kept"]
STATES: tuple[State, ...] = ("changed", "kept")


@dataclass(frozen=True)
class Times:
    """Milliseconds of one endpoint: ours, and what the floors are put together from."""

    ours: float
    measure: float
    query: float
    bare: float


@dataclass
class Case:
    """One portfolio as the server sees it, as a bare server does, and as the floor does."""

    client: Client
    bare: Client
    connection: psycopg.Connection
    portfolio_id: UUID
    books: dict[frozenset[str], Book]

    def change(self) -> None:
        """One more unit of cash: whatever was kept for the portfolio is out of date."""
        self.connection.execute(
            "update portfolios set opening_cash = opening_cash + 1 where id = %s", [self.portfolio_id]
        )

    def run(self, endpoint: Endpoint, state: State) -> Times:
        book = self.books[endpoint.also]
        if state == "changed":
            self.change()
            book = Book(book.row, book.panel)
        return Times(
            ours=timed(lambda: self.client.ask(endpoint.method, endpoint.of(self.portfolio_id), endpoint.body)),
            measure=timed(lambda: endpoint.measure(book)),
            query=timed(lambda: self.connection.execute(POSITIONS, [self.portfolio_id]).fetchall()),
            bare=timed(lambda: self.bare.ask("GET", f"/bare/{self.portfolio_id}")),
        )

    def best(self, endpoint: Endpoint, state: State) -> Times:
        self.run(endpoint, "kept")
        runs = [self.run(endpoint, state) for _ in range(REPEATS)]
        return Times(*(min(getattr(run, field.name) for run in runs) for field in fields(Times)))


def timed(call: Callable[[], object]) -> float:
    """Milliseconds on the clock: the work is spread over three processes."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def measure(cases: list[Case], endpoint: Endpoint, state: State, statements: int) -> Row:
    best = [case.best(endpoint, state) for case in cases]
    ours, measured, query, bare = (_mean(getattr(times, field.name) for times in best) for field in fields(Times))
    floor = measured + query
    return {
        "endpoint": endpoint.name, "state": state, "statements": statements, "ms": ours, "floor": floor,
        "ratio_to_floor": ours / floor, "peer": None, "ratio_to_peer": None, "bare_ms": bare,
        "ratio_to_http_floor": ours / (measured + bare),
    }  # fmt: skip


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


@contextmanager
def _counted() -> Iterator[list[str]]:
    """Statements as the driver is given them; the beginning and the end of a transaction are none."""
    seen: list[str] = []
    original = psycopg.AsyncCursor.execute

    def execute(cursor: psycopg.AsyncCursor, query: str, *others: Any, **named: Any) -> Any:
        seen.append(query)
        return original(cursor, query, *others, **named)

    with mock.patch.object(psycopg.AsyncCursor, "execute", execute):
        yield seen


async def count_statements(settings: Settings, portfolio_id: UUID) -> dict[str, int]:
    """Of a second request: the first one of a process reads the prices as well."""
    app = create_app(settings)
    check_complete(app)
    headers = {"Authorization": f"Bearer {token.issue(demo.DEMO.scope, settings).text}"}
    counts = {}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench", headers=headers) as client,
    ):
        for endpoint in ENDPOINTS:
            await client.request(endpoint.method, endpoint.of(portfolio_id), json=endpoint.body)
            with _counted() as seen:
                await client.request(endpoint.method, endpoint.of(portfolio_id), json=endpoint.body)
            counts[endpoint.name] = len(seen)
    return counts


async def prepare(settings: Settings) -> dict[UUID, dict[frozenset[str], Book]]:
    """The demo, and the books of its first account by the symbols that they hold beside the portfolio's own."""
    database = Database(settings.database_url)
    await demo.seed(database, settings)
    async with database.session(demo.DEMO.scope) as session:
        rows = await holding_repository.find_all(session)
        books = {row.id: await _books(session, row.id) for row in rows}
    await database.close()
    return books


async def _books(session: AsyncSession, portfolio_id: UUID) -> dict[frozenset[str], Book]:
    wanted = {endpoint.also for endpoint in ENDPOINTS}
    return {also: await load(session, portfolio_id, also) for also in wanted}


def main() -> None:
    with fresh_database() as settings:
        books = asyncio.run(prepare(settings))
        statements = asyncio.run(count_statements(settings, next(iter(books))))
        bearer = token.issue(demo.DEMO.scope, settings).text
        with (
            serving(settings, bearer) as client,
            serving(settings, bearer, "benchmarks._bare_app:create_app") as bare,
            psycopg.connect(settings.database_url, autocommit=True) as connection,
        ):
            cases = [Case(client, bare, connection, portfolio_id, of) for portfolio_id, of in books.items()]
            rows = [
                measure(cases, endpoint, state, statements[endpoint.name]) for endpoint in ENDPOINTS for state in STATES
            ]
    publish("analytics_endpoint", rows)


if __name__ == "__main__":
    main()
