"""What has no answer is refused by name; what has one never is NaN. Warnings are errors in this suite."""

from collections.abc import Callable

import numpy as np
import pytest

from app.analytics.beta import beta_regression, beta_regressions, rolling_beta
from app.analytics.concentration import concentration
from app.analytics.correlation import ExtremePairs, average_correlation, correlation_matrix, extreme_pairs
from app.analytics.drawdown import Drawdown, drawdowns, max_drawdown
from app.analytics.errors import AnalyticsError, InsufficientData, InvalidInput, NoExposure, ZeroVariance
from app.analytics.performance import UnknownDailyReturn, annualized_return, total_return
from app.analytics.prices import fill_forward, first_priced_day
from app.analytics.returns import common_history, growth, portfolio_returns, simple_returns
from app.analytics.sector_exposure import sector_exposures
from app.analytics.value_at_risk import historical_value_at_risk, minimum_observations
from app.analytics.volatility import annualized_volatility, rolling_volatility

FLAT = np.zeros(252)
MOVING = np.tile([0.01, -0.01], 126)
WITH_GAP = np.where(np.arange(252) == 5, np.nan, MOVING)


@pytest.mark.parametrize(
    ("call", "failure"),
    [
        (lambda: annualized_volatility(np.array([0.01])), InsufficientData),
        (lambda: annualized_volatility(np.array([])), InsufficientData),
        (lambda: annualized_volatility(WITH_GAP), InvalidInput),
        (lambda: rolling_volatility(MOVING[:10], 63), InsufficientData),
        (lambda: rolling_volatility(MOVING, 1), InvalidInput),
        (lambda: beta_regression(MOVING[:2], MOVING[:2]), InsufficientData),
        (lambda: beta_regression(MOVING, FLAT), ZeroVariance),
        (lambda: beta_regression(MOVING, FLAT + 0.0123), ZeroVariance),
        (lambda: beta_regression(FLAT, MOVING), ZeroVariance),
        (lambda: beta_regression(MOVING, MOVING[:100]), InvalidInput),
        (lambda: historical_value_at_risk(MOVING[:99], 0.99), InsufficientData),
        (lambda: historical_value_at_risk(MOVING, 1.0), InvalidInput),
        (lambda: historical_value_at_risk(MOVING, 0.0), InvalidInput),
        (lambda: historical_value_at_risk(MOVING, 1.5), InvalidInput),
        (lambda: historical_value_at_risk(MOVING, 0.95, 0), InvalidInput),
        (lambda: historical_value_at_risk(WITH_GAP, 0.95), InvalidInput),
        (lambda: concentration(np.array([])), NoExposure),
        (lambda: concentration(np.array([0.0])), NoExposure),
        (lambda: annualized_return(MOVING[:251]), InsufficientData),
        (lambda: total_return(WITH_GAP), UnknownDailyReturn),
        (lambda: total_return(np.array([np.nan, -1.0])), UnknownDailyReturn),
        (lambda: max_drawdown(np.array([1.0, np.nan])), InvalidInput),
        (lambda: correlation_matrix(MOVING[:, None], 1), InvalidInput),
        (lambda: portfolio_returns(MOVING[:, None], np.array([0.5, 0.5])), InvalidInput),
        (lambda: sector_exposures(["Energy"], np.array([1.0, 2.0])), InvalidInput),
        (lambda: common_history(MOVING[:, None], 0), InvalidInput),
    ],
)
def test_a_question_without_an_answer_is_refused_by_name(
    call: Callable[[], object], failure: type[AnalyticsError]
) -> None:
    with pytest.raises(failure):
        call()


def test_too_short_a_history_says_how_much_is_needed() -> None:
    with pytest.raises(InsufficientData, match="needs at least 100 daily returns; there are 99") as caught:
        historical_value_at_risk(MOVING[:99], 0.99)
    assert (caught.value.needed, caught.value.had) == (100, 99)


@pytest.mark.parametrize(("confidence", "needed"), [(0.9, 10), (0.95, 20), (0.975, 40), (0.99, 100), (0.999, 1000)])
def test_the_tail_holds_at_least_one_return(confidence: float, needed: int) -> None:
    assert minimum_observations(confidence) == needed


def test_constant_prices_have_no_volatility_and_no_drawdown() -> None:
    returns = simple_returns(np.full(253, 41.3))
    assert annualized_volatility(returns) == 0.0
    assert max_drawdown(growth(returns)) == 0.0
    assert drawdowns(growth(returns)) == ()
    assert historical_value_at_risk(returns, 0.99).expected_shortfall == 0.0


def test_value_at_risk_takes_the_tail_and_scales_by_the_root_of_the_horizon() -> None:
    returns = np.arange(-10, 91) / 1000  # -1.0 % to 9.0 % in steps of 0.1 %: the 5 % quantile is the sixth, -0.5 %
    one, ten = historical_value_at_risk(returns, 0.95), historical_value_at_risk(returns, 0.95, 10)
    assert one.value_at_risk == pytest.approx(0.005)
    assert one.expected_shortfall == pytest.approx(0.0075)
    assert ten.value_at_risk == pytest.approx(0.005 * 10**0.5)
    assert historical_value_at_risk(np.full(20, 0.01), 0.95).value_at_risk == pytest.approx(-0.01)


def test_a_series_is_its_own_benchmark() -> None:
    own = beta_regression(MOVING, MOVING)
    assert (own.beta, own.r_squared) == (pytest.approx(1.0), pytest.approx(1.0))
    assert own.p_value == pytest.approx(0.0, abs=1e-12)


def test_a_column_that_does_not_move_has_no_share_of_explained_variance() -> None:
    many = beta_regressions(np.column_stack([MOVING, FLAT]), MOVING)
    np.testing.assert_array_equal(np.isnan(many.r_squared), [False, True])
    np.testing.assert_array_equal(np.isnan(many.p_value), [False, True])
    assert many.beta[1] == 0.0


def test_a_rolling_beta_is_unknown_where_its_window_has_a_gap_or_a_flat_benchmark() -> None:
    benchmark = np.concatenate([MOVING[:10], np.zeros(10)])
    slopes = rolling_beta(np.where(np.arange(20) == 3, np.nan, 2 * benchmark), benchmark, 5)
    np.testing.assert_allclose(slopes, [np.nan] * 4 + [2.0] * 6 + [np.nan] * 6)
    assert rolling_beta(MOVING[:4], MOVING[:4], 5).shape == (0,)


def test_returns_are_unknown_beside_a_gap_and_for_a_price_of_zero() -> None:
    closes = np.array([np.nan, 10.0, 11.0, np.nan, 12.0, 0.0, 5.0])
    np.testing.assert_allclose(
        simple_returns(closes), [np.nan, 0.1, np.nan, np.nan, -1.0, np.nan], rtol=1e-12, equal_nan=True
    )
    assert simple_returns(np.array([10.0])).shape == (0,)


def test_gaps_are_filled_with_the_last_close_and_marked() -> None:
    filled = fill_forward(np.array([[np.nan, np.nan], [5.0, np.nan], [np.nan, np.nan], [7.0, np.nan]]))
    np.testing.assert_array_equal(filled.closes[:, 0], [np.nan, 5.0, 5.0, 7.0])
    np.testing.assert_array_equal(filled.filled[:, 0], [False, False, True, False])
    assert np.isnan(filled.closes[:, 1]).all()
    np.testing.assert_array_equal(first_priced_day(filled.closes), [1, 4])


def test_a_position_listed_half_way_is_left_out_and_a_forgotten_day_is_not() -> None:
    returns = np.column_stack([MOVING, WITH_GAP, np.where(np.arange(252) < 126, np.nan, MOVING)])
    chosen = common_history(returns, 252)
    np.testing.assert_array_equal(chosen.columns, [True, True, False])
    assert (chosen.days, chosen.rows[5]) == (251, np.False_)


def test_a_window_longer_than_the_data_leaves_every_column_out() -> None:
    chosen = common_history(MOVING[:100, None], 252)
    assert not chosen.columns.any()


def test_all_cash_returns_nothing() -> None:
    np.testing.assert_array_equal(portfolio_returns(np.empty((5, 0)), np.empty(0)), np.zeros(5))


def test_one_position_is_fully_concentrated() -> None:
    single = concentration(np.array([-500.0]))
    assert (single.herfindahl_index, single.effective_positions, single.top(1), single.top(10)) == (1, 1, 1, 1)


def test_concentration_counts_a_short_by_its_size() -> None:
    mixed = concentration(np.array([300.0, -500.0, 200.0]))
    assert mixed.gross_weights.tolist() == [0.3, 0.5, 0.2]
    assert mixed.order.tolist() == [1, 0, 2]
    assert mixed.herfindahl_index == pytest.approx(0.38)
    assert (mixed.top(1), mixed.top(3)) == (0.5, 1.0)


def test_sectors_keep_longs_and_shorts_apart() -> None:
    energy, banks = sector_exposures(["Energy", "Banks", "Energy"], np.array([100.0, 50.0, -80.0]))
    assert (energy.sector, energy.long_value, energy.short_value, energy.positions) == ("Energy", 100, -80, 2)
    assert (energy.net_value, energy.gross_value, banks.net_value) == (20, 180, 50)
    assert sector_exposures([], np.array([])) == ()


def test_drawdowns_have_a_start_a_trough_and_a_recovery() -> None:
    value = np.array([0.9, 0.8, 1.0, 1.2, 0.6, 1.1])
    assert drawdowns(value) == (
        Drawdown(start=3, trough=4, recovery=None, depth=-0.5),
        Drawdown(start=-1, trough=1, recovery=2, depth=pytest.approx(-0.2)),
    )


def test_a_total_loss_is_a_drawdown_of_everything() -> None:
    value = growth(np.array([0.1, -1.0, 0.5]))
    assert max_drawdown(value) == -1.0
    assert total_return(np.array([0.1, -1.0, 0.5])) == -1.0


def test_losing_more_than_everything_leaves_nothing() -> None:
    returns = np.array([0.1, -1.5, 0.5])
    assert growth(returns).tolist() == [1.1, 0.0, 0.0]
    assert (total_return(returns), max_drawdown(growth(returns))) == (-1.0, -1.0)
    assert total_return(np.array([0.1, -1.5, np.nan])) == -1.0
    assert annualized_return(np.tile(returns, 84)) == -1.0


def test_correlations_that_cannot_be_known_are_nan() -> None:
    half = np.where(np.arange(252) < 240, np.nan, MOVING)
    matrix = correlation_matrix(np.column_stack([MOVING, -MOVING, FLAT, half]))
    np.testing.assert_array_equal(np.isfinite(matrix[0]), [True, True, False, False])
    assert (matrix[0, 0], matrix[0, 1]) == (1.0, pytest.approx(-1.0))
    pairs = extreme_pairs(matrix, 5)
    assert [(p.first, p.second) for p in pairs.highest] == [(0, 1)]
    assert pairs.lowest == pairs.highest
    assert average_correlation(matrix) == pytest.approx(-1.0)


@pytest.mark.parametrize("columns", [0, 1])
def test_fewer_than_two_holdings_have_no_pairs(columns: int) -> None:
    matrix = correlation_matrix(np.tile(MOVING[:, None], columns))
    assert matrix.shape == (columns, columns)
    assert (extreme_pairs(matrix, 5), average_correlation(matrix)) == (ExtremePairs((), ()), None)
