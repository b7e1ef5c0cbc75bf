from typing import Any

import httpx
import numpy as np
import pytest
import statsmodels.api as sm

from app.analytics.scenarios import SCENARIOS
from app.db import Database
from app.models import Portfolio, User
from tests.api.holdings import Expected, ask, make_demo_portfolio
from tests.bundled import read_market

pytestmark = pytest.mark.market_data

NAME = "Long/Short Equity"
CENT = 0.005
STYLES = ("MTUM", "QUAL", "SIZE", "USMV", "VLUE")


@pytest.fixture
async def portfolio(database: Database, user: User) -> Portfolio:
    return await make_demo_portfolio(database, user, NAME)


async def shock(client: httpx.AsyncClient, portfolio: Portfolio, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/analytics/portfolio/{portfolio.id}/stress-test?positions=50", json=body)
    assert answer.status_code == 200, answer.text
    (result,) = answer.json()["scenarios"]
    return result


async def test_every_scenario_has_an_effect_or_a_reason(signed_in: httpx.AsyncClient, portfolio: Portfolio) -> None:
    answer = await ask(signed_in, "analytics/portfolio/{id}/stress-test", portfolio, positions=50)
    results = {result["key"]: result for result in answer["scenarios"]}
    assert list(results) == [scenario.key for scenario in SCENARIOS]
    assert len(results) >= 20
    assert "treasuries" in results["rates_up_100bp"]["reason"]
    assert "Prices reach from" in results["financial_crisis_2008"]["reason"]
    for result in results.values():
        if result["effect"] is not None:
            assert sum(row["effect"] for row in result["positions"]) == pytest.approx(result["effect"], abs=CENT)
            assert result["effect_of_nav"] == pytest.approx(result["effect"] / answer["nav"])


async def test_a_fall_of_the_market_moves_holdings_by_beta_and_styles_along(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    expected = Expected.of(NAME)
    market = read_market().returns("SP500")[-252:]
    styles = np.column_stack([read_market().returns(symbol)[-252:] - market for symbol in STYLES])
    factors = np.column_stack([market, styles])
    covariance = np.cov(factors, rowvar=False)
    moves = -0.1 * covariance[:, 0] / covariance[0, 0]
    fits = [sm.OLS(read_market().returns(symbol)[-252:], sm.add_constant(factors)).fit() for symbol in expected.symbols]
    result = await shock(signed_in, portfolio, {"shocks": {"factors": {"market": -0.1}}})
    assert [move["shocked"] + move["propagated"] for move in result["factor_moves"]] == pytest.approx(moves.tolist())
    rows = {row["symbol"]: row for row in result["positions"]}
    for symbol, value, fit in zip(expected.symbols, expected.values, fits, strict=True):
        assert rows[symbol]["direct"] == pytest.approx(value * fit.params[1] * -0.1, abs=CENT)
        assert rows[symbol]["propagated"] == pytest.approx(value * fit.params[2:] @ moves[1:], abs=CENT)
    assert result["direct"] + result["propagated"] == pytest.approx(result["effect"], abs=CENT)


async def test_a_replay_holds_todays_values_through_the_real_days(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    result = await shock(signed_in, portfolio, {"replay": {"start": "2020-02-19", "end": "2020-03-23"}})
    days = read_market().days.astype(str).tolist()
    first, last = days.index("2020-02-19"), days.index("2020-03-23")
    expected = Expected.of(NAME)
    moves = [read_market().close(symbol)[last] / read_market().close(symbol)[first] - 1 for symbol in expected.symbols]
    assert result["effect"] == pytest.approx(float(expected.values @ moves), abs=CENT)
    assert (result["start"], result["end"]) == ("2020-02-19", "2020-03-23")
    named = await ask(signed_in, "analytics/portfolio/{id}/stress-test", portfolio, scenario="crash_2020")
    assert [row["effect"] for row in named["scenarios"]] == [result["effect"]]


@pytest.mark.parametrize("shocks", [{}, {"factors": {"market": 0}}, {"symbols": {"MSFT": 0}, "sectors": {"Energy": 0}}])
async def test_a_stress_of_zero_is_zero(
    signed_in: httpx.AsyncClient, portfolio: Portfolio, shocks: dict[str, Any]
) -> None:
    result = await shock(signed_in, portfolio, {"shocks": shocks})
    assert (result["effect"], result["direct"], result["propagated"]) == (0, 0, 0)


async def test_a_symbols_shock_wins_over_its_sectors_and_strangers_are_named(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    shocks = {"symbols": {"xom": -0.5, "NOSUCH": 0.1}, "sectors": {"Energy": 0.2}}
    result = await shock(signed_in, portfolio, {"shocks": shocks})
    values = dict(zip(Expected.of(NAME).symbols, Expected.of(NAME).values, strict=True))
    effects = {row["symbol"]: row["effect"] for row in result["positions"] if row["effect"]}
    assert effects == pytest.approx(
        {"XOM": -0.5 * values["XOM"], "CVX": 0.2 * values["CVX"], "RRC": 0.2 * values["RRC"]}
    )
    assert result["unmatched"] == ["NOSUCH"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"shocks": {}, "replay": {"start": "2020-01-02", "end": "2020-02-02"}},
        {"replay": {"start": "2020-02-02", "end": "2020-01-02"}},
        {"shocks": {"factors": {"weather": -0.1}}},
        {"shocks": {"factors": {"market": -1.1}}},
        {"shocks": {"symbols": {f"S{i}": 0.1 for i in range(51)}}},
        {"shocks": {"factors": {"market": "NaN"}}},
        {"shocks": {"magnitude": 9}},
    ],
)
async def test_a_stress_that_cannot_be_meant_is_refused(
    signed_in: httpx.AsyncClient, portfolio: Portfolio, body: dict[str, Any]
) -> None:
    answer = await signed_in.post(f"/api/v1/analytics/portfolio/{portfolio.id}/stress-test", json=body)
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")


async def test_an_unknown_scenario_is_named(signed_in: httpx.AsyncClient, portfolio: Portfolio) -> None:
    path = f"/api/v1/analytics/portfolio/{portfolio.id}/stress-test"
    answer = await signed_in.get(path, params={"scenario": "alien_landing"})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "scenario")


async def test_a_replay_beyond_the_prices_says_how_far_they_reach(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    result = await shock(signed_in, portfolio, {"replay": {"start": "2022-12-01", "end": "2023-02-01"}})
    assert result["effect"] is None
    assert result["reason"] == "Prices reach from 2014-01-02 to 2022-12-28, the window from 2022-12-01 to 2023-02-01."
