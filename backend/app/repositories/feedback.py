from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.models import Feedback

Target = tuple[InstrumentedAttribute[UUID | None], UUID]


def on_message(message_id: UUID) -> Target:
    return Feedback.message_id, message_id


def on_insight(insight_id: UUID) -> Target:
    return Feedback.insight_id, insight_id


async def upsert(session: AsyncSession, target: Target, columns: dict[str, object]) -> Feedback:
    """One statement, so that two clicks at once leave one row."""
    column, identifier = target
    row = insert(Feedback).values({column.key: identifier, **columns})
    statement = row.on_conflict_do_update(
        index_elements=[column], index_where=column.is_not(None), set_=columns | {"updated_at": func.now()}
    ).returning(Feedback)
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()


async def remove(session: AsyncSession, target: Target) -> None:
    await session.execute(delete(Feedback).where(_is(target)))


async def list_of_messages(session: AsyncSession, message_ids: Sequence[UUID]) -> dict[UUID, Feedback]:
    rows = await session.scalars(select(Feedback).where(Feedback.message_id.in_(message_ids)))
    return {row.message_id: row for row in rows if row.message_id is not None}


async def list_of_insights(session: AsyncSession, insight_ids: Sequence[UUID]) -> dict[UUID, Feedback]:
    rows = await session.scalars(select(Feedback).where(Feedback.insight_id.in_(insight_ids)))
    return {row.insight_id: row for row in rows if row.insight_id is not None}


async def count_since(session: AsyncSession, user_id: UUID, since: datetime) -> int:
    wanted = select(func.count()).where(Feedback.user_id == user_id, Feedback.updated_at >= since)
    return (await session.scalar(wanted)) or 0


def _is(target: Target) -> ColumnElement[bool]:
    column, identifier = target
    return column == identifier
