from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Portfolio, TargetPrice


async def find(session: AsyncSession, target_price_id: UUID) -> TargetPrice | None:
    """None also for one of a deleted portfolio, or somebody else's."""
    statement = select(TargetPrice).join(Portfolio, Portfolio.id == TargetPrice.portfolio_id)
    return await session.scalar(statement.where(TargetPrice.id == target_price_id, Portfolio.deleted_at.is_(None)))


async def find_of_symbol(session: AsyncSession, portfolio_id: UUID, symbol: str) -> TargetPrice | None:
    statement = select(TargetPrice).where(TargetPrice.portfolio_id == portfolio_id, TargetPrice.symbol == symbol)
    return await session.scalar(statement)


async def list_page(
    session: AsyncSession, portfolio_id: UUID, *, after: str | None = None, limit: int
) -> Sequence[TargetPrice]:
    """By symbol."""
    statement = select(TargetPrice).where(TargetPrice.portfolio_id == portfolio_id)
    if after is not None:
        statement = statement.where(TargetPrice.symbol > after)
    return (await session.scalars(statement.order_by(TargetPrice.symbol).limit(limit))).all()


async def add(session: AsyncSession, target_price: TargetPrice) -> None:
    session.add(target_price)
    await session.flush()


async def delete(session: AsyncSession, target_price: TargetPrice) -> None:
    await session.delete(target_price)
    await session.flush()
