from datetime import date

import httpx
import numpy as np
import pytest

from app.db import Database
from app.models import User
from app.repositories.holding import FlowRow, HoldingsRow
from app.services.analytics.book import ALL_PORTFOLIOS, MixedCurrencies, NoPortfolios, joined
from tests.api.holdings import Expected, ask, make_demo_portfolio
from tests.builders import make_portfolio, make_position, make_user

NAMES = ("Balanced Individual", "Concentrated Technology")
MEASURES = (
    "overview", "positions", "performance", "volatility", "value-at-risk", "drawdowns", "beta", "concentration",
    "sector-exposure", "risk-contributions", "factor-exposures",
)  # fmt: skip


async def everything(client: httpx.AsyncClient, measure: str) -> dict[str, object]:
    answer = await client.get(f"/api/v1/analytics/aggregate/{measure}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.market_data
async def test_the_risk_of_the_sum_is_that_of_the_joined_holdings(
    database: Database, user: User, signed_in: httpx.AsyncClient
) -> None:
    portfolios = [await make_demo_portfolio(database, user, name) for name in NAMES]
    stranger = await make_portfolio(database, await make_user(database))
    await make_position(database, stranger, symbol="RRC", quantity=1e6, entry_date=date(2022, 12, 1))
    parts = [Expected.of(name) for name in NAMES]
    nav = sum(part.nav for part in parts)
    returns = sum(part.nav * part.returns(252) for part in parts) / nav
    volatility = await everything(signed_in, "volatility")
    assert volatility["volatility_252d"] == pytest.approx(np.std(returns, ddof=1) * np.sqrt(252), rel=1e-9)
    overview = await everything(signed_in, "overview")
    singles = [await ask(signed_in, "analytics/portfolio/{id}/overview", portfolio) for portfolio in portfolios]
    assert overview["valuation"]["nav"] == pytest.approx(nav, abs=0.005)
    assert overview["total_pnl"] == pytest.approx(sum(single["total_pnl"] for single in singles), abs=0.005)
    assert overview["day_pnl"] == pytest.approx(sum(single["day_pnl"] for single in singles), abs=0.005)
    assert overview["position_count"] == sum(single["position_count"] for single in singles)
    assert (overview["portfolio_id"], overview["portfolio_name"]) == (str(ALL_PORTFOLIOS), "All portfolios")
    assert overview["window"]["start"] == "2019-01-02"


@pytest.mark.market_data
@pytest.mark.parametrize("measure", MEASURES)
async def test_every_measure_answers_for_one_portfolio_as_for_itself(
    database: Database, user: User, signed_in: httpx.AsyncClient, measure: str
) -> None:
    portfolio = await make_demo_portfolio(database, user, "Long/Short Equity")
    path = "data/positions/{id}" if measure == "positions" else f"analytics/portfolio/{{id}}/{measure}"
    own = await ask(signed_in, path, portfolio)
    together = await everything(signed_in, measure)
    named = {"portfolio_id": str(ALL_PORTFOLIOS), "portfolio_name": "All portfolios"}
    if measure == "beta":
        for window in ("portfolio_90d", "portfolio_252d"):
            own[window]["symbol"] = "All portfolios"
    assert together == own | named


async def test_without_a_portfolio_there_is_nothing_to_join(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.get("/api/v1/analytics/aggregate/overview")
    assert (answer.status_code, answer.json()["error"]) == (404, "no_portfolios")


def row(benchmark: str = "SP500", currency: str = "USD", cash: float = 0.0) -> HoldingsRow:
    return HoldingsRow(
        ALL_PORTFOLIOS,
        ALL_PORTFOLIOS,
        "Mine",
        currency,
        benchmark,
        cash,
        date(2022, 1, 3),
        lots=(),
        flows=(),
        market_version=1,
    )


def test_opening_cash_joins_on_each_portfolios_own_day_and_the_commonest_benchmark_wins() -> None:
    together = joined([row("QUAL", cash=5), row(cash=7), row()])
    assert together.benchmark == "SP500"
    assert [flow for flow in together.flows if flow.amount] == [
        FlowRow(date(2022, 1, 3), 5),
        FlowRow(date(2022, 1, 3), 7),
    ]


def test_currencies_are_not_mixed() -> None:
    with pytest.raises(MixedCurrencies):
        joined([row(), row(currency="EUR")])
    with pytest.raises(NoPortfolios):
        joined([])
