"""Where risk comes from and what it may become, over HTTP: equal to independent computations on the bundled data."""

from typing import Any

import empyrical
import httpx
import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from app.db import Database
from app.models import User
from tests.api.holdings import Expected, ask, make_demo_portfolio
from tests.builders import make_portfolio
from tests.bundled import read_market

pytestmark = pytest.mark.market_data

DEMO = ("Balanced Individual", "Concentrated Technology", "Long/Short Equity")
STYLES = {"momentum": "MTUM", "quality": "QUAL", "size": "SIZE", "minimum_volatility": "USMV", "value": "VLUE"}
EXACT = {"rel": 1e-8, "abs": 1e-12}


def design(window: int) -> np.ndarray:
    market = read_market().returns("SP500")[-window:]
    styles = [read_market().returns(symbol)[-window:] - market for symbol in STYLES.values()]
    return sm.add_constant(np.column_stack([market, *styles]))


@pytest.mark.parametrize("name", DEMO)
async def test_risk_contributions_sum_to_the_volatility(
    database: Database, user: User, signed_in: httpx.AsyncClient, name: str
) -> None:
    portfolio, expected = await make_demo_portfolio(database, user, name), Expected.of(name)
    answer = await ask(signed_in, "analytics/portfolio/{id}/risk-contributions", portfolio)
    returns = np.column_stack([read_market().returns(symbol)[-252:] for symbol in expected.symbols])
    weights = expected.values / expected.nav
    covariance = np.cov(returns, rowvar=False) * 252
    sigma = np.sqrt(weights @ covariance @ weights)
    assert answer["volatility"] == pytest.approx(sigma, **EXACT)
    rows = {row["symbol"]: row for row in answer["positions"]}
    assert sum(row["contribution"] for row in rows.values()) == pytest.approx(sigma, **EXACT)
    for i, symbol in enumerate(expected.symbols):
        assert rows[symbol]["contribution"] == pytest.approx(weights[i] * (covariance @ weights)[i] / sigma, **EXACT)


@pytest.mark.parametrize("name", DEMO)
async def test_factor_exposures_equal_statsmodels_and_add_up(
    database: Database, user: User, signed_in: httpx.AsyncClient, name: str
) -> None:
    portfolio, expected = await make_demo_portfolio(database, user, name), Expected.of(name)
    answer = await ask(signed_in, "analytics/portfolio/{id}/factor-exposures", portfolio)
    fit = sm.OLS(expected.returns(252), design(252)).fit()
    assert [row["factor"] for row in answer["factors"]] == ["market", *STYLES]
    assert [row["proxy"] for row in answer["factors"]] == ["SP500", *STYLES.values()]
    assert [row["beta"] for row in answer["factors"]] == pytest.approx(fit.params[1:], **EXACT)
    assert [row["t_statistic"] for row in answer["factors"]] == pytest.approx(fit.tvalues[1:], **EXACT)
    assert answer["r_squared"] == pytest.approx(fit.rsquared, **EXACT)
    parts = sum(row["volatility_contribution"] for row in answer["factors"]) + answer["specific_contribution"]
    assert parts == pytest.approx(answer["volatility"], **EXACT)
    assert "treasuries (TLT)" in answer["warnings"][-1]
    positions = await ask(signed_in, "analytics/portfolio/{id}/positions/factor-exposures", portfolio)
    assert [positions["weighted"][row["factor"]] for row in answer["factors"]] == pytest.approx(
        [row["beta"] for row in answer["factors"]], **EXACT
    )


async def test_a_ridge_states_its_penalty(database: Database, user: User, signed_in: httpx.AsyncClient) -> None:
    portfolio = await make_demo_portfolio(database, user, "Balanced Individual")
    path = "analytics/portfolio/{id}/factor-exposures"
    ridge = await ask(signed_in, path, portfolio, estimator="ridge")
    plain = await ask(signed_in, path, portfolio)
    assert ridge["ridge_penalty"] is not None
    assert plain["unavailable"] == {"ridge_penalty": "Only a ridge regression has a penalty."}
    assert max(row["variance_inflation"] for row in plain["factors"]) < 10


@pytest.mark.parametrize("approach", ["normal", "cornish_fisher"])
async def test_value_at_risk_from_moments(
    database: Database, user: User, signed_in: httpx.AsyncClient, approach: str
) -> None:
    portfolio = await make_demo_portfolio(database, user, "Balanced Individual")
    returns = Expected.of("Balanced Individual").returns(504)
    answer = await ask(
        signed_in,
        "analytics/portfolio/{id}/value-at-risk",
        portfolio,
        approach=approach,
        confidence=0.95,
        horizon_days=1,
    )
    (level,) = answer["levels"]
    z, skewness, kurtosis = stats.norm.ppf(0.05), stats.skew(returns), stats.kurtosis(returns)
    if approach == "cornish_fisher":
        z += (z**2 - 1) * skewness / 6 + (z**3 - 3 * z) * kurtosis / 24 - (2 * z**3 - 5 * z) * skewness**2 / 36
    assert level["approach"] == approach
    assert level["value_at_risk"] == pytest.approx(-(returns.mean() + returns.std(ddof=1) * z), **EXACT)


async def test_ratios_equal_empyrical_and_state_their_rate(
    database: Database, user: User, signed_in: httpx.AsyncClient
) -> None:
    portfolio = await make_demo_portfolio(database, user, "Balanced Individual")
    path = "analytics/portfolio/{id}/performance"
    answer = await ask(signed_in, path, portfolio, risk_free_rate=0.02, max_points=2600)
    returns = np.array([point["daily_return"] for point in answer["series"]])
    daily = 1.02 ** (1 / 252) - 1
    assert answer["risk_free_rate"] == 0.02
    assert answer["sharpe_ratio"] == pytest.approx(empyrical.sharpe_ratio(returns, daily), **EXACT)
    assert answer["sortino_ratio"] == pytest.approx(empyrical.sortino_ratio(returns, daily), **EXACT)
    assert answer["calmar_ratio"] == pytest.approx(empyrical.calmar_ratio(returns), **EXACT)
    # One payment at the start: money-weighted is time-weighted
    assert answer["money_weighted_return"] == pytest.approx(answer["total_return"], rel=1e-6)


async def test_volatility_looks_ahead(database: Database, user: User, signed_in: httpx.AsyncClient) -> None:
    portfolio = await make_demo_portfolio(database, user, "Concentrated Technology")
    answer = await ask(signed_in, "analytics/portfolio/{id}/volatility", portfolio)
    returns = Expected.of("Concentrated Technology").returns(776)
    weights = 0.94 ** np.arange(775, -1, -1.0)
    assert answer["ewma_volatility"] == pytest.approx(np.sqrt(weights @ returns**2 / weights.sum() * 252), **EXACT)
    history = np.lib.stride_tricks.sliding_window_view(returns, 21).std(axis=1, ddof=1)
    percentile = stats.percentileofscore(history, history[-1], kind="mean") / 100
    assert answer["percentile_3y"] == pytest.approx(percentile, **EXACT)
    assert 0.05 < answer["forecast_21d"] < 1


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("factor-exposures", {"window": 59}, "window"),
        ("factor-exposures", {"estimator": "lasso"}, "estimator"),
        ("positions/factor-exposures", {"window": 2521}, "window"),
        ("risk-contributions", {"window": 0}, "window"),
        ("value-at-risk", {"approach": "guess"}, "approach"),
        ("performance", {"risk_free_rate": "nan"}, "risk_free_rate"),
    ],
)
async def test_a_parameter_outside_its_range_is_named(
    database: Database, user: User, signed_in: httpx.AsyncClient, path: str, query: dict[str, Any], field: str
) -> None:
    portfolio = await make_portfolio(database, user)
    answer = await signed_in.get(f"/api/v1/analytics/portfolio/{portfolio.id}/{path}", params=query)
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, field)
