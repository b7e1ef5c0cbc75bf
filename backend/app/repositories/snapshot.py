"""The stored history of a portfolio, one row a trading day."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Date,
    Double,
    LargeBinary,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
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
_EPOCH = dt.date(1970, 1, 1)
# A day as the database packs it: the days since 1970 and its figures, NaN for null
_ROW = np.dtype([("day", ">i4"), ("figures", ">f8", (len(_FIGURES),))])


async def replace_all(
    session: AsyncSession,
    portfolio_id: UUID,
    user_id: UUID,
    dates: Sequence[dt.date],
    figures: Mapping[str, Sequence[float | None]],
) -> None:
    """Put these days in the place of all stored ones. `figures` holds one list for each figure of the table.

    Only days that differ are written: after a night that is one of thousands.
    """
    stored = await _stored(session, portfolio_id)
    wanted = _packed(dates, figures)
    await _remove(session, portfolio_id, [_day(row) for row in stored.difference(wanted)])
    changed = [i for i, row in enumerate(wanted) if row not in stored]
    if changed:
        parameters = {"portfolio_id": portfolio_id, "user_id": user_id, "date": _days(dates[i] for i in changed)}
        columns = {name: _array([figures[name][i] for i in changed]) for name in _FIGURES}
        await session.execute(_INSERT, parameters | columns)


async def newest(session: AsyncSession, portfolio_id: UUID, on_or_before: dt.date | None) -> PortfolioSnapshot | None:
    statement = select(PortfolioSnapshot).where(PortfolioSnapshot.portfolio_id == portfolio_id)
    if on_or_before is not None:
        statement = statement.where(PortfolioSnapshot.date <= on_or_before)
    return await session.scalar(statement.order_by(PortfolioSnapshot.date.desc()).limit(1))


async def _stored(session: AsyncSession, portfolio_id: UUID) -> set[bytes]:
    """Every stored day, packed."""
    nan = literal_column("'NaN'::double precision", Double)
    figures = [func.float8send(func.coalesce(getattr(PortfolioSnapshot, name), nan)) for name in _FIGURES]
    row: ColumnElement[bytes] = literal_column("''::bytea", LargeBinary)
    for part in (func.int4send(PortfolioSnapshot.date - _EPOCH), *figures):
        row = row.op("||", return_type=LargeBinary())(part)
    nothing = literal_column("''::bytea", LargeBinary)
    packed = func.string_agg(row, aggregate_order_by(nothing, PortfolioSnapshot.date))
    statement = select(type_coerce(packed, LargeBinary)).where(PortfolioSnapshot.portfolio_id == portfolio_id)
    return set(_rows(await session.scalar(statement) or b""))


def _packed(dates: Sequence[dt.date], figures: Mapping[str, Sequence[float | None]]) -> list[bytes]:
    rows = np.empty(len(dates), dtype=_ROW)
    rows["day"] = np.array(dates, dtype="datetime64[D]").astype(np.int64)
    for column, name in enumerate(_FIGURES):
        # None becomes NaN
        rows["figures"][:, column] = np.array(figures[name], dtype=np.float64)
    return _rows(rows.tobytes())


def _rows(packed: bytes) -> list[bytes]:
    return [packed[start : start + _ROW.itemsize] for start in range(0, len(packed), _ROW.itemsize)]


def _day(row: bytes) -> dt.date:
    return _EPOCH + dt.timedelta(days=int.from_bytes(row[:4], signed=True))


async def _remove(session: AsyncSession, portfolio_id: UUID, days: list[dt.date]) -> None:
    if not days:
        return
    chosen = func.any(cast(bindparam("days", _days(days)), ARRAY(Date)))
    mine = PortfolioSnapshot.portfolio_id == portfolio_id
    await session.execute(delete(PortfolioSnapshot).where(mine, PortfolioSnapshot.date == chosen))


def _days(dates: Iterable[dt.date]) -> str:
    return f"{{{','.join(map(str, dates))}}}"


def _array(values: Sequence[float | None]) -> str:
    """PostgreSQL's text for an array of numbers: that of JSON, null included, but for the brackets."""
    return f"{{{json.dumps(values)[1:-1]}}}"
