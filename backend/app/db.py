"""Engine, sessions and the binding of a transaction to one person.

The application's connections take a role that cannot bypass row-level security. Each transaction names its person; with
none named, tables with a person's data show no rows. Code below the edge only flushes: `Database.session` commits.
`Database.look` is the quick way for a request that only reads, `together` for what a transaction sends at once.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self, cast
from uuid import UUID

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row
from sqlalchemy import ClauseElement, Engine, event, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.engine import Compiled
from sqlalchemy.engine import Connection as BoundConnection
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, PoolProxiedConnection

from app.database_connection import Connection, reachability

APPLICATION_ROLE = "sigmasight_app"

# A statement that runs longer than this is a fault of ours: it is ended so that it cannot hold a connection.
# Somebody waits for a request's; a job or a command may take its time
REQUEST_STATEMENT_SECONDS = 10
STATEMENT_SECONDS = 30
# So much longer an answer is waited for: the server's own word that it has ended the statement is to come first
ANSWER_MARGIN_SECONDS = 2.0
# The question whether a connection still lives is answered at once, or there is nobody
PING_SECONDS = 2.0
IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
# What runs for somebody whose connection is gone is ended: the server looks so often
ORPHAN_CHECK_MS = 1_000
# How long a request waits for a free connection before it is answered 503
POOL_TIMEOUT_SECONDS = 5
# A connection that was in use this recently is not asked whether it still lives: that is a round trip for each request
FRESH_SECONDS = 1.0

_DIALECT = PGDialectAsync_psycopg()  # type: ignore[no-untyped-call]
_BIND = text(
    "select set_config('app.user_id', :user_id, true) as person, "
    "set_config('app.tenant_id', :tenant_id, true) as tenant",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """On whose behalf a transaction runs."""

    user_id: UUID
    tenant_id: UUID


@dataclass(frozen=True, slots=True)
class Read:
    """A statement that is built once, and the values of this time. It selects only types that the driver knows.

    It may be a function that writes: what is sent together happens whole or not at all.
    """

    statement: ClauseElement
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PoolState:
    """Connections of a pool, and who waits for one."""

    in_use: int
    idle: int
    waiting: int


class _Pool(AsyncAdaptedQueuePool):
    waiting = 0

    def _do_get(self) -> ConnectionPoolEntry:
        self.waiting += 1
        try:
            return super()._do_get()
        finally:
            self.waiting -= 1


def sqlalchemy_url(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


class Database:
    def __init__(self, url: str, *, pool_size: int = 10, statement_seconds: int = STATEMENT_SECONDS) -> None:
        self.url = url
        self.patience_seconds = statement_seconds + ANSWER_MARGIN_SECONDS
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            poolclass=_Pool,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            connect_args={"async_creator_fn": self._connect, "options": connection_options(statement_seconds)},
            # A failure is logged with its text, and the parameters are what people wrote
            hide_parameters=True,
        )
        _ask_before_use(self)
        event.listen(self.engine.sync_engine, "handle_error", _tell_without_values)
        # The same pool; what is sent together is one transaction all the same, which begins and ends by itself
        self._lookers = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._looking: set[asyncio.Task[list[list[Any]]]] = set()
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_raised: object) -> None:
        await self.close()

    async def _connect(self, *args: Any, **parameters: Any) -> Connection:
        connection = await Connection.connect(*args, **(parameters | reachability()))
        connection.patience_seconds = self.patience_seconds
        return connection

    @asynccontextmanager
    async def session(self, scope: Scope | None = None) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._sessions() as session:
            session.info["scope"] = scope
            async with session.begin():
                yield session

    async def look(self, scope: Scope | None, reads: Sequence[Read]) -> list[list[Any]]:
        """The rows of each read, all on behalf of one person, or of nobody, and in one round trip.

        Where whoever asked leaves, it is carried to its end all the same: answers under way belong to nobody else, and
        a connection whose pipeline was broken off would be lost.
        """
        looking = asyncio.create_task(self._look(scope, reads))
        self._looking.add(looking)
        looking.add_done_callback(self._looked)
        return await asyncio.shield(looking)

    def _looked(self, looking: asyncio.Task[list[list[Any]]]) -> None:
        self._looking.discard(looking)
        if not looking.cancelled():
            # Whoever is there to hear of it does; a failure that nobody waits for is nobody's
            looking.exception()

    async def _look(self, scope: Scope | None, reads: Sequence[Read]) -> list[list[Any]]:
        async with self._lookers.connect() as connection:
            driver = cast(psycopg.AsyncConnection, (await connection.get_raw_connection()).driver_connection)
            is_whole = False
            try:
                rows = await self._sent_together(driver, scope, reads)
                is_whole = True
            except psycopg.Error as error:
                raise _told(error) from error
            finally:
                if not is_whole:
                    await connection.invalidate()
            return rows

    async def _sent_together(
        self, driver: psycopg.AsyncConnection, scope: Scope | None, reads: Sequence[Read]
    ) -> list[list[Any]]:
        bound = [] if scope is None else [Read(_BIND, _parameters(scope))]
        return (await _rows_of(driver, [*bound, *reads]))[len(bound) :]

    @property
    def pool(self) -> PoolState:
        pool = cast(_Pool, self.engine.sync_engine.pool)
        return PoolState(in_use=pool.checkedout(), idle=pool.checkedin(), waiting=pool.waiting)

    async def close(self) -> None:
        await asyncio.gather(*self._looking, return_exceptions=True)
        await self.engine.dispose()


def _ask_before_use(database: Database) -> None:
    """Find out on the way out of the pool that the server has gone away meanwhile, unless it answered just now."""
    engine: Engine = database.engine.sync_engine

    @event.listens_for(engine, "checkin")
    def _note_time(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info["answered_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        driver = cast(Connection, record.driver_connection)
        if driver.info.transaction_status != TransactionStatus.IDLE:
            # Whoever had it left in the middle of something: its answers would be read as the next one's
            raise DisconnectionError
        driver.patience_seconds = database.patience_seconds
        if time.monotonic() - record.info.get("answered_at", time.monotonic()) < FRESH_SECONDS:
            return
        driver.patience_seconds = PING_SECONDS
        try:
            engine.dialect.do_ping(connection)
        except psycopg.OperationalError as error:
            # The others of the pool are no better: all are opened anew
            raise InvalidatePoolError from error
        finally:
            driver.patience_seconds = database.patience_seconds


def _tell_without_values(context: ExceptionContext) -> None:
    told, error = context.sqlalchemy_exception, context.original_exception
    if told is not None and isinstance(error, psycopg.Error):
        told.args = _told(error).args


def _told(error: psycopg.Error) -> DBAPIError:
    """With its first line only: the details quote what is stored, up to the whole row, and would end in the log."""
    error.args = (str(error).partition("\n")[0],)
    return cast(DBAPIError, DBAPIError.instance(None, None, error, psycopg.Error))


async def together(session: AsyncSession, statements: Sequence[Read]) -> list[list[Any]]:
    """The rows of each, in the session's own transaction and in one round trip. The first that fails is raised."""
    connection = await session.connection()
    driver = cast(psycopg.AsyncConnection, (await connection.get_raw_connection()).driver_connection)
    try:
        return await _rows_of(driver, statements)
    except psycopg.Error as error:
        raise _told(error) from error
    finally:
        if driver.closed:
            # Whoever waited has left, or the server has: the transaction is not to be rolled back on it
            await connection.invalidate()


async def _rows_of(driver: psycopg.AsyncConnection, statements: Sequence[Read]) -> list[list[Any]]:
    cursors = [driver.cursor(row_factory=namedtuple_row) for _ in statements]
    async with driver.pipeline():
        for cursor, statement in zip(cursors, statements, strict=True):
            compiled = _compiled(statement.statement)
            await cursor.execute(str(compiled), dict(compiled.construct_params(statement.values) or {}))
    return [await cursor.fetchall() if cursor.description else [] for cursor in cursors]


# As many as there are, which are a few dozen
@lru_cache(maxsize=1_000)
def _compiled(statement: ClauseElement) -> Compiled:
    return statement.compile(dialect=_DIALECT)


async def bind(session: AsyncSession, scope: Scope) -> None:
    """Name the person in the middle of a transaction: signing in learns who it is only on the way."""
    session.info["scope"] = scope
    await session.execute(_BIND, _parameters(scope))


@event.listens_for(Session, "after_begin")
def _bind_transaction(session: Session, _transaction: SessionTransaction, connection: BoundConnection) -> None:
    scope: Scope | None = session.info.get("scope")
    if scope is not None:
        connection.execute(_BIND, _parameters(scope))


def _parameters(scope: Scope) -> dict[str, Any]:
    return {"user_id": str(scope.user_id), "tenant_id": str(scope.tenant_id)}


def connection_options(statement_seconds: int = STATEMENT_SECONDS) -> str:
    """What each of our connections starts with, whoever opens it."""
    # The role is a start-up option, so RESET ROLE comes back to it rather than to the login
    settings = {
        "role": APPLICATION_ROLE,
        "statement_timeout": statement_seconds * 1_000,
        "client_connection_check_interval": ORPHAN_CHECK_MS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MS,
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())
