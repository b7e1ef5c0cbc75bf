"""News of runs between processes: one LISTEN connection for each, and a bell for each run that somebody waits for.

A notice may be missed while the connection is away, so whoever waits looks again after a while by itself.
"""

import asyncio
from collections.abc import Callable
from typing import Literal
from uuid import UUID
from weakref import WeakValueDictionary

import psycopg
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.database_connection import reachability
from app.db import Read, together
from app.repositories import run as run_repository

log = structlog.get_logger()

CHANNEL = "agent_runs"
# How long notices may be missed after the connection broke
RECONNECT_SECONDS = 1.0

Notice = Literal["events", "stop"]


class Bell:
    """Wakes all who wait. Take `next` before looking for news: what is rung while looking is then not missed."""

    def __init__(self) -> None:
        self.next = asyncio.Event()

    def ring(self) -> None:
        self.next.set()
        self.next = asyncio.Event()


async def heard(ring: asyncio.Event, timeout_seconds: float) -> bool:
    """Whether it rang in time."""
    try:
        async with asyncio.timeout(timeout_seconds):
            return await ring.wait()
    except TimeoutError:
        return False


class Bulletin:
    def __init__(self, url: str, on_stop: Callable[[UUID], None]) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._on_stop = on_stop
        # A bell lives as long as somebody holds it
        self._bells: WeakValueDictionary[UUID, Bell] = WeakValueDictionary()

    def bell(self, run_id: UUID) -> Bell:
        """Shared by all who wait for that run; each looks for itself what is new."""
        bell = self._bells.get(run_id)
        if bell is None:
            bell = self._bells[run_id] = Bell()
        return bell

    async def listen(self) -> None:
        """Until cancelled. Reconnects by itself."""
        while True:
            try:
                await self._listen_once()
            except psycopg.Error as error:
                log.warning("run_notices_interrupted", cause=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_once(self) -> None:
        connecting = psycopg.AsyncConnection.connect(self._url, autocommit=True, **reachability())
        async with await connecting as connection:
            await connection.execute(f"listen {CHANNEL}")
            for bell in list(self._bells.values()):
                bell.ring()
            async for notice in connection.notifies():
                self._hear(notice.payload)

    def _hear(self, payload: str) -> None:
        kind, _, listed = payload.partition(":")
        for run_id in listed.split(","):
            if kind == "stop":
                self._on_stop(UUID(run_id))
            elif (bell := self._bells.get(UUID(run_id))) is not None:
                bell.ring()


def notice(kind: Notice, run_id: UUID) -> Read:
    return run_repository.notice(CHANNEL, f"{kind}:{run_id}")


async def post(session: AsyncSession, kind: Notice, run_id: UUID) -> None:
    await together(session, [notice(kind, run_id)])
