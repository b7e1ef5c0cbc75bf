"""The stored history of a portfolio, one row a trading day."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import PortfolioSnapshot

_FIGURES = (
    "nav", "cash", "long_value", "short_value", "gross_exposure", "net_exposure",
    "pnl", "flow", "daily_return", "volatility_21d", "beta_90d",
)  # fmt: skip
# Thousands of rows go over as one array a column, written as text: the driver takes four times as long to adapt lists
_INSERT = text(
    f"insert into portfolio_snapshots (portfolio_id, user_id, date, {', '.join(_FIGURES)}) "  # noqa: S608 - the constants above
    "select :portfolio_id, :user_id, days.* from unnest(cast(:date as date[]), "
    + ", ".join(f"cast(:{name} as double precision[])" for name in _FIGURES)
    + ") as days"
)


async def replace_all(
    session: AsyncSession,
    portfolio_id: UUID,
    user_id: UUID,
    dates: Sequence[dt.date],
    figures: Mapping[str, Sequence[float | None]],
) -> None:
    """Put these days in the place of all stored ones. `figures` holds one list for each figure of the table."""
    await session.execute(delete(PortfolioSnapshot).where(PortfolioSnapshot.portfolio_id == portfolio_id))
    parameters = {"portfolio_id": portfolio_id, "user_id": user_id, "date": f"{{{','.join(map(str, dates))}}}"}
    await session.execute(_INSERT, parameters | {name: _array(figures[name]) for name in _FIGURES})


def _array(values: Sequence[float | None]) -> str:
    """PostgreSQL's text for an array of numbers: that of JSON, null included, but for the brackets."""
    return f"{{{json.dumps(values)[1:-1]}}}"


async def newest(session: AsyncSession, portfolio_id: UUID, on_or_before: dt.date | None) -> PortfolioSnapshot | None:
    statement = select(PortfolioSnapshot).where(PortfolioSnapshot.portfolio_id == portfolio_id)
    if on_or_before is not None:
        statement = statement.where(PortfolioSnapshot.date <= on_or_before)
    return await session.scalar(statement.order_by(PortfolioSnapshot.date.desc()).limit(1))
