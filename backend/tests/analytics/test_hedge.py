"""Hedges by hand: a perfect one, a useless one, one that makes it worse."""

import numpy as np
import pytest

from app.analytics.errors import InsufficientData, InvalidInput, ZeroVariance
from app.analytics.hedge import NotHedged, hedge_quality, largest_rise

RANDOM = np.random.default_rng(7)
MARKET = RANDOM.normal(0.0, 0.01, 300)
OTHER = RANDOM.normal(0.0, 0.01, 300)


def _sides(*columns: np.ndarray) -> np.ndarray:
    return np.column_stack(columns)


def test_a_short_in_what_is_held_long_takes_its_share_of_the_volatility_away() -> None:
    found = hedge_quality(_sides(MARKET, MARKET), np.array([1.0, -0.25]))
    assert found.correlation == pytest.approx(-1)
    assert found.effectiveness == pytest.approx(0.25)
    assert found.best_ratio == pytest.approx(4)
    assert found.volatility == pytest.approx(0.75 * found.long_volatility)


def test_a_short_that_does_not_move_along_adds_to_the_volatility() -> None:
    found = hedge_quality(_sides(MARKET, OTHER), np.array([1.0, -1.0]))
    assert found.effectiveness < 0
    assert abs(found.correlation) < 0.2


def test_the_best_ratio_leaves_the_least_volatility() -> None:
    returns = _sides(MARKET, 0.6 * MARKET + 0.5 * OTHER)
    weights = np.array([1.0, -0.4])
    best = hedge_quality(returns, weights).best_ratio
    at = [hedge_quality(returns, weights * [1.0, best * step]).volatility for step in (0.95, 1.0, 1.05)]
    assert at[1] == min(at)


@pytest.mark.parametrize(
    ("returns", "weights", "failure"),
    [
        (_sides(MARKET, OTHER), [1.0, 0.5], NotHedged),
        (_sides(MARKET, OTHER), [-1.0, 0.0], NotHedged),
        (np.zeros((300, 0)), [], NotHedged),
        (_sides(MARKET, OTHER)[:59], [1.0, -1.0], InsufficientData),
        (_sides(MARKET, np.zeros(300)), [1.0, -1.0], ZeroVariance),
        (_sides(MARKET, OTHER), [1.0], InvalidInput),
    ],
)
def test_what_has_no_answer_says_why(returns: np.ndarray, weights: list[float], failure: type[Exception]) -> None:
    with pytest.raises(failure):
        hedge_quality(returns, np.array(weights))


def test_the_largest_rise_is_of_the_best_run_of_days() -> None:
    returns = np.array([[0.10, -0.1], [0.10, -0.2], [-0.50, -0.1], [0.20, -0.3]])
    np.testing.assert_allclose(largest_rise(returns, 2), [0.21, -0.28])
    np.testing.assert_allclose(largest_rise(returns, 1), [0.20, -0.1])


def test_a_rise_takes_as_many_days_as_it_has() -> None:
    with pytest.raises(InsufficientData):
        largest_rise(np.zeros((3, 1)), 4)
    with pytest.raises(InvalidInput):
        largest_rise(np.zeros((3, 1)), 0)
