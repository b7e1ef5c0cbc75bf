from typing import Any

import httpx
import pytest

from app.db import Database
from app.models import Portfolio, User
from tests.api.holdings import Expected, ask, make_demo_portfolio
from tests.builders import make_instrument, make_portfolio, make_user
from tests.bundled import read_market

pytestmark = pytest.mark.market_data

NAME = "Balanced Individual"
CENT = 0.005


@pytest.fixture
async def portfolio(database: Database, user: User) -> Portfolio:
    return await make_demo_portfolio(database, user, NAME)


async def trade(client: httpx.AsyncClient, portfolio: Portfolio, *trades: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/v1/analytics/portfolio/{portfolio.id}/what-if"
    answer = await client.post(path, json={"trades": list(trades)})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_before_the_trades_stand_the_figures_of_the_measures(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    paper = await trade(signed_in, portfolio)
    overview = await ask(signed_in, "analytics/portfolio/{id}/overview", portfolio)
    for name in ("volatility_252d", "beta_252d", "value_at_risk_95_1d", "value_at_risk_95_1d_amount"):
        assert paper[name]["before"] == pytest.approx(overview[name])
        assert paper[name]["change"] == 0
    for name in ("nav", "cash", "gross_exposure", "net_exposure", "gross_leverage", "net_leverage"):
        assert paper[name]["before"] == pytest.approx(overview["valuation"][name])
    assert paper["traded_value"] == 0


async def test_a_purchase_moves_cash_into_the_position(signed_in: httpx.AsyncClient, portfolio: Portfolio) -> None:
    price = read_market().close("RRC")[-1]
    paper = await trade(signed_in, portfolio, {"symbol": "rrc", "quantity": 100})
    assert paper["cash"]["change"] == pytest.approx(-100 * price, abs=CENT)
    assert paper["nav"]["change"] == pytest.approx(0, abs=CENT)
    assert paper["gross_exposure"]["change"] == pytest.approx(100 * price, abs=CENT)
    bought = next(row for row in paper["weights"] if row["symbol"] == "RRC")
    nav = Expected.of(NAME).nav
    assert (bought["quantity_before"], bought["quantity_after"], bought["weight_before"]) == (0, 100, 0)
    assert bought["weight_after"] == pytest.approx(100 * price / nav)


async def test_sectors_factors_and_scenarios_stand_beside_those_of_their_measures(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    price = read_market().close("XOM")[-1]
    paper = await trade(signed_in, portfolio, {"symbol": "XOM", "quantity": 200})
    sectors = (await ask(signed_in, "analytics/portfolio/{id}/sector-exposure", portfolio))["sectors"]
    factors = (await ask(signed_in, "analytics/portfolio/{id}/factor-exposures", portfolio))["factors"]
    scenarios = (await ask(signed_in, "analytics/portfolio/{id}/stress-test", portfolio))["scenarios"]
    assert before(paper["sectors"]) == {row["sector"]: pytest.approx(row["net_weight"]) for row in sectors}
    assert before(paper["factors"]) == {row["factor"]: pytest.approx(row["beta"]) for row in factors}
    assert before(paper["scenarios"]) == {
        row["name"]: row["effect_of_nav"] and pytest.approx(row["effect_of_nav"]) for row in scenarios
    }
    energy = next(row for row in paper["sectors"] if row["name"] == "Energy")
    assert energy["change"] == pytest.approx(200 * price / Expected.of(NAME).nav)
    assert all(row["change"] == 0 for row in paper["sectors"] if row["name"] != "Energy")


def before(rows: list[dict[str, Any]]) -> dict[str, float | None]:
    return {row["name"]: row["before"] for row in rows}


async def test_a_trade_away_from_the_close_gains_or_loses_at_once(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    price = read_market().close("AAPL")[-1]
    paper = await trade(signed_in, portfolio, {"symbol": "AAPL", "quantity": -10, "price": price + 1})
    assert paper["nav"]["change"] == pytest.approx(10, abs=CENT)


async def test_selling_everything_leaves_reasons(signed_in: httpx.AsyncClient, portfolio: Portfolio) -> None:
    positions = (await ask(signed_in, "data/positions/{id}", portfolio))["positions"]
    paper = await trade(
        signed_in, portfolio, *({"symbol": row["symbol"], "quantity": -row["quantity"]} for row in positions)
    )
    assert paper["volatility_252d"]["after"] is None
    assert paper["volatility_252d"]["reason_after"] == "The portfolio holds no position that can be valued."
    assert paper["gross_exposure"]["after"] == 0
    assert paper["cash"]["after"] == pytest.approx(paper["nav"]["before"], abs=CENT)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"symbol": "NOSUCH", "quantity": 1}, "trades.0.symbol"),
        ({"symbol": "NEVER", "quantity": 1, "price": 5}, "trades.0.symbol"),
        ({"symbol": "AAPL", "quantity": 0}, "trades.0.quantity"),
        ({"symbol": "AAPL", "quantity": 1, "price": 0}, "trades.0.price"),
        ({"symbol": "AAPL", "quantity": 1e308}, "trades.0.quantity"),
        ({"symbol": "AAPL"}, "trades.0.quantity"),
    ],
)
async def test_a_trade_that_cannot_be_meant_is_named(
    database: Database, signed_in: httpx.AsyncClient, portfolio: Portfolio, wanted: dict[str, Any], field: str
) -> None:
    await make_instrument(database, "NEVER")
    path = f"/api/v1/analytics/portfolio/{portfolio.id}/what-if"
    answer = await signed_in.post(path, json={"trades": [wanted]})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, field)


async def test_anothers_portfolio_is_not_there(database: Database, signed_in: httpx.AsyncClient) -> None:
    theirs = await make_portfolio(database, await make_user(database))
    answer = await signed_in.post(f"/api/v1/analytics/portfolio/{theirs.id}/what-if", json={"trades": []})
    assert (answer.status_code, answer.json()["error"]) == (404, "portfolio_not_found")
