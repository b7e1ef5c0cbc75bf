"""A portfolio's stored daily history: rebuilt from its positions and the prices, and read back."""

import datetime as dt
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.analytics.arrays import FloatArray
from app.analytics.beta import rolling_beta
from app.analytics.errors import InsufficientData
from app.analytics.volatility import rolling_volatility
from app.errors import NotFound
from app.repositories import holding as holding_repository
from app.repositories import snapshot as snapshot_repository
from app.schemas.analytics import Snapshot
from app.services.analytics.book import Book, load
from app.services.analytics.compute import computed

VOLATILITY_WINDOW = 21
BETA_WINDOW = 90

_Column = list[float | None]


class SnapshotNotFound(NotFound):
    code = "snapshot_not_found"
    detail = "No daily figures have been stored for this portfolio up to that day."


async def recompute(session: AsyncSession, portfolio_id: UUID) -> int:
    """Replace all daily snapshots of a portfolio within the caller's transaction. Returns how many there are now."""
    # Two rebuilds at once would both insert the same days; the second waits here and sees the first one's work
    await holding_repository.lock(session, portfolio_id)
    book = await load(session, portfolio_id)
    figures = await computed(book, daily_figures)
    days: list[dt.date] = book.history.days.tolist()
    await snapshot_repository.replace_all(session, portfolio_id, book.row.user_id, days, figures)
    return len(days)


async def newest(session: AsyncSession, portfolio_id: UUID, on_or_before: dt.date | None = None) -> Snapshot:
    """The stored figures of the last trading day up to `on_or_before`."""
    row = await snapshot_repository.newest(session, portfolio_id, on_or_before)
    if row is None:
        await load(session, portfolio_id)
        raise SnapshotNotFound
    return Snapshot.model_validate(row)


def daily_figures(book: Book) -> dict[str, _Column]:
    """One value a day for each figure of the table; None where it is unknown."""
    history = book.history
    return {
        "nav": history.nav.tolist(),
        "cash": history.cash.tolist(),
        "long_value": history.long_value.tolist(),
        "short_value": history.short_value.tolist(),
        "gross_exposure": history.gross_exposure.tolist(),
        "net_exposure": history.net_exposure.tolist(),
        "pnl": history.pnl.tolist(),
        "flow": history.flow.tolist(),
        "daily_return": _known(history.daily_return),
        "volatility_21d": _known(_trailing_volatility(history.daily_return)),
        "beta_90d": _known(_trailing_beta(book)),
    }


def _trailing_volatility(returns: FloatArray) -> FloatArray:
    try:
        return _ending_on_last_day(rolling_volatility(returns, VOLATILITY_WINDOW), len(returns))
    except InsufficientData:
        return np.full(len(returns), np.nan)


def _trailing_beta(book: Book) -> FloatArray:
    """Of the portfolio's own daily returns; a day's benchmark return needs the close of the day before."""
    returns = book.history.daily_return
    market = np.concatenate(([np.nan], book.returns[:, book.columns[book.row.benchmark]]))
    own_days = market[len(market) - len(returns) :] if len(returns) else np.empty(0)
    return _ending_on_last_day(rolling_beta(returns, own_days, BETA_WINDOW), len(returns))


def _ending_on_last_day(rolled: FloatArray, length: int) -> FloatArray:
    return np.concatenate((np.full(length - len(rolled), np.nan), rolled))


def _known(values: FloatArray) -> _Column:
    return [value if np.isfinite(value) else None for value in values.tolist()]
