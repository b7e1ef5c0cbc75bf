import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from statsmodels.stats.outliers_influence import variance_inflation_factor

from app.analytics.errors import InsufficientData, InvalidInput, ZeroVariance
from app.analytics.factors import (
    RIDGE_TARGET_VIF,
    STYLE_PROXIES,
    CollinearFactors,
    FactorReturns,
    factor_returns,
    factor_risk,
    ordinary_least_squares,
    ridge,
    variance_inflation,
)
from app.analytics.returns import portfolio_returns, simple_returns
from app.analytics.volatility import annualized_volatility
from tests.analytics.conftest import Market

EXACT = {"rtol": 1e-8, "atol": 1e-12}
WINDOWS = [90, 252, 2262]


def over_the_market(market: Market, window: int) -> FactorReturns:
    returns = simple_returns(market.closes)[-window:]
    column = {symbol: returns[:, i] for i, symbol in enumerate(market.symbols)}
    return factor_returns(column["SP500"], {name: column[proxy] for name, proxy in STYLE_PROXIES.items()})


def as_they_are(market: Market, window: int) -> FactorReturns:
    returns = simple_returns(market.closes)[-window:]
    chosen = [market.symbols.index(symbol) for symbol in ("SP500", *STYLE_PROXIES.values())]
    return FactorReturns(("market", *STYLE_PROXIES), returns[:, chosen])


def stocks(market: Market, window: int) -> np.ndarray:
    chosen = [i for i, symbol in enumerate(market.symbols) if symbol not in ("SP500", *STYLE_PROXIES.values())]
    return simple_returns(market.closes)[-window:, chosen]


@pytest.mark.parametrize("window", WINDOWS)
def test_ordinary_least_squares_equals_statsmodels(market: Market, window: int) -> None:
    factors, returns = over_the_market(market, window), stocks(market, window)
    ours = ordinary_least_squares(returns, factors)
    for i, column in enumerate(returns.T):
        fit = sm.OLS(column, sm.add_constant(factors.returns)).fit()
        np.testing.assert_allclose(ours.alpha[i], fit.params[0], **EXACT)
        np.testing.assert_allclose(ours.beta[i], fit.params[1:], **EXACT)
        np.testing.assert_allclose(ours.standard_error[i], fit.bse[1:], **EXACT)
        np.testing.assert_allclose(ours.t_statistic[i], fit.tvalues[1:], **EXACT)
        np.testing.assert_allclose(ours.p_value[i], fit.pvalues[1:], **EXACT)
        np.testing.assert_allclose(ours.r_squared[i], fit.rsquared, **EXACT)
        np.testing.assert_allclose(ours.specific_volatility[i], np.sqrt(fit.mse_resid * 252), **EXACT)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("factors_of", [over_the_market, as_they_are])
def test_variance_inflation_equals_statsmodels(market: Market, window: int, factors_of: object) -> None:
    factors = factors_of(market, window)
    design = sm.add_constant(factors.returns)
    expected = [variance_inflation_factor(design, k) for k in range(1, design.shape[1])]
    np.testing.assert_allclose(variance_inflation(factors), expected, rtol=1e-8)


def test_funds_as_they_are_move_alike_and_over_the_market_do_not(market: Market) -> None:
    assert variance_inflation(as_they_are(market, 2262)).max() > 50
    assert variance_inflation(over_the_market(market, 2262)).max() < 3


def test_ridge_equals_scikit_learn_at_the_smallest_penalty_that_tells_factors_apart(market: Market) -> None:
    factors, returns = as_they_are(market, 252), stocks(market, 252)
    ours = ridge(returns, factors)
    centred = factors.returns - factors.returns.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=0)
    fit = Ridge(alpha=ours.penalty, solver="svd", tol=1e-14).fit(centred / lengths, returns)
    np.testing.assert_allclose(ours.beta, fit.coef_ / lengths, **EXACT)
    np.testing.assert_allclose(ours.alpha, returns.mean(axis=0) - ours.beta @ factors.returns.mean(axis=0), **EXACT)
    residual = returns - ours.alpha - factors.returns @ ours.beta.T
    np.testing.assert_allclose(ours.r_squared, 1 - residual.var(axis=0) / returns.var(axis=0), **EXACT)
    correlation = np.corrcoef(factors.returns, rowvar=False)
    shrunk = np.linalg.inv(correlation + ours.penalty * np.eye(6))
    assert np.diagonal(shrunk @ correlation @ shrunk).max() == pytest.approx(RIDGE_TARGET_VIF, rel=1e-6)


def test_a_ridge_standard_error_is_that_of_its_hat_matrix(market: Market) -> None:
    factors, returns = as_they_are(market, 252), stocks(market, 252)
    ours = ridge(returns, factors)
    centred = factors.returns - factors.returns.mean(axis=0)
    penalty = np.diag(ours.penalty * np.square(centred).sum(axis=0))
    map_ = np.linalg.solve(centred.T @ centred + penalty, centred.T)
    residual = returns[:, 0] - ours.alpha[0] - factors.returns @ ours.beta[0]
    variance = residual @ residual / (252 - 1 - np.trace(centred @ map_))
    np.testing.assert_allclose(ours.standard_error[0], np.sqrt(np.diagonal(map_ @ map_.T) * variance), rtol=1e-7)


@pytest.mark.parametrize("window", WINDOWS)
def test_without_collinearity_ridge_is_ordinary_least_squares(market: Market, window: int) -> None:
    factors, returns = over_the_market(market, window), stocks(market, window)
    shrunk, plain = ridge(returns, factors), ordinary_least_squares(returns, factors)
    assert shrunk.penalty == 0.0
    np.testing.assert_array_equal(shrunk.beta, plain.beta)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=20, max_size=20), st.sampled_from([ordinary_least_squares, ridge]))
def test_the_portfolios_exposures_are_the_weighted_sum_of_its_positions(
    market: Market, exposures: list[float], estimate: object
) -> None:
    weights, returns = np.array([*exposures[:-1], 1.0]), stocks(market, 252)
    factors = as_they_are(market, 252) if estimate is ridge else over_the_market(market, 252)
    own = estimate(portfolio_returns(returns, weights)[:, None], factors)
    np.testing.assert_allclose(own.beta[0], weights @ estimate(returns, factors).beta, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("window", WINDOWS)
def test_factor_risk_sums_to_volatility_and_splits_its_square(market: Market, window: int) -> None:
    factors = over_the_market(market, window)
    own = portfolio_returns(stocks(market, window), np.linspace(-0.2, 0.3, 20))
    fit = ordinary_least_squares(own[:, None], factors)
    risk = factor_risk(own, factors, fit.beta[0])
    assert risk.volatility == pytest.approx(annualized_volatility(own), rel=1e-12)
    assert risk.contribution.sum() + risk.specific_contribution == pytest.approx(risk.volatility, abs=1e-12)
    assert risk.systematic_volatility**2 + risk.specific_volatility**2 == pytest.approx(risk.volatility**2, rel=1e-9)
    assert risk.systematic_volatility**2 / risk.volatility**2 == pytest.approx(fit.r_squared[0], rel=1e-9)
    covariance = np.cov(factors.returns, rowvar=False) * 252
    assert risk.systematic_volatility**2 == pytest.approx(fit.beta[0] @ covariance @ fit.beta[0], rel=1e-9)


@given(st.lists(st.floats(-3, 3), min_size=6, max_size=6))
@settings(max_examples=40, deadline=None)
def test_factor_risk_sums_to_volatility_for_any_betas(market: Market, betas: list[float]) -> None:
    own = stocks(market, 252)[:, 0]
    risk = factor_risk(own, over_the_market(market, 252), np.array(betas))
    assert risk.contribution.sum() + risk.specific_contribution == pytest.approx(risk.volatility, abs=1e-12)


def test_a_copy_of_a_factor_is_refused_by_least_squares_and_borne_by_ridge(market: Market) -> None:
    base, returns = over_the_market(market, 252), stocks(market, 252)
    doubled = FactorReturns((*base.names, "treasuries"), np.column_stack([base.returns, base.returns[:, 0]]))
    with pytest.raises(CollinearFactors, match="variance inflation: market") as caught:
        ordinary_least_squares(returns, doubled)
    assert caught.value.vif["market"] > 1e6
    both, plain = ridge(returns, doubled), ordinary_least_squares(returns, base)
    np.testing.assert_allclose(both.beta[:, 0], both.beta[:, -1], atol=1e-4)
    np.testing.assert_allclose(both.beta[:, 0] + both.beta[:, -1], plain.beta[:, 0], atol=1e-4)
    assert np.abs(both.beta).max() < 10


def test_a_factor_explains_itself_and_a_column_that_does_not_move_nothing(market: Market) -> None:
    factors = over_the_market(market, 252)
    fit = ordinary_least_squares(np.column_stack([factors.returns[:, 0], np.zeros(252)]), factors)
    np.testing.assert_allclose(fit.beta, [[1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]], atol=1e-9)
    assert fit.r_squared[0] == pytest.approx(1.0)
    assert np.isnan([fit.r_squared[1], *fit.t_statistic[1], *fit.p_value[1]]).all()


def test_a_portfolio_of_nothing_has_no_rows(market: Market) -> None:
    assert ordinary_least_squares(np.empty((252, 0)), over_the_market(market, 252)).beta.shape == (0, 6)


@pytest.mark.parametrize("estimate", [ordinary_least_squares, ridge])
def test_what_cannot_be_estimated_is_refused_by_name(market: Market, estimate: object) -> None:
    factors, returns = over_the_market(market, 252), stocks(market, 252)
    with pytest.raises(InsufficientData, match="needs at least 60 daily returns; there are 5"):
        estimate(returns[:5], FactorReturns(factors.names, factors.returns[:5]))
    with pytest.raises(InvalidInput):
        estimate(returns[:200], factors)
    with pytest.raises(InvalidInput):
        estimate(np.full_like(returns, np.nan), factors)
    still = factors.returns.copy()
    still[:, 3] = 0.001
    with pytest.raises(ZeroVariance, match="the factor size did not move"):
        estimate(returns, FactorReturns(factors.names, still))
    with pytest.raises(ZeroVariance):
        factor_risk(np.zeros(252), factors, np.zeros(6))
    with pytest.raises(InvalidInput):
        FactorReturns(("market", "market"), np.zeros((3, 2)))


def test_treasuries_join_as_they_are() -> None:
    market, style, bonds = np.array([0.01, -0.02]), np.array([0.015, -0.01]), np.array([0.0, 0.004])
    built = factor_returns(market, {"value": style}, bonds)
    assert built.names == ("market", "value", "treasuries")
    np.testing.assert_allclose(built.returns, [[0.01, 0.005, 0.0], [-0.02, 0.01, 0.004]])
