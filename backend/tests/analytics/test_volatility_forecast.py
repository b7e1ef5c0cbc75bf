import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from app.analytics.errors import InsufficientData, InvalidInput, ZeroVariance
from app.analytics.returns import simple_returns
from app.analytics.volatility import annualized_volatility
from app.analytics.volatility_forecast import ewma_volatility, har_forecast, volatility_percentile
from tests.analytics.conftest import Market


@pytest.fixture(scope="module")
def asset_returns(market: Market) -> np.ndarray:
    return simple_returns(market.closes)


@pytest.mark.parametrize("window", [75, 252, 2262])
def test_ewma_equals_pandas(asset_returns: np.ndarray, window: int) -> None:
    for column in asset_returns[-window:].T:
        expected = pd.Series(column**2).ewm(alpha=0.06).mean().iloc[-1]
        assert ewma_volatility(column) == pytest.approx(np.sqrt(expected * 252), rel=1e-9)


def test_ewma_follows_the_latest_days() -> None:
    calm, wild = np.tile([0.005, -0.005], 100), np.tile([0.03, -0.03], 100)
    assert ewma_volatility(np.concatenate([wild, calm])) < 0.1 < 0.4 < ewma_volatility(np.concatenate([calm, wild]))


def realised(returns: np.ndarray, days: int) -> pd.Series:
    return np.sqrt((pd.Series(returns) ** 2).rolling(days).mean() * 252)


@pytest.mark.parametrize("window", [294, 756, 2262])
def test_har_equals_statsmodels_ols(asset_returns: np.ndarray, window: int) -> None:
    for column in asset_returns[-window:].T:
        frame = pd.DataFrame({days: realised(column, days) for days in (1, 5, 22)})
        frame["target"] = realised(column, 21).shift(-21)
        past = frame.dropna()
        fit = sm.OLS(past["target"], sm.add_constant(past[[1, 5, 22]].rename(columns=str))).fit()
        raw = float(fit.params.to_numpy() @ [1.0, *frame[[1, 5, 22]].iloc[-1]])
        ours = har_forecast(column)
        np.testing.assert_allclose(ours.coefficients, fit.params, rtol=1e-8, atol=1e-11)
        assert ours.r_squared == pytest.approx(fit.rsquared, rel=1e-8)
        assert ours.observations == fit.nobs
        assert ours.volatility == pytest.approx(np.clip(raw, past["target"].min(), past["target"].max()), rel=1e-8)
        assert ours.bounded == (not past["target"].min() <= raw <= past["target"].max())


def test_a_forecast_beyond_everything_seen_is_held_back() -> None:
    rng = np.random.default_rng(5)
    returns = np.concatenate([rng.normal(0, 0.01, 600), [0.5, -0.5, 0.5]])
    forecast = har_forecast(returns)
    assert forecast.bounded
    assert forecast.volatility == pytest.approx(realised(returns, 21).max())


@pytest.mark.parametrize("window", [272, 776, 2262])
def test_the_percentile_equals_scipy_over_three_years(asset_returns: np.ndarray, window: int) -> None:
    for column in asset_returns[-window:].T:
        history = (pd.Series(column).rolling(21).std() * np.sqrt(252)).dropna().to_numpy()[-756:]
        ours = volatility_percentile(column)
        assert ours.volatility == pytest.approx(annualized_volatility(column[-21:]), rel=1e-9)
        assert ours.observations == len(history)
        expected = stats.percentileofscore(np.round(history, 12), round(ours.volatility, 12), kind="mean") / 100
        assert ours.percentile == pytest.approx(expected, abs=1e-9)


def test_the_percentile_is_high_after_a_shock_and_low_in_a_calm() -> None:
    rng = np.random.default_rng(8)
    calm, wild = rng.normal(0, 0.003, 40), rng.normal(0, 0.05, 40)
    usual = rng.normal(0, 0.01, 400)
    assert volatility_percentile(np.concatenate([usual, wild])).percentile > 0.9
    assert volatility_percentile(np.concatenate([usual, calm])).percentile < 0.1
    assert volatility_percentile(np.zeros(300)).percentile == 0.5


def test_too_little_or_nothing_to_learn_from_is_refused() -> None:
    moving = np.tile([0.01, -0.01], 400)
    for call in (
        lambda: ewma_volatility(moving[:74]),
        lambda: har_forecast(moving[:293]),
        lambda: volatility_percentile(moving[:271]),
    ):
        with pytest.raises(InsufficientData):
            call()
    with pytest.raises(ZeroVariance):
        har_forecast(np.zeros(400))
    with pytest.raises(InvalidInput):
        ewma_volatility(moving, decay=1.0)
    with pytest.raises(InvalidInput):
        ewma_volatility(np.full(100, np.nan))
