"""Runs, their leases and their events.

Whoever writes for a run first makes sure in the same transaction that it holds the lease: a process that was paused for
longer than the lease finds out before it writes.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database, Read, Scope, together
from app.models import Run, RunEventRow


async def find(session: AsyncSession, run_id: UUID) -> Run | None:
    return await session.get(Run, run_id)


async def find_active(session: AsyncSession, conversation_id: UUID) -> Run | None:
    return await session.scalar(select(Run).where(Run.conversation_id == conversation_id, Run.status == "running"))


async def list_active(session: AsyncSession, conversation_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The running turn of each conversation that has one."""
    query = select(Run.conversation_id, Run.id).where(
        Run.conversation_id.in_(conversation_ids), Run.status == "running"
    )
    return {row.conversation_id: row.id for row in await session.execute(query)}


def lease_end(lease: timedelta) -> Any:
    """By the database's clock: those of several machines differ."""
    return func.clock_timestamp() + lease


class EventToStore(NamedTuple):
    """`data` is JSON text."""

    run_id: UUID
    sequence: int
    type: str
    data: str


_APPEND_EVENTS = text(
    "select run_id, is_stop_requested from append_run_events(:owner, cast(:run_ids as uuid[]), "
    "cast(:sequences as integer[]), cast(:types as text[]), cast(cast(:data as text[]) as jsonb[]))"
)
_APPEND = text(
    "insert into agent.run_events (run_id, user_id, sequence, type, data) "
    "select cast(:run_id as uuid), cast(:user_id as uuid), sequence, type, data from unnest("
    "cast(:sequences as integer[]), cast(:types as text[]), cast(cast(:data as text[]) as jsonb[])"
    ") as said (sequence, type, data) on conflict do nothing"
)
_NOTIFY = text("select pg_notify(:channel, :payload)")
_FINISH = text(
    "update agent.runs set status = :status, error = cast(:error as jsonb), context = cast(:context as jsonb), "
    "provider = :provider, model = :model, finished_at = clock_timestamp() "
    "where id = :run_id and lease_owner = :owner and status = 'running' returning id"
)
_RENEW_LEASES = text("select run_id, is_stop_requested from renew_run_leases(:owner, :lease)")


async def append_events_of_all(database: Database, owner: str, events: Sequence[EventToStore]) -> dict[UUID, bool]:
    """The runs whose lease `owner` holds, and whether a stop is wanted; only their events are stored.

    Keeps others from taking over meanwhile. Again with the same events does nothing: whether a commit arrived is
    unknown when its connection broke.
    """
    run_ids, sequences, types, data = zip(*events, strict=True) if events else ((), (), (), ())
    arrays = {"run_ids": list(run_ids), "sequences": list(sequences), "types": list(types), "data": list(data)}
    (rows,) = await database.look(None, [Read(_APPEND_EVENTS, {"owner": owner, **arrays})])
    return {row.run_id: row.is_stop_requested for row in rows}


async def renew_leases(database: Database, owner: str, lease: timedelta) -> dict[UUID, bool]:
    """As above, of all that `owner` holds."""
    (rows,) = await database.look(None, [Read(_RENEW_LEASES, {"owner": owner, "lease": lease})])
    return {row.run_id: row.is_stop_requested for row in rows}


async def take_over(session: AsyncSession, run_id: UUID, owner: str, lease: timedelta) -> Run | None:
    """The run, where its lease had expired and nobody else was quicker."""
    statement = (
        update(Run)
        .where(Run.id == run_id, Run.status == "running", Run.lease_expires_at < func.clock_timestamp())
        .values(lease_owner=owner, lease_expires_at=lease_end(lease))
        .returning(Run)
    )
    return await session.scalar(statement)


async def finish(
    session: AsyncSession,
    run_id: UUID,
    owner: str,
    *,
    status: str,
    error: dict[str, Any] | None,
    context: dict[str, Any] | None,
    provider: str | None,
    model: str | None,
) -> bool:
    """Whether it was still ours to finish. `provider` and `model` are those that answered."""
    told = {"run_id": run_id, "owner": owner, "status": status, "provider": provider, "model": model}
    texts = {
        name: None if value is None else json.dumps(value) for name, value in (("error", error), ("context", context))
    }
    (rows,) = await together(session, [Read(_FINISH, told | texts)])
    return bool(rows)


async def request_stop(session: AsyncSession, run_id: UUID) -> None:
    await session.execute(update(Run).where(Run.id == run_id, Run.status == "running").values(is_stop_requested=True))


async def list_expired(session: AsyncSession) -> Sequence[Row[UUID, UUID, UUID]]:
    """(run, user, tenant) of runs whose process no longer renews their lease, whoever they belong to."""
    return (await session.execute(text("select run_id, user_id, tenant_id from expired_runs()"))).all()


async def find_scope(session: AsyncSession, run_id: UUID) -> Scope | None:
    """On whose behalf a run is, for the operator who has only its identifier."""
    query = text("select user_id, tenant_id from run_scope(:run_id)")
    row = (await session.execute(query, {"run_id": run_id})).one_or_none()
    return Scope(row.user_id, row.tenant_id) if row is not None else None


async def purge_events(session: AsyncSession, older_than: timedelta) -> int:
    return int(await session.scalar(text("select purge_run_events(:older_than)"), {"older_than": older_than}) or 0)


def append_events(run_id: UUID, user_id: UUID, events: Sequence[EventToStore]) -> Read:
    """Again with the same events does nothing: whether a commit arrived is unknown when its connection broke."""
    arrays = {
        "sequences": [event.sequence for event in events],
        "types": [event.type for event in events],
        "data": [event.data for event in events],
    }
    return Read(_APPEND, {"run_id": run_id, "user_id": user_id} | arrays)


async def list_events(session: AsyncSession, run_id: UUID, *, after: int, limit: int) -> Sequence[RunEventRow]:
    query = (
        select(RunEventRow)
        .where(RunEventRow.run_id == run_id, RunEventRow.sequence > after)
        .order_by(RunEventRow.sequence)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


def notice(channel: str, payload: str) -> Read:
    """Heard by every process when this transaction commits."""
    return Read(_NOTIFY, {"channel": channel, "payload": payload})
