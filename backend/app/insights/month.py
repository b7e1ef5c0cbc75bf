"""The last 30 days of a portfolio as it really was."""

from collections.abc import Sequence
from datetime import date, timedelta

from app.schemas.analytics import NavPoint
from app.schemas.base import Schema

DAYS = 30


class Month(Schema):
    """From the close of `start`, the last trading day on or before 30 days ago. Returns are time-weighted fractions.

    `deepest_fall` is from a peak within these days, zero or negative.
    """

    start: date
    end: date
    trading_days: int
    portfolio_return: float
    benchmark_return: float | None
    pnl: float
    flows: float
    worst_day: NavPoint | None
    best_day: NavPoint | None
    deepest_fall: float


def start_of(as_of: date) -> date:
    return as_of - timedelta(days=DAYS)


def month(series: Sequence[NavPoint]) -> Month | None:
    """Of a history with every day, oldest first; None where it does not reach back to the start."""
    if not series or series[0].date > start_of(series[-1].date):
        return None
    first = max(i for i, point in enumerate(series) if point.date <= start_of(series[-1].date))
    base, days = series[first], series[first + 1 :]
    known = [point for point in days if point.daily_return is not None]
    return Month(
        start=base.date,
        end=series[-1].date,
        trading_days=len(days),
        portfolio_return=_return(base.growth, series[-1].growth),
        benchmark_return=_benchmark_return(base, series[-1]),
        pnl=sum(point.pnl for point in days),
        flows=sum(point.flow for point in days),
        worst_day=min(known, key=lambda point: point.daily_return or 0.0, default=None),
        best_day=max(known, key=lambda point: point.daily_return or 0.0, default=None),
        deepest_fall=_deepest_fall([point.growth for point in series[first:]]),
    )


def _return(first: float, last: float) -> float:
    return last / first - 1 if first > 0 else 0.0


def _benchmark_return(first: NavPoint, last: NavPoint) -> float | None:
    if not first.benchmark_growth or last.benchmark_growth is None:
        return None
    return last.benchmark_growth / first.benchmark_growth - 1


def _deepest_fall(growth: Sequence[float]) -> float:
    peak, deepest = growth[0], 0.0
    for value in growth:
        peak = max(peak, value)
        deepest = min(deepest, value / peak - 1 if peak > 0 else 0.0)
    return deepest
