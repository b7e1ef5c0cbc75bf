"""The last 30 days of a history, by hand."""

from datetime import date, timedelta

import pytest

from app.insights.month import month
from app.schemas.analytics import NavPoint

LAST = date(2022, 12, 31)


def _point(days_ago: int, growth: float, daily_return: float | None, benchmark: float | None = None) -> NavPoint:
    return NavPoint(
        date=LAST - timedelta(days=days_ago),
        nav=1000 * growth,
        pnl=10.0 * days_ago,
        flow=1.0,
        daily_return=daily_return,
        growth=growth,
        drawdown=0.0,
        benchmark_growth=benchmark,
    )


HISTORY = [
    _point(40, 5.0, -0.9, 1.0),
    _point(31, 1.0, 0.5, 2.0),
    _point(20, 1.2, 0.2),
    _point(10, 0.9, -0.25),
    _point(0, 1.1, None, 2.2),
]


def test_it_is_measured_from_the_last_day_on_or_before_its_start() -> None:
    found = month(HISTORY)
    assert found is not None
    assert (found.start, found.end, found.trading_days) == (date(2022, 11, 30), LAST, 3)
    assert found.portfolio_return == pytest.approx(0.1)
    assert found.benchmark_return == pytest.approx(0.1)
    assert (found.pnl, found.flows) == (300.0, 3.0)
    assert found.deepest_fall == pytest.approx(0.9 / 1.2 - 1)
    assert found.worst_day is not None
    assert found.best_day is not None
    assert (found.worst_day.daily_return, found.best_day.daily_return) == (-0.25, 0.2)


def test_a_benchmark_without_a_price_is_unknown() -> None:
    found = month([*HISTORY[:-1], _point(0, 1.1, 0.1)])
    assert found is not None
    assert found.benchmark_return is None


def test_a_history_that_does_not_reach_back_has_none() -> None:
    assert month(HISTORY[2:]) is None
    assert month([]) is None
