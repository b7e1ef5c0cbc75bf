import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import CashFlow, Portfolio

Key = tuple[dt.date, UUID]


async def find(session: AsyncSession, cash_flow_id: UUID) -> CashFlow | None:
    """None also for a cash flow of a deleted portfolio, or somebody else's."""
    statement = select(CashFlow).join(Portfolio, Portfolio.id == CashFlow.portfolio_id)
    return await session.scalar(statement.where(CashFlow.id == cash_flow_id, Portfolio.deleted_at.is_(None)))


async def list_page(session: AsyncSession, portfolio_id: UUID, *, after: Key | None, limit: int) -> Sequence[CashFlow]:
    order = (CashFlow.date, CashFlow.id)
    statement = select(CashFlow).where(CashFlow.portfolio_id == portfolio_id).order_by(*order).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*order) > after)
    return (await session.scalars(statement)).all()


async def add(session: AsyncSession, cash_flow: CashFlow) -> None:
    session.add(cash_flow)
    await session.flush()


async def delete(session: AsyncSession, cash_flow: CashFlow) -> None:
    await session.delete(cash_flow)
    await session.flush()
