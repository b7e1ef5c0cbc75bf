import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Portfolio, Position

Key = tuple[dt.date, str, UUID]


async def find(session: AsyncSession, position_id: UUID) -> Position | None:
    """None also for a position of a deleted portfolio, or somebody else's."""
    statement = select(Position).join(Portfolio, Portfolio.id == Position.portfolio_id)
    return await session.scalar(statement.where(Position.id == position_id, Portfolio.deleted_at.is_(None)))


async def lock(session: AsyncSession, position_id: UUID) -> Position | None:
    """The same, and nobody else changes it until this transaction ends."""
    statement = select(Position).join(Portfolio, Portfolio.id == Position.portfolio_id).with_for_update(of=Position)
    return await session.scalar(statement.where(Position.id == position_id, Portfolio.deleted_at.is_(None)))


async def list_page(session: AsyncSession, portfolio_id: UUID, *, after: Key | None, limit: int) -> Sequence[Position]:
    order = (Position.entry_date, Position.symbol, Position.id)
    statement = select(Position).where(Position.portfolio_id == portfolio_id).order_by(*order).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*order) > after)
    return (await session.scalars(statement)).all()


async def add(session: AsyncSession, position: Position) -> None:
    session.add(position)
    await session.flush()


async def delete(session: AsyncSession, position: Position) -> None:
    await session.delete(position)
    await session.flush()
