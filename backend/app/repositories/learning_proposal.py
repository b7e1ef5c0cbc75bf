"""Proposals, and the answers that they are drafted from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, select, text, tuple_
from sqlalchemy import update as update_of
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import LearningProposal

Key = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """`tools` are those that gave something."""

    message_id: UUID
    question: str
    answer: str
    rating: str | None
    reason: str | None
    comment: str | None
    edited_text: str | None
    tools: list[str]


async def list_judged(session: AsyncSession, message_ids: Sequence[UUID]) -> list[JudgedAnswer]:
    """Those of them that are the tenant's and still there; none for who is no administrator of it."""
    query = text("select * from tenant_evidence(:wanted)").bindparams(bindparam("wanted", type_=ARRAY(Uuid)))
    rows = await session.execute(query, {"wanted": list(message_ids)})
    return [JudgedAnswer(**row) for row in rows.mappings()]


async def add_all(session: AsyncSession, proposals: Sequence[LearningProposal]) -> None:
    session.add_all(proposals)
    await session.flush()
    for proposal in proposals:
        await session.refresh(proposal)


async def update(session: AsyncSession, proposal: LearningProposal) -> None:
    await session.flush()
    await session.refresh(proposal)


async def note_measuring(session: AsyncSession, proposal_id: UUID, state: dict[str, Any]) -> None:
    """That it is being measured changes nothing of the proposal: `updated_at` stays."""
    values = {"measuring": state, "updated_at": LearningProposal.updated_at}
    await session.execute(update_of(LearningProposal).where(LearningProposal.id == proposal_id).values(values))


async def find(session: AsyncSession, proposal_id: UUID) -> LearningProposal | None:
    return await session.get(LearningProposal, proposal_id)


async def lock(session: AsyncSession, proposal_id: UUID) -> LearningProposal | None:
    """Until the transaction ends: two administrators do not approve it twice."""
    query = select(LearningProposal).where(LearningProposal.id == proposal_id).with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def list_page(
    session: AsyncSession, *, status: str | None, report_id: UUID | None, before: Key | None, limit: int
) -> Sequence[LearningProposal]:
    """Newest first."""
    order = (LearningProposal.created_at, LearningProposal.id)
    query = select(LearningProposal).order_by(*(column.desc() for column in order)).limit(limit)
    for column, value in ((LearningProposal.status, status), (LearningProposal.report_id, report_id)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(tuple_(*order) < before)
    return (await session.scalars(query)).all()
