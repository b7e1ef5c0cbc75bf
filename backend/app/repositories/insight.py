import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Insight, InsightClaim, Portfolio

Key = tuple[dt.datetime, UUID]


async def add(session: AsyncSession, insight: Insight) -> None:
    session.add(insight)
    await session.flush()
    await session.refresh(insight)


async def find(session: AsyncSession, insight_id: UUID) -> Insight | None:
    """None for what does not exist or belongs to somebody else, and for insights of a deleted portfolio."""
    found: Insight | None = await session.scalar(_visible().where(Insight.id == insight_id))
    return found


async def find_by_key(session: AsyncSession, user_id: UUID, key: str) -> Insight | None:
    return await session.scalar(select(Insight).where(Insight.user_id == user_id, Insight.idempotency_key == key))


async def list_newest(
    session: AsyncSession,
    *,
    portfolio_id: UUID | None = None,
    insight_type: str | None = None,
    with_dismissed: bool = True,
    before: Key | None = None,
    limit: int,
) -> Sequence[Insight]:
    """Newest first; of one portfolio, or of all."""
    statement = _visible().order_by(Insight.created_at.desc(), Insight.id.desc()).limit(limit)
    conditions: list[ColumnElement[bool]] = []
    if portfolio_id is not None:
        conditions.append(Insight.portfolio_id == portfolio_id)
    if insight_type is not None:
        conditions.append(Insight.insight_type == insight_type)
    if not with_dismissed:
        conditions.append(Insight.is_dismissed.is_(False))
    if before is not None:
        conditions.append(tuple_(Insight.created_at, Insight.id) < before)
    return (await session.scalars(statement.where(*conditions))).all()


async def claim(session: AsyncSession, user_id: UUID, key: str, request_hash: str, lease: dt.timedelta) -> bool:
    """Whether the key is this request's now: free before, or of somebody whose lease has run out."""
    statement = insert(InsightClaim).values(
        user_id=user_id, idempotency_key=key, request_hash=request_hash, expires_at=func.now() + lease
    )
    taken = statement.on_conflict_do_update(
        index_elements=[InsightClaim.user_id, InsightClaim.idempotency_key],
        set_={"request_hash": request_hash, "expires_at": func.now() + lease},
        where=InsightClaim.expires_at < func.now(),
    ).returning(InsightClaim.user_id)
    return await session.scalar(taken) is not None


async def claimed_hash(session: AsyncSession, user_id: UUID, key: str) -> str | None:
    return await session.scalar(
        select(InsightClaim.request_hash).where(InsightClaim.user_id == user_id, InsightClaim.idempotency_key == key)
    )


async def release(session: AsyncSession, user_id: UUID, key: str) -> None:
    await session.execute(
        delete(InsightClaim).where(InsightClaim.user_id == user_id, InsightClaim.idempotency_key == key)
    )


def _visible() -> Select[Insight]:
    return select(Insight).join(Portfolio, Portfolio.id == Insight.portfolio_id).where(Portfolio.deleted_at.is_(None))
