import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Insight, Portfolio

Key = tuple[dt.datetime, UUID]


async def add(session: AsyncSession, insight: Insight) -> None:
    session.add(insight)
    await session.flush()
    await session.refresh(insight)


async def find(session: AsyncSession, insight_id: UUID) -> Insight | None:
    """None for what does not exist or belongs to somebody else, and for insights of a deleted portfolio."""
    found: Insight | None = await session.scalar(_visible().where(Insight.id == insight_id))
    return found


async def list_newest(
    session: AsyncSession, *, portfolio_id: UUID | None = None, before: Key | None = None, limit: int
) -> Sequence[Insight]:
    """Newest first; of one portfolio, or of all."""
    statement = _visible().order_by(Insight.created_at.desc(), Insight.id.desc()).limit(limit)
    if portfolio_id is not None:
        statement = statement.where(Insight.portfolio_id == portfolio_id)
    if before is not None:
        statement = statement.where(tuple_(Insight.created_at, Insight.id) < before)
    return (await session.scalars(statement)).all()


def _visible() -> Select[Insight]:
    return select(Insight).join(Portfolio, Portfolio.id == Insight.portfolio_id).where(Portfolio.deleted_at.is_(None))
