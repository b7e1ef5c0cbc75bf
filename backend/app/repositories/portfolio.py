import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import LateralFromClause, ScalarSelect

from app.db import Scope
from app.models import Portfolio, PortfolioSnapshot, Position

Key = tuple[dt.datetime, UUID]


@dataclass(frozen=True, slots=True)
class NewestFigures:
    """Of the newest snapshot; all None before the first one. `total_return` is None where a day's return is unknown."""

    as_of: dt.date | None
    nav: float | None
    day_pnl: float | None
    day_return: float | None
    total_return: float | None
    position_count: int


async def find(session: AsyncSession, portfolio_id: UUID) -> Portfolio | None:
    """None for what does not exist, was deleted or belongs to somebody else: row-level security hides it."""
    return await session.scalar(select(Portfolio).where(Portfolio.id == portfolio_id, Portfolio.deleted_at.is_(None)))


async def list_all(session: AsyncSession) -> Sequence[Portfolio]:
    """The caller's own, oldest first."""
    statement = select(Portfolio).where(Portfolio.deleted_at.is_(None))
    return (await session.scalars(statement.order_by(Portfolio.created_at, Portfolio.id))).all()


async def list_with_figures(
    session: AsyncSession, *, after: Key | None, limit: int
) -> list[tuple[Portfolio, NewestFigures]]:
    newest = _newest_snapshot()
    statement = (
        select(
            Portfolio,
            newest.c.date,
            newest.c.nav,
            newest.c.pnl,
            newest.c.daily_return,
            _total_return(),
            _open_positions(newest.c.date),
        )
        .outerjoin(newest, newest.c.portfolio_id == Portfolio.id)
        .where(Portfolio.deleted_at.is_(None))
        .order_by(Portfolio.created_at, Portfolio.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(Portfolio.created_at, Portfolio.id) > after)
    rows = (await session.execute(statement)).all()
    return [(row[0], NewestFigures(*row[1:])) for row in rows]


async def list_everybodys(session: AsyncSession) -> list[tuple[UUID, Scope]]:
    """By way of a door through row-level security, for the worker: identifiers only."""
    rows = await session.execute(text("select portfolio_id, user_id, tenant_id from portfolio_scopes()"))
    return [(row.portfolio_id, Scope(row.user_id, row.tenant_id)) for row in rows]


async def add(session: AsyncSession, portfolio: Portfolio) -> None:
    session.add(portfolio)
    await session.flush()


def _newest_snapshot() -> LateralFromClause:
    return (
        select(PortfolioSnapshot)
        .where(PortfolioSnapshot.portfolio_id == Portfolio.id)
        .order_by(PortfolioSnapshot.date.desc())
        .limit(1)
        .lateral()
    )


def _total_return() -> ScalarSelect[float | None]:
    """The product of (1 + r) minus 1, by logarithms: SQL has no product. Factors may be zero or negative."""
    daily_return = PortfolioSnapshot.daily_return
    factor = 1 + daily_return
    sign = 1 - 2 * (func.count().filter(factor < 0) % 2)
    product = func.exp(func.sum(func.ln(func.nullif(func.abs(factor), 0)))) * sign
    linked = case(
        (func.bool_or(daily_return.is_(None)), None),
        (func.bool_or(factor == 0), -1.0),
        else_=product - 1,
    )
    of_portfolio = PortfolioSnapshot.portfolio_id == Portfolio.id
    return select(linked).where(of_portfolio).correlate(Portfolio).scalar_subquery()


def _open_positions(newest_day: ColumnElement[dt.date]) -> ScalarSelect[int]:
    """An option that has settled by the newest day is held no more."""
    settled = func.coalesce(Position.expiry <= newest_day, False)
    held = (Position.portfolio_id == Portfolio.id, Position.exit_date.is_(None), ~settled)
    return select(func.count()).select_from(Position).where(*held).correlate_except(Position).scalar_subquery()
