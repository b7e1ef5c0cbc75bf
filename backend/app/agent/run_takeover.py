"""Runs whose process has died are ended by another one: what was said is kept, and their readers hear of it."""

import asyncio
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app import metrics
from app.agent import ledger, run_ending, run_log, snapshot
from app.agent.live_run import Place
from app.agent.llm_client import AssistantMessage
from app.agent.run_ending import Record
from app.agent.run_log import LEASE, LeaseLost, LoggedEvent
from app.agent.snapshot import Snapshot
from app.db import Scope
from app.models import Run
from app.repositories import run as run_repository

log = structlog.get_logger()

LOOK_SECONDS = 2.5
# More events than a turn can have: eight steps of a few thousand tokens each
MAX_EVENTS = 100_000


class Takeover:
    def __init__(self, place: Place) -> None:
        self._place = place

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.end_expired()
            except (SQLAlchemyError, LeaseLost) as error:
                log.warning("run_takeover_delayed", cause=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def end_expired(self) -> int:
        """How many runs were ended."""
        async with self._place.database.session() as session:
            expired = await run_repository.list_expired(session)
        ended = 0
        for run_id, user_id, tenant_id in expired:
            ended += await self._end(run_id, Scope(user_id=user_id, tenant_id=tenant_id))
        return ended

    async def _end(self, run_id: UUID, scope: Scope) -> bool:
        async with self._place.database.session(scope) as session:
            run = await run_repository.take_over(session, run_id, self._place.owner, LEASE)
            if run is None:
                return False
            await self._close(session, run)
        metrics.turn(run_ending.INTERRUPTED.code)
        log.warning("run_taken_over", run_id=str(run_id))
        return True

    async def _close(self, session: AsyncSession, run: Run) -> None:
        rows = await run_repository.list_events(session, run.id, after=0, limit=MAX_EVENTS)
        known = [run_log.from_row(row) for row in rows]
        so_far = snapshot.replay(logged.event for logged in known)
        closing, final = run_ending.close(so_far, run_ending.INTERRUPTED)
        first = (known[-1].sequence if known else 0) + 1
        events = [LoggedEvent(first + offset, event) for offset, event in enumerate(closing)]
        await run_ending.store(session, run, self._place.owner, events=events, final=final, record=_record(final))
        await ledger.write_lost(session, run, snapshot.model_calls(logged.event for logged in known))


def _record(final: Snapshot) -> Record:
    said = [AssistantMessage(role="assistant", content=final.text)] if final.text else []
    return Record(transcript=said)
