"""Engine, sessions and the binding of a transaction to one person.

The application's connections take a role that cannot bypass row-level security. Each transaction names its person; with
none named, tables with a person's data show no rows. Code below the edge only flushes: `Database.session` commits.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

APPLICATION_ROLE = "sigmasight_app"

# A statement that runs longer than this is a fault of ours: it is ended so that it cannot hold a connection
STATEMENT_TIMEOUT_MS = 30_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
CONNECT_TIMEOUT_SECONDS = 5
# How long a request waits for a free connection before it is answered 503
POOL_TIMEOUT_SECONDS = 5

_BIND = text(
    "select set_config('app.user_id', :user_id, true), set_config('app.tenant_id', :tenant_id, true)",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """On whose behalf a transaction runs."""

    user_id: UUID
    tenant_id: UUID


def sqlalchemy_url(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


class Database:
    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS, "options": connection_options()},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def session(self, scope: Scope | None = None) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._sessions() as session:
            session.info["scope"] = scope
            async with session.begin():
                yield session

    async def close(self) -> None:
        await self.engine.dispose()


async def bind(session: AsyncSession, scope: Scope) -> None:
    """Name the person in the middle of a transaction: signing in learns who it is only on the way."""
    session.info["scope"] = scope
    await session.execute(_BIND, _parameters(scope))


@event.listens_for(Session, "after_begin")
def _bind_transaction(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    scope: Scope | None = session.info.get("scope")
    if scope is not None:
        connection.execute(_BIND, _parameters(scope))


def _parameters(scope: Scope) -> dict[str, Any]:
    return {"user_id": str(scope.user_id), "tenant_id": str(scope.tenant_id)}


def connection_options() -> str:
    """What each of our connections starts with, whoever opens it."""
    # The role is a start-up option, so RESET ROLE comes back to it rather than to the login
    settings = {
        "role": APPLICATION_ROLE,
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MS,
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())
