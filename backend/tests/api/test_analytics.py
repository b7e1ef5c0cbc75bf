"""The measures over HTTP: equal to the mathematics, somebody's own, and never NaN."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from unittest import mock

import httpx
import numpy as np
import psycopg
import pytest
import statsmodels.api as sm

from app.db import Database
from app.models import Portfolio, User
from tests.api.holdings import MEASURES, PATHS, Expected, ask, make_demo_portfolio
from tests.builders import make_cash_flow, make_instrument, make_portfolio, make_position, make_user
from tests.bundled import read_market

DEMO = ("Balanced Individual", "Concentrated Technology", "Long/Short Equity")
EXACT = {"rel": 1e-9, "abs": 1e-12}
CENT = 0.005


@pytest.mark.market_data
@pytest.mark.parametrize("name", DEMO)
async def test_risk_of_todays_holdings_equals_bare_numpy(
    database: Database, user: User, signed_in: httpx.AsyncClient, name: str
) -> None:
    portfolio, expected = await make_demo_portfolio(database, user, name), Expected.of(name)
    volatility = await ask(signed_in, "analytics/portfolio/{id}/volatility", portfolio)
    for window in (21, 63, 252):
        own = np.std(expected.returns(window), ddof=1) * np.sqrt(252)
        market = np.std(read_market().returns("SP500")[-window:], ddof=1) * np.sqrt(252)
        assert volatility[f"volatility_{window}d"] == pytest.approx(own, **EXACT)
        assert volatility[f"benchmark_volatility_{window}d"] == pytest.approx(market, **EXACT)
    tail = await ask(signed_in, "analytics/portfolio/{id}/value-at-risk", portfolio)
    returns = expected.returns(504)
    assert tail["nav"] == pytest.approx(expected.nav, abs=CENT)
    for level in tail["levels"]:
        cutoff = np.quantile(returns, 1 - level["confidence"])
        scale = np.sqrt(level["horizon_days"])
        assert level["value_at_risk"] == pytest.approx(-cutoff * scale, **EXACT)
        assert level["value_at_risk_amount"] == pytest.approx(-cutoff * scale * expected.nav, abs=CENT)
        assert level["expected_shortfall"] == pytest.approx(-returns[returns <= cutoff].mean() * scale, **EXACT)
    assert [(level["confidence"], level["horizon_days"]) for level in tail["levels"]] == [
        (0.95, 1), (0.95, 10), (0.99, 1), (0.99, 10),
    ]  # fmt: skip
    assert tail["worst_day_return"] == pytest.approx(returns.min(), **EXACT)


@pytest.mark.market_data
@pytest.mark.parametrize("name", DEMO)
async def test_betas_equal_statsmodels_and_add_up(
    database: Database, user: User, signed_in: httpx.AsyncClient, name: str
) -> None:
    portfolio, expected = await make_demo_portfolio(database, user, name), Expected.of(name)
    answer = await ask(signed_in, "analytics/portfolio/{id}/beta", portfolio)
    for window in (90, 252):
        design = sm.add_constant(read_market().returns("SP500")[-window:])
        fit = sm.OLS(expected.returns(window), design).fit()
        own = answer[f"portfolio_{window}d"]
        assert (own["beta"], own["r_squared"]) == pytest.approx((fit.params[1], fit.rsquared), **EXACT)
        assert (own["standard_error"], own["p_value"]) == pytest.approx((fit.bse[1], fit.pvalues[1]), **EXACT)
    weighted = sum(position["weight"] * position["beta"] for position in answer["positions"])
    assert weighted == pytest.approx(answer["portfolio_252d"]["beta"], **EXACT)
    assert len(answer["positions"]) == len(expected.symbols)


@pytest.mark.market_data
@pytest.mark.parametrize("name", DEMO)
async def test_exposures_add_up_to_the_holdings(
    database: Database, user: User, signed_in: httpx.AsyncClient, name: str
) -> None:
    portfolio, expected = await make_demo_portfolio(database, user, name), Expected.of(name)
    valuation = (await ask(signed_in, "analytics/portfolio/{id}/overview", portfolio))["valuation"]
    gross = np.abs(expected.values).sum()
    assert valuation["nav"] == pytest.approx(expected.nav, abs=CENT)
    assert valuation["gross_exposure"] == pytest.approx(gross, abs=CENT)
    assert valuation["net_leverage"] == pytest.approx(expected.values.sum() / expected.nav, **EXACT)
    sectors = (await ask(signed_in, "analytics/portfolio/{id}/sector-exposure", portfolio))["sectors"]
    assert sum(sector["net_value"] for sector in sectors) == pytest.approx(expected.values.sum(), abs=CENT)
    assert sum(sector["gross_weight"] for sector in sectors) == pytest.approx(1.0)
    concentration = await ask(signed_in, "analytics/portfolio/{id}/concentration", portfolio)
    assert concentration["herfindahl_index"] == pytest.approx(((expected.values / gross) ** 2).sum(), **EXACT)
    correlations = await ask(signed_in, "analytics/portfolio/{id}/correlation-matrix", portfolio)
    columns = np.column_stack([read_market().returns(symbol)[-252:] for symbol in correlations["symbols"]])
    np.testing.assert_allclose(np.array(correlations["values"]), np.corrcoef(columns, rowvar=False), rtol=1e-9)


@pytest.mark.market_data
@pytest.mark.parametrize("name", DEMO)
async def test_the_overview_repeats_the_figures_of_the_measures(
    database: Database, user: User, signed_in: httpx.AsyncClient, name: str
) -> None:
    portfolio = await make_demo_portfolio(database, user, name)
    complete = await ask(signed_in, "data/portfolio/{id}/complete", portfolio)
    answers = {
        measure: await ask(signed_in, f"analytics/portfolio/{{id}}/{measure}", portfolio) for measure in MEASURES
    }
    overview = answers["overview"]
    assert complete["overview"] == overview
    assert overview["volatility_252d"] == answers["volatility"]["volatility_252d"]
    assert overview["beta_252d"] == answers["beta"]["portfolio_252d"]["beta"]
    assert overview["value_at_risk_95_1d"] == answers["value-at-risk"]["levels"][0]["value_at_risk"]
    assert overview["max_drawdown"] == answers["drawdowns"]["max_drawdown"] == answers["drawdowns"]["worst"][0]["depth"]
    assert overview["total_pnl"] == answers["performance"]["total_pnl"]
    assert overview["day_pnl"] == answers["daily-movers"]["day_pnl"]
    assert overview["top_position"] == answers["concentration"]["largest"][0]["symbol"]
    positions = complete["positions"]
    assert sum(position["unrealized_pnl"] for position in positions) == pytest.approx(overview["total_pnl"], abs=CENT)
    assert sum(position["day_pnl"] for position in positions) == pytest.approx(overview["day_pnl"], abs=CENT)
    weights = sum(position["weight"] for position in positions)
    assert weights + overview["valuation"]["cash"] / overview["valuation"]["nav"] == pytest.approx(1.0)


@pytest.mark.market_data
async def test_performance_links_the_daily_returns(
    database: Database, user: User, signed_in: httpx.AsyncClient
) -> None:
    portfolio = await make_demo_portfolio(database, user, "Balanced Individual")
    answer = await ask(signed_in, "analytics/portfolio/{id}/performance", portfolio, max_points=2600)
    series = answer["series"]
    nav = np.array([point["nav"] for point in series])
    # No flows after the first day and no profit on it: growth is the ratio of values
    np.testing.assert_allclose([point["growth"] for point in series], nav / nav[0], rtol=1e-9)
    assert answer["total_return"] == pytest.approx(nav[-1] / nav[0] - 1, **EXACT)
    assert answer["annualized_return"] == pytest.approx((nav[-1] / nav[0]) ** (252 / len(nav)) - 1, **EXACT)
    market = read_market().close("SP500")[-len(nav) :]
    assert answer["benchmark_total_return"] == pytest.approx(market[-1] / market[0] - 1, **EXACT)
    year = next(period for period in answer["periods"] if period["label"] == "1Y")
    base = [point["date"] for point in series].index(year["start"])
    assert year["start"] == "2021-12-28"
    assert year["portfolio_return"] == pytest.approx(nav[-1] / nav[base] - 1, **EXACT)
    assert year["benchmark_return"] == pytest.approx(market[-1] / market[base] - 1, **EXACT)
    assert answer["best_day"]["daily_return"] == max(point["daily_return"] for point in series)


@pytest.mark.market_data
async def test_a_thinned_series_keeps_its_newest_point_and_its_figures(
    database: Database, user: User, signed_in: httpx.AsyncClient
) -> None:
    portfolio = await make_demo_portfolio(database, user, "Balanced Individual")
    path = "analytics/portfolio/{id}/performance"
    whole = await ask(signed_in, path, portfolio, max_points=2600)
    short = await ask(signed_in, path, portfolio, max_points=10)
    assert len(short["series"]) <= 10
    assert short["series"][-1] == whole["series"][-1]
    assert whole["series"][-1 - short["series_step"]] == short["series"][-2]
    assert {**short, "series": [], "series_step": 1} == {**whole, "series": []}


@pytest.mark.parametrize("path", PATHS)
async def test_anothers_portfolio_is_not_there(
    database: Database, signed_in: httpx.AsyncClient, client: httpx.AsyncClient, path: str
) -> None:
    portfolio = await make_portfolio(database, await make_user(database))
    answer = await signed_in.get(f"/api/v1/{path.format(id=portfolio.id)}")
    assert (answer.status_code, answer.json()["error"]) == (404, "portfolio_not_found")
    assert (await client.get(f"/api/v1/{path.format(id=portfolio.id)}")).status_code == 401


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("value-at-risk", {"confidence": 1}, "confidence"),
        ("value-at-risk", {"confidence": 0}, "confidence"),
        ("value-at-risk", {"confidence": 1.5}, "confidence"),
        ("value-at-risk", {"confidence": "nan"}, "confidence"),
        ("value-at-risk", {"horizon_days": -1}, "horizon_days"),
        ("value-at-risk", {"window": 0}, "window"),
        ("correlation-matrix", {"window": 5}, "window"),
        ("correlation-matrix", {"limit": 101}, "limit"),
        ("performance", {"max_points": 0}, "max_points"),
        ("drawdowns", {"limit": 0}, "limit"),
        ("daily-movers", {"limit": "many"}, "limit"),
    ],
)
async def test_a_parameter_outside_its_range_is_named(
    database: Database, user: User, signed_in: httpx.AsyncClient, path: str, query: dict[str, Any], field: str
) -> None:
    portfolio = await make_portfolio(database, user)
    answer = await signed_in.get(f"/api/v1/analytics/portfolio/{portfolio.id}/{path}", params=query)
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, field)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is read from tables, but for what watches over runs in the background."""
    seen: list[str] = []
    execute = psycopg.AsyncCursor.execute

    def noting(cursor: psycopg.AsyncCursor, query: str, *others: Any, **named: Any) -> Any:
        if "FROM" in query and "runs" not in query:
            seen.append(query)
        return execute(cursor, query, *others, **named)

    with mock.patch.object(psycopg.AsyncCursor, "execute", noting):
        yield seen


@pytest.mark.market_data
@pytest.mark.parametrize("path", PATHS)
async def test_more_positions_ask_for_no_more_statements(
    database: Database, user: User, signed_in: httpx.AsyncClient, path: str
) -> None:
    large = await make_demo_portfolio(database, user, "Long/Short Equity")
    small = await make_portfolio(database, user)
    await make_position(database, small, symbol="AAPL")
    counts = []
    for portfolio in (small, large, large):
        with statements() as seen:
            await ask(signed_in, path, portfolio)
        counts.append((len(seen), sum("prices" in statement for statement in seen)))
    # The person and the holdings, and the prices where nobody has asked for them before
    assert counts == [(3, 1), (3, 1), (2, 0)]


async def _nothing(database: Database, user: User) -> Portfolio:
    return await make_portfolio(database, user)


async def _cash_only(database: Database, user: User) -> Portfolio:
    return await make_portfolio(database, user, opening_cash=1000)


async def _one_position(database: Database, user: User) -> Portfolio:
    portfolio = await make_portfolio(database, user)
    await make_position(database, portfolio, symbol="AAPL", entry_date=date(2020, 1, 2), entry_price=72)
    return portfolio


async def _shorts_only(database: Database, user: User) -> Portfolio:
    portfolio = await make_portfolio(database, user, opening_cash=5000, inception_date=date(2020, 1, 2))
    await make_position(database, portfolio, symbol="AAPL", quantity=-10, entry_date=date(2020, 1, 2), entry_price=72)
    return portfolio


async def _shorts_without_cash(database: Database, user: User) -> Portfolio:
    portfolio = await make_portfolio(database, user)
    await make_position(database, portfolio, symbol="AAPL", quantity=-10, entry_date=date(2020, 1, 2), entry_price=72)
    return portfolio


async def _market_neutral(database: Database, user: User) -> Portfolio:
    portfolio = await make_portfolio(database, user)
    for quantity in (10, -10):
        await make_position(
            database, portfolio, symbol="AAPL", quantity=quantity, entry_date=date(2020, 1, 2), entry_price=72
        )
    return portfolio


async def _ruined(database: Database, user: User) -> Portfolio:
    portfolio = await make_portfolio(database, user, opening_cash=900, inception_date=date(2020, 1, 2))
    await make_position(database, portfolio, symbol="AAPL", quantity=-10, entry_date=date(2020, 1, 2), entry_price=72)
    return portfolio


async def _unpriced(database: Database, user: User) -> Portfolio:
    await make_instrument(database, "NEVER")
    portfolio = await make_portfolio(database, user, opening_cash=1000)
    await make_position(database, portfolio, symbol="NEVER")
    return portfolio


async def _one_price(database: Database, user: User) -> Portfolio:
    await make_instrument(database, "ONCE", [10.0])
    portfolio = await make_portfolio(database, user, benchmark="ONCE")
    await make_position(database, portfolio, symbol="ONCE")
    return portfolio


async def _no_price_anywhere(database: Database, user: User) -> Portfolio:
    await make_instrument(database, "NEVER")
    portfolio = await make_portfolio(database, user, benchmark="NEVER", opening_cash=1000)
    await make_position(database, portfolio, symbol="NEVER")
    return portfolio


async def _flat(database: Database, user: User) -> Portfolio:
    await make_instrument(database, "FLAT", [10.0] * 600)
    portfolio = await make_portfolio(database, user, benchmark="FLAT")
    await make_position(database, portfolio, symbol="FLAT")
    return portfolio


async def _bought_after_the_newest_close(database: Database, user: User) -> Portfolio:
    portfolio = await make_portfolio(database, user, inception_date=None)
    await make_position(database, portfolio, symbol="AAPL", entry_date=date(2023, 5, 2), entry_price=150)
    return portfolio


async def _all_sold(database: Database, user: User) -> Portfolio:
    portfolio = await make_portfolio(database, user)
    await make_position(
        database,
        portfolio,
        symbol="AAPL",
        entry_date=date(2020, 1, 2),
        entry_price=72,
        exit_date=date(2021, 1, 4),
        exit_price=129,
    )
    return portfolio


async def _withdrawn_to_nothing(database: Database, user: User) -> Portfolio:
    portfolio = await make_portfolio(database, user, opening_cash=1000)
    await make_cash_flow(database, portfolio, date=date(2022, 6, 1), amount=-1000)
    return portfolio


ODD = (
    _nothing, _cash_only, _one_position, _shorts_only, _shorts_without_cash, _market_neutral, _ruined, _unpriced,
    _one_price, _no_price_anywhere, _flat, _bought_after_the_newest_close, _all_sold, _withdrawn_to_nothing,
)  # fmt: skip


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} in JSON")


@pytest.mark.market_data
@pytest.mark.parametrize("make", ODD, ids=lambda make: make.__name__.strip("_"))
async def test_an_odd_portfolio_gets_figures_or_reasons(
    database: Database, user: User, signed_in: httpx.AsyncClient, make: Any
) -> None:
    portfolio = await make(database, user)
    for path in PATHS:
        answer = await signed_in.get(f"/api/v1/{path.format(id=portfolio.id)}")
        assert answer.status_code == 200, (path, answer.text)
        body = json.loads(answer.text, parse_constant=refuse_constant)
        unknown = {field for field, value in body.items() if value is None}
        unexplained = unknown - body["unavailable"].keys() - {"as_of", "previous_date"}
        assert not unexplained, (path, unexplained)
        for result in body.get("scenarios", []):
            assert (result["effect"] is None) == (result["reason"] is not None), result


@pytest.mark.market_data
async def test_without_a_positive_value_there_is_no_drawdown_and_after_a_total_loss_there_is(
    database: Database, user: User, signed_in: httpx.AsyncClient
) -> None:
    path = "analytics/portfolio/{id}/drawdowns"
    owing = await ask(signed_in, path, await _shorts_without_cash(database, user))
    ruined = await ask(signed_in, path, await _ruined(database, user))
    assert (owing["max_drawdown"], owing["worst"]) == (None, [])
    assert owing["unavailable"]["max_drawdown"].startswith("The return of 754 days is unknown")
    assert (ruined["max_drawdown"], ruined["current_drawdown"]) == (-1.0, -1.0)


@pytest.mark.market_data
@pytest.mark.parametrize("make", ODD, ids=lambda make: make.__name__.strip("_"))
async def test_trades_on_paper_change_an_odd_portfolio_or_say_why_not(
    database: Database, user: User, signed_in: httpx.AsyncClient, make: Any
) -> None:
    portfolio = await make(database, user)
    for trades in ([], [{"symbol": "MSFT", "quantity": 1}], [{"symbol": "AAPL", "quantity": -1e6}]):
        answer = await signed_in.post(f"/api/v1/analytics/portfolio/{portfolio.id}/what-if", json={"trades": trades})
        symbols = {instrument["symbol"] for instrument in trades}
        assert answer.status_code == 200, (symbols, answer.text)
        body = json.loads(answer.text, parse_constant=refuse_constant)
        for figure in body.values():
            if isinstance(figure, dict) and "reason_before" in figure:
                assert (figure["before"] is None) == (figure["reason_before"] is not None)
                assert (figure["after"] is None) == (figure["reason_after"] is not None)
                assert trades or figure["change"] in (0, None)
