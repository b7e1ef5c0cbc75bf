"""A run's events in the process that carries it out: a list that readers follow, and the journal that stores it.

Readers hold a place in one shared list, so a slow one costs nothing. They may be ahead of the table by the journal's
delay; the sequence numbers of a process that takes over start far enough on that none is given twice.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from pydantic import TypeAdapter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import bulletin
from app.agent.bulletin import Bell, heard
from app.db import Database, Scope
from app.models import RunEventRow
from app.repositories import run as run_repository
from app.schemas.chat import DoneEvent, ErrorEvent, RunEvent

log = structlog.get_logger()

# Events gathered into one write: well under the 100 ms that a reader elsewhere may be behind
GATHER_SECONDS = 0.05
LEASE = timedelta(seconds=15)
# Three renewals may fail before a lease runs out
RENEW_SECONDS = 4.0
RETRY_SECONDS = 0.5
# More events than one process can have shown and not yet stored
TAKEOVER_GAP = 100_000

_ADAPTER: TypeAdapter[RunEvent] = TypeAdapter(RunEvent)


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    sequence: int
    event: RunEvent

    @property
    def is_terminal(self) -> bool:
        return isinstance(self.event, DoneEvent | ErrorEvent)


class LeaseLost(Exception):
    """Another process has taken the run over: nothing more may be written for it."""


class RunLog:
    def __init__(self) -> None:
        self._events: list[LoggedEvent] = []
        self._is_closed = False
        self.bell = Bell()

    @property
    def last_sequence(self) -> int:
        return self._events[-1].sequence if self._events else 0

    def append(self, event: RunEvent) -> LoggedEvent:
        logged = LoggedEvent(self.last_sequence + 1, event)
        self._events.append(logged)
        self.bell.ring()
        return logged

    def after(self, sequence: int) -> list[LoggedEvent]:
        return [logged for logged in self._events[max(sequence, 0) :] if logged.sequence > sequence]

    def close(self) -> None:
        """No more will come from here; without a terminal event, readers go on from the table."""
        self._is_closed = True
        self.bell.ring()

    async def follow(self, after: int) -> AsyncGenerator[LoggedEvent, None]:
        while True:
            ring = self.bell.next
            for logged in self.after(after):
                after = logged.sequence
                yield logged
            if self._is_closed:
                return
            await ring.wait()


class Journal:
    """Writes a run's log to the table and keeps its lease."""

    def __init__(self, database: Database, scope: Scope, run_id: UUID, owner: str, run_log: RunLog) -> None:
        self._database = database
        self._scope = scope
        self._run_id = run_id
        self._owner = owner
        self._log = run_log
        self._stored = run_log.last_sequence
        self._renew_at = time.monotonic() + RENEW_SECONDS
        self._lease_ends_at = time.monotonic() + LEASE.total_seconds()

    async def keep(self) -> bool:
        """Write as events come. Ends with True where somebody wants the run stopped; raises `LeaseLost`."""
        while True:
            ring = self._log.bell.next
            if not self.pending():
                await heard(ring, max(self._renew_at - time.monotonic(), 0.0))
            await asyncio.sleep(GATHER_SECONDS)
            if await self._try_to_write():
                return True

    async def _try_to_write(self) -> bool:
        try:
            async with self._database.session(self._scope) as session:
                is_stop_requested, stored = await self.write(session)
        except SQLAlchemyError as error:
            # The events stay in the list; the next write takes them along
            log.warning("run_journal_delayed", run_id=str(self._run_id), cause=type(error).__name__)
            if time.monotonic() > self._lease_ends_at:
                raise LeaseLost from error
            await asyncio.sleep(RETRY_SECONDS)
            return False
        self._stored = stored
        return is_stop_requested

    async def write(self, session: AsyncSession) -> tuple[bool, int]:
        """In a transaction that the caller ends: whether a stop is wanted, and what will then be stored."""
        is_stop_requested = await self._hold(session)
        if is_stop_requested is None:
            raise LeaseLost
        pending = self.pending()
        if pending:
            await append(session, self._run_id, self._scope.user_id, pending)
        return is_stop_requested, pending[-1].sequence if pending else self._stored

    async def _hold(self, session: AsyncSession) -> bool | None:
        if time.monotonic() < self._renew_at:
            return await run_repository.hold_lease(session, self._run_id, self._owner)
        started = time.monotonic()
        held = await run_repository.renew_lease(session, self._run_id, self._owner, LEASE)
        self._renew_at = started + RENEW_SECONDS
        self._lease_ends_at = started + LEASE.total_seconds()
        return held

    def pending(self) -> list[LoggedEvent]:
        return self._log.after(self._stored)


async def append(session: AsyncSession, run_id: UUID, user_id: UUID, events: Sequence[LoggedEvent]) -> None:
    rows = [_row(run_id, user_id, logged) for logged in events]
    await run_repository.append_events(session, rows)
    await bulletin.post(session, "events", run_id)


def from_row(row: RunEventRow) -> LoggedEvent:
    return LoggedEvent(row.sequence, _ADAPTER.validate_python({"type": row.type, "data": row.data}))


def _row(run_id: UUID, user_id: UUID, logged: LoggedEvent) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "user_id": user_id,
        "sequence": logged.sequence,
        "type": logged.event.type,
        "data": logged.event.data.model_dump(mode="json"),
    }
