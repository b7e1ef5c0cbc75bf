"""Every measure against an independent library, on the bundled prices."""

import empyrical
import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from app.analytics import returns as rets
from app.analytics.beta import beta_regression, beta_regressions, rolling_beta
from app.analytics.correlation import correlation_matrix
from app.analytics.drawdown import drawdown_series, max_drawdown
from app.analytics.performance import annualized_return, total_return
from app.analytics.value_at_risk import historical_value_at_risk
from app.analytics.volatility import annualized_volatility, rolling_volatility
from tests.bundled import Market

EXACT = {"rel": 1e-9, "abs": 1e-12}


@pytest.fixture(scope="module")
def asset_returns(market: Market) -> np.ndarray:
    return rets.simple_returns(market.closes)


@pytest.fixture(scope="module")
def benchmark(market: Market) -> np.ndarray:
    return rets.simple_returns(market.close("SP500"))


@pytest.mark.parametrize("window", [21, 63, 252, 2262])
def test_volatility_equals_empyrical_for_every_series(asset_returns: np.ndarray, window: int) -> None:
    for column in asset_returns[-window:].T:
        assert annualized_volatility(column) == pytest.approx(empyrical.annual_volatility(column), **EXACT)


def test_rolling_volatility_equals_empyrical(benchmark: np.ndarray) -> None:
    ours = rolling_volatility(benchmark, 63)
    theirs = empyrical.roll_annual_volatility(benchmark, window=63)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    assert ours[-1] == pytest.approx(annualized_volatility(benchmark[-63:]), **EXACT)


@pytest.mark.parametrize("window", [90, 252])
def test_beta_equals_statsmodels_ols_for_every_series(
    asset_returns: np.ndarray, benchmark: np.ndarray, window: int
) -> None:
    ours = beta_regressions(asset_returns[-window:], benchmark[-window:])
    design = sm.add_constant(benchmark[-window:])
    for i, column in enumerate(asset_returns[-window:].T):
        fit = sm.OLS(column, design).fit()
        assert ours.beta[i] == pytest.approx(fit.params[1], **EXACT)
        assert ours.alpha[i] == pytest.approx(fit.params[0], **EXACT)
        assert ours.r_squared[i] == pytest.approx(fit.rsquared, **EXACT)
        assert ours.standard_error[i] == pytest.approx(fit.bse[1], **EXACT)
        assert ours.p_value[i] == pytest.approx(fit.pvalues[1], rel=1e-9, abs=1e-12)


def test_beta_of_one_series_equals_scipy_linregress(asset_returns: np.ndarray, benchmark: np.ndarray) -> None:
    fit = stats.linregress(benchmark[-252:], asset_returns[-252:, 0])
    ours = beta_regression(asset_returns[-252:, 0], benchmark[-252:])
    assert (ours.beta, ours.alpha) == pytest.approx((fit.slope, fit.intercept), **EXACT)
    assert ours.standard_error == pytest.approx(fit.stderr, **EXACT)
    assert ours.observations == 252


def test_rolling_beta_is_the_regression_of_each_window(asset_returns: np.ndarray, benchmark: np.ndarray) -> None:
    ours = rolling_beta(asset_returns[:, 0], benchmark, 90)
    assert ours.shape == (len(benchmark) - 89,)
    for end in (90, 500, 1500, len(benchmark)):
        window = slice(end - 90, end)
        expected = beta_regression(asset_returns[window, 0], benchmark[window]).beta
        assert ours[end - 90] == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize("confidence", [0.95, 0.99])
def test_historical_value_at_risk_equals_empyrical(asset_returns: np.ndarray, confidence: float) -> None:
    for column in asset_returns[-504:].T:
        ours = historical_value_at_risk(column, confidence)
        cutoff = empyrical.value_at_risk(column, 1 - confidence)
        assert ours.value_at_risk == pytest.approx(-cutoff, **EXACT)
        assert ours.expected_shortfall == pytest.approx(-np.mean([r for r in column if r <= cutoff]), **EXACT)


def test_drawdown_equals_empyrical_for_every_series(asset_returns: np.ndarray) -> None:
    for column in asset_returns.T:
        assert max_drawdown(rets.growth(column)) == pytest.approx(empyrical.max_drawdown(column), **EXACT)


def test_drawdown_series_equals_the_definition(benchmark: np.ndarray) -> None:
    value = np.concatenate(([1.0], rets.growth(benchmark)))
    expected = [value[i] / value[: i + 1].max() - 1 for i in range(1, len(value))]
    np.testing.assert_allclose(drawdown_series(rets.growth(benchmark)), expected, rtol=1e-9)


def test_returns_equal_empyrical(benchmark: np.ndarray) -> None:
    assert total_return(benchmark) == pytest.approx(empyrical.cum_returns_final(benchmark), **EXACT)
    assert annualized_return(benchmark) == pytest.approx(empyrical.annual_return(benchmark), **EXACT)


def test_correlation_equals_numpy_for_every_pair(asset_returns: np.ndarray) -> None:
    np.testing.assert_allclose(
        correlation_matrix(asset_returns[-252:]), np.corrcoef(asset_returns[-252:], rowvar=False), rtol=1e-9, atol=1e-12
    )


def test_correlation_with_gaps_equals_scipy_on_each_pairs_own_days(asset_returns: np.ndarray) -> None:
    holed = asset_returns[-252:, :8].copy()
    rng = np.random.default_rng(7)
    holed[rng.random(holed.shape) < 0.2] = np.nan
    ours = correlation_matrix(holed)
    for i in range(8):
        for j in range(i):
            both = np.isfinite(holed[:, i]) & np.isfinite(holed[:, j])
            assert ours[i, j] == pytest.approx(stats.pearsonr(holed[both, i], holed[both, j]).statistic, **EXACT)
