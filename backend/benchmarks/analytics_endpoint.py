"""Each analytics endpoint on the demo portfolios, over HTTP from a server process with a PostgreSQL of its own.

`ms` is from the request to the last byte of the answer. `floor` is what no server can do without: the measure itself,
from the book to the answer's object, and one query that reads the positions over an open connection. Every endpoint is
asked in two states: `changed`, where the holdings changed since the last request and everything is worked out anew, and
`kept`, where nothing changed and the server still has what it worked out before; the floor has the same head start.
`bare_ms` is the health endpoint, which does nothing, in the same run: what HTTP itself costs on this machine.

All times are the best of several runs, taken in turns, and then the mean over the three portfolios. `statements` is how
many the server sends to the database for one request, its check of the person included.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import httpx
import psycopg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.db import Database
from app.main import create_app
from app.repositories import holding as holding_repository
from app.services import demo, token
from app.services.analytics.book import Book, load
from benchmarks._analytics_endpoints import ENDPOINTS, Endpoint, check_complete
from benchmarks._database import fresh_database
from benchmarks._measuring import Row, publish
from benchmarks._server import Client, serving

REPEATS = 9
State = Literal["changed", "kept"]
STATES: tuple[State, ...] = ("changed", "kept")
_POSITIONS = "select symbol, quantity, entry_date, entry_price from positions where portfolio_id = %s"


@dataclass
class Case:
    """One portfolio as the server sees it and as the floor does."""

    client: Client
    connection: psycopg.Connection
    portfolio_id: UUID
    books: dict[frozenset[str], Book]

    def change(self) -> None:
        """One more unit of cash: whatever was kept for the portfolio is out of date."""
        self.connection.execute(
            "update portfolios set opening_cash = opening_cash + 1 where id = %s", [self.portfolio_id]
        )

    def request(self, endpoint: Endpoint) -> None:
        self.client.ask(endpoint.method, endpoint.of(self.portfolio_id), endpoint.body)

    def floor(self, endpoint: Endpoint, state: State) -> float:
        book = self.books[endpoint.also]
        if state == "changed":
            book = Book(book.row, book.panel)
        return timed(lambda: endpoint.measure(book)) + timed(self._query)

    def endpoint(self, endpoint: Endpoint, state: State) -> float:
        if state == "changed":
            self.change()
        return timed(lambda: self.request(endpoint))

    def _query(self) -> None:
        self.connection.execute(_POSITIONS, [self.portfolio_id]).fetchall()


def timed(call: Callable[[], object]) -> float:
    """Milliseconds on the clock: the work is spread over three processes."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def measure(cases: list[Case], endpoint: Endpoint, state: State, statements: int) -> Row:
    ours, floor, bare = zip(*(_best(case, endpoint, state) for case in cases), strict=True)
    return {
        "endpoint": endpoint.name, "state": state, "statements": statements, "ms": _mean(ours), "floor": _mean(floor),
        "ratio_to_floor": _mean(ours) / _mean(floor), "peer": None, "ratio_to_peer": None, "bare_ms": _mean(bare),
    }  # fmt: skip


def _best(case: Case, endpoint: Endpoint, state: State) -> tuple[float, float, float]:
    case.request(endpoint)
    case.floor(endpoint, "kept")
    runs = [
        (case.endpoint(endpoint, state), case.floor(endpoint, state), timed(case.client.nothing))
        for _ in range(REPEATS)
    ]
    ours, floor, bare = zip(*runs, strict=True)
    return min(ours), min(floor), min(bare)


def _mean(values: tuple[float, ...]) -> float:
    return sum(values) / len(values)


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


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
            with _counted(app.state.database) as seen:
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
            psycopg.connect(settings.database_url, autocommit=True) as connection,
        ):
            cases = [Case(client, connection, portfolio_id, of) for portfolio_id, of in books.items()]
            rows = [
                measure(cases, endpoint, state, statements[endpoint.name]) for endpoint in ENDPOINTS for state in STATES
            ]
    publish("analytics_endpoint", rows)


if __name__ == "__main__":
    main()
