"""Stores what the runs of this process say, and keeps their leases: one statement for all of them together.

A statement a run and piece of text would be most of what a turn costs. An event that comes after a pause, or for which
its turn waits, is written at once; while a write is on its way, and for a moment after it, the rest is gathered.
"""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy.exc import DataError, SQLAlchemyError

from app.agent.bulletin import heard
from app.agent.run_log import LEASE, RETRY_SECONDS, RunLog, to_store
from app.db import Database
from app.repositories import run as run_repository

log = structlog.get_logger()

# Fifty pictures a second read as a flow; more would be writes that nobody sees
GATHER_SECONDS = 0.02
# Three renewals may fail before a lease runs out
RENEW_SECONDS = 2.0
# Their identifiers fit into one notice, which may have 8,000 bytes
RUNS_PER_WRITE = 200


class Journal:
    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner
        self._logs: dict[UUID, RunLog] = {}
        self._changed: dict[UUID, RunLog] = {}
        self._woken = asyncio.Event()
        self._awaited = asyncio.Event()
        self._is_writing = asyncio.Lock()
        self._renew_at = time.monotonic() + RENEW_SECONDS
        self._lease_began: dict[UUID, float] = {}

    def add(self, run_log: RunLog) -> None:
        """A run whose lease has just begun."""
        self._logs[run_log.run_id] = run_log
        self._lease_began[run_log.run_id] = time.monotonic()

    def changed(self, run_log: RunLog, *, is_awaited: bool = False) -> None:
        if run_log.run_id in self._logs:
            self._changed[run_log.run_id] = run_log
            self._woken.set()
            if is_awaited:
                self._awaited.set()

    async def release(self, run_log: RunLog) -> None:
        """Returns once no write of this run is on its way; what is left of it is the caller's to store."""
        self._forget(run_log)
        async with self._is_writing:
            pass

    async def keep(self) -> None:
        """Until cancelled."""
        while True:
            await heard(self._woken, max(self._renew_at - time.monotonic(), 0.0))
            self._woken.clear()
            self._awaited.clear()
            try:
                async with self._is_writing:
                    await self._renew_when_due()
                    await self._write(list(self._changed.values())[:RUNS_PER_WRITE])
            except SQLAlchemyError as error:
                # What was taken stays in the logs; the next write takes it along
                log.warning("run_journal_delayed", cause=type(error).__name__)
                self._give_up_expired()
                await asyncio.sleep(RETRY_SECONDS)
            if self._changed:
                self._woken.set()
            await heard(self._awaited, GATHER_SECONDS)

    async def _write(self, logs: Sequence[RunLog]) -> None:
        if not logs:
            return
        try:
            await self._store(logs)
        except DataError as error:
            if len(logs) == 1:
                # Not the error itself: it quotes what was said
                log.warning("run_event_not_storable", run_id=str(logs[0].run_id), cause=type(error).__name__)
                self._give_up(logs[0])
                return
            # One run's event must not keep the others from being stored
            for run_log in logs:
                await self._write([run_log])

    async def _store(self, logs: Sequence[RunLog]) -> None:
        taken = {run_log.run_id: run_log.to_store() for run_log in logs}
        rows = [to_store(run_id, logged) for run_id, events in taken.items() for logged in events]
        held = await run_repository.append_events_of_all(self._database, self._owner, rows)
        for run_log in logs:
            self._changed.pop(run_log.run_id, None)
            if run_log.run_id in held:
                run_log.show(taken[run_log.run_id])
            if run_log.has_more:
                self.changed(run_log)
        self._heed(logs, held)

    async def _renew_when_due(self) -> None:
        began = time.monotonic()
        if began < self._renew_at:
            return
        logs = list(self._logs.values())
        if logs:
            held = await run_repository.renew_leases(self._database, self._owner, LEASE)
            self._lease_began.update({run_log.run_id: began for run_log in logs if run_log.run_id in self._logs})
            self._heed(logs, held)
        self._renew_at = began + RENEW_SECONDS

    def _heed(self, logs: Sequence[RunLog], held: dict[UUID, bool]) -> None:
        for run_log in logs:
            # Released meanwhile: it is about to end by itself
            if run_log.run_id not in self._logs:
                continue
            if run_log.run_id not in held:
                self._give_up(run_log)
            elif held[run_log.run_id]:
                run_log.interrupt("stopped")

    def _give_up_expired(self) -> None:
        """Where the database has not answered for as long as a lease lasts, others may have taken the runs over."""
        expired = time.monotonic() - LEASE.total_seconds()
        for run_id in [run_id for run_id, began in self._lease_began.items() if began < expired]:
            self._give_up(self._logs[run_id])

    def _give_up(self, run_log: RunLog) -> None:
        self._forget(run_log)
        run_log.interrupt("lease_lost")

    def _forget(self, run_log: RunLog) -> None:
        for runs in (self._logs, self._changed, self._lease_began):
            runs.pop(run_log.run_id, None)
