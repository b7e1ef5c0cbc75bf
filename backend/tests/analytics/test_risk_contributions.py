import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skfolio import RiskMeasure
from skfolio.portfolio import Portfolio

from app.analytics.errors import InsufficientData, InvalidInput, NoExposure, ZeroVariance
from app.analytics.groups import sums_by_group
from app.analytics.returns import portfolio_returns, simple_returns
from app.analytics.risk_contributions import risk_contributions
from app.analytics.volatility import annualized_volatility
from tests.analytics.conftest import Market

LONG_SHORT = np.linspace(-0.35, 0.6, 26)


@pytest.fixture(scope="module")
def asset_returns(market: Market) -> np.ndarray:
    return simple_returns(market.closes)


@pytest.mark.parametrize("window", [63, 252, 2262])
def test_contributions_equal_those_of_the_full_covariance_matrix(asset_returns: np.ndarray, window: int) -> None:
    used = asset_returns[-window:]
    covariance = np.cov(used, rowvar=False) * 252
    sigma = np.sqrt(LONG_SHORT @ covariance @ LONG_SHORT)
    ours = risk_contributions(used, LONG_SHORT)
    np.testing.assert_allclose(ours.marginal, covariance @ LONG_SHORT / sigma, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(ours.contribution, LONG_SHORT * (covariance @ LONG_SHORT) / sigma, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(ours.standalone, np.sqrt(np.diagonal(covariance)), rtol=1e-10)
    assert ours.diversification_ratio == pytest.approx(np.abs(LONG_SHORT) @ ours.standalone / sigma, rel=1e-10)


def test_contributions_equal_skfolio(asset_returns: np.ndarray) -> None:
    # skfolio differentiates numerically, so it is exact to about six digits
    chosen = LONG_SHORT / LONG_SHORT.sum()
    theirs = Portfolio(X=asset_returns[-252:], weights=chosen, annualization_factor=252)
    ours = risk_contributions(asset_returns[-252:], chosen)
    expected = theirs.contribution(RiskMeasure.ANNUALIZED_STANDARD_DEVIATION)
    np.testing.assert_allclose(ours.contribution, expected, rtol=1e-5, atol=1e-8)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=26, max_size=26))
def test_contributions_sum_to_the_volatility_of_the_portfolio(market: Market, exposures: list[float]) -> None:
    used, weights = simple_returns(market.closes)[-252:], np.array([*exposures[:-1], 1.0])
    ours = risk_contributions(used, weights)
    assert ours.contribution.sum() == pytest.approx(ours.volatility, abs=1e-12)
    assert ours.share.sum() == pytest.approx(1.0, abs=1e-12)
    assert ours.volatility == pytest.approx(annualized_volatility(portfolio_returns(used, weights)), rel=1e-12)


def test_a_marginal_contribution_predicts_a_small_trade_from_cash(asset_returns: np.ndarray) -> None:
    ours, step = risk_contributions(asset_returns, LONG_SHORT), 1e-6
    for i in (0, 7, 25):
        nudged = LONG_SHORT + step * (np.arange(26) == i)
        change = risk_contributions(asset_returns, nudged).volatility - ours.volatility
        assert change / step == pytest.approx(ours.marginal[i], rel=1e-4)


def test_doubling_every_weight_doubles_every_contribution_and_no_share(asset_returns: np.ndarray) -> None:
    once, twice = (risk_contributions(asset_returns, scale * LONG_SHORT) for scale in (1.0, 2.0))
    np.testing.assert_allclose(twice.contribution, 2 * once.contribution, rtol=1e-12)
    np.testing.assert_allclose(twice.share, once.share, rtol=1e-12)


def test_a_hedge_contributes_negatively_and_one_position_everything() -> None:
    rng = np.random.default_rng(2)
    market = rng.normal(0, 0.01, 300)
    both = np.column_stack([market + rng.normal(0, 0.002, 300), market])
    hedged = risk_contributions(both, np.array([1.0, -0.5]))
    assert hedged.contribution[0] > hedged.volatility > 0 > hedged.contribution[1]
    single = risk_contributions(both[:, :1], np.array([-0.7]))
    assert single.share.tolist() == [pytest.approx(1.0)]
    assert single.diversification_ratio == pytest.approx(1.0)


MOVING = np.tile([0.01, -0.01], 50)


@pytest.mark.parametrize(
    ("returns", "weights", "failure"),
    [
        (np.empty((100, 0)), np.empty(0), NoExposure),
        (MOVING[:, None], np.zeros(1), NoExposure),
        (MOVING[:1, None], np.ones(1), InsufficientData),
        (np.full((100, 1), 0.0123), np.ones(1), ZeroVariance),
        (np.column_stack([MOVING, MOVING * 3]), np.array([0.3, -0.1]), ZeroVariance),
        (np.where(np.arange(100) == 3, np.nan, MOVING)[:, None], np.ones(1), InvalidInput),
        (MOVING[:, None], np.ones(2), InvalidInput),
    ],
)
def test_a_portfolio_without_volatility_has_no_split_of_it(
    returns: np.ndarray, weights: np.ndarray, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        risk_contributions(returns, weights)


def test_contributions_add_up_by_sector() -> None:
    sums = sums_by_group(["Energy", "Banks", "Energy"], np.array([0.1, 0.2, -0.3]))
    assert sums.names == ("Banks", "Energy")
    np.testing.assert_allclose(sums.sums, [0.2, -0.2])
    assert sums_by_group([], np.empty(0)).names == ()
    with pytest.raises(InvalidInput):
        sums_by_group(["Energy"], np.empty(2))
