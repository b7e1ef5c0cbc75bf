"""Reports on what is asked, and the answers of a whole tenant that they are made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.models import LearningReport

Key = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class ToolUse:
    """`call` is the same for the same tool with the same arguments."""

    name: str
    call: str
    error: str | None
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question and what came of it, without the words of the answer. `figures` are those that were checked."""

    message_id: UUID
    question_id: UUID
    user_id: UUID
    question: str
    created_at: datetime
    provider: str | None
    model: str | None
    variant: str | None
    mode: str | None
    finish_reason: str | None
    cost_usd: float | None
    total_ms: int | None
    first_token_ms: int | None
    figures: int
    untraced: int
    citations: int
    tools: tuple[ToolUse, ...]
    rating: str | None
    reason: str | None


async def list_answered(
    session: AsyncSession, since: datetime, until: datetime, *, most: int
) -> list[AnsweredQuestion]:
    """The newest of the caller's tenant; none for who is no administrator of it."""
    query = text("select * from tenant_turns(:since, :until, :most)")
    rows = await session.execute(query, {"since": since, "until": until, "most": most})
    return [
        AnsweredQuestion(**{**row, "tools": tuple(ToolUse(**tool) for tool in row["tools"])}) for row in rows.mappings()
    ]


async def list_administrators(session: AsyncSession) -> list[Scope]:
    """One of each tenant that has any."""
    rows = await session.execute(text("select user_id, tenant_id from learning_administrators()"))
    return [Scope(row.user_id, row.tenant_id) for row in rows]


async def add(session: AsyncSession, report: LearningReport) -> None:
    session.add(report)
    await session.flush()
    await session.refresh(report)


async def find(session: AsyncSession, report_id: UUID) -> LearningReport | None:
    return await session.get(LearningReport, report_id)


async def find_unfinished(session: AsyncSession, since: datetime) -> LearningReport | None:
    """One that was begun after `since` and waits or is in the making."""
    query = (
        select(LearningReport)
        .where(LearningReport.status.in_(("waiting", "running")), LearningReport.created_at >= since)
        .order_by(LearningReport.created_at.desc())
        .limit(1)
    )
    return await session.scalar(query)


async def list_page(session: AsyncSession, *, before: Key | None, limit: int) -> Sequence[LearningReport]:
    """Newest first."""
    order = (LearningReport.created_at, LearningReport.id)
    query = select(LearningReport).order_by(*(column.desc() for column in order)).limit(limit)
    if before is not None:
        query = query.where(tuple_(*order) < before)
    return (await session.scalars(query)).all()


async def change(session: AsyncSession, report_id: UUID, **columns: Any) -> None:
    await session.execute(update(LearningReport).where(LearningReport.id == report_id).values(**columns))


async def delete(session: AsyncSession, report: LearningReport) -> None:
    await session.delete(report)
    await session.flush()
