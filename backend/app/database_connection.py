"""A connection on whose answers one waits so long and no longer.

The server ends statements that take too long; one that is paused, or whose packets are swallowed on the way, does not.
"""

import asyncio
from typing import Any, TypeVar

import psycopg
from psycopg import waiting
from psycopg.abc import PQGen

CONNECT_SECONDS = 5
# How often one looks up while waiting, so that Ctrl-C is heard
_LOOK_UP_SECONDS = 0.1
# A peer that acknowledges nothing for so long is gone. The first is when silence begins to be tested
KEEPALIVE_IDLE_SECONDS = 10
KEEPALIVE_INTERVAL_SECONDS = 5
KEEPALIVES = 3
UNACKNOWLEDGED_MS = 15_000

T = TypeVar("T")


class NoAnswer(psycopg.OperationalError):
    """The database did not answer in time. Whether it has carried out what it was told is unknown."""


class Connection(psycopg.AsyncConnection[Any]):
    """Whoever gives up waiting, or leaves, closes it: an answer that is still to come must be nobody else's."""

    # Of one answer
    patience_seconds: float | None = None

    async def wait(self, gen: PQGen[T], interval: float = _LOOK_UP_SECONDS, timeout: float | None = None) -> T:  # noqa: ASYNC109 - psycopg's signature
        patience = self.patience_seconds if timeout is None else timeout
        try:
            return await waiting.wait_async(gen, self.pgconn.socket, interval=interval, timeout=patience)
        except psycopg.errors._WaitTimeout as error:
            self.pgconn.finish()
            raise NoAnswer(f"the database did not answer within {patience} s") from error
        except (asyncio.CancelledError, KeyboardInterrupt):
            # psycopg would ask the server to break off, and wait for that in its turn
            self.pgconn.finish()
            raise


def reachability() -> dict[str, Any]:
    """How every connection of ours notices that nobody is at the other end."""
    return {
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": KEEPALIVE_IDLE_SECONDS,
        "keepalives_interval": KEEPALIVE_INTERVAL_SECONDS,
        "keepalives_count": KEEPALIVES,
        "tcp_user_timeout": UNACKNOWLEDGED_MS,
    }
