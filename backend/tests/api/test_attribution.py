from datetime import date

import httpx
import pytest

from app.db import Database
from app.models import User
from tests.api.holdings import ask, make_demo_portfolio
from tests.builders import make_instrument, make_portfolio, make_position

DEMO = ("Balanced Individual", "Concentrated Technology", "Long/Short Equity")
PATH = "analytics/portfolio/{id}/attribution"


def cents(rows: list[dict[str, float]]) -> int:
    """The sum as whole cents: each amount must be one already."""
    amounts = [row["pnl"] * 100 for row in rows]
    assert all(amount == pytest.approx(round(amount), abs=1e-4) for amount in amounts)
    return sum(round(amount) for amount in amounts)


@pytest.mark.market_data
@pytest.mark.parametrize("name", DEMO)
@pytest.mark.parametrize("query", [{}, {"start": "2021-12-31"}, {"start": "2021-03-01", "end": "2021-09-05"}])
async def test_every_view_sums_to_the_profit_to_the_cent(
    database: Database, user: User, signed_in: httpx.AsyncClient, name: str, query: dict[str, str]
) -> None:
    portfolio = await make_demo_portfolio(database, user, name)
    answer = await ask(signed_in, PATH, portfolio, **query)
    series = (await ask(signed_in, "analytics/portfolio/{id}/performance", portfolio, max_points=2600))["series"]
    profit = sum(day["pnl"] for day in series if query.get("start", "") < day["date"] <= query.get("end", "9999-12-31"))
    assert answer["total_pnl"] == pytest.approx(profit, abs=0.0051)
    for view in ("by_position", "by_sector", "by_factor"):
        assert cents(answer[view]) == round(answer["total_pnl"] * 100)


async def test_a_sold_position_keeps_its_profit_and_a_short_its_sign(
    database: Database, user: User, signed_in: httpx.AsyncClient
) -> None:
    await make_instrument(database, "SOLD", [10.0, 11.0, 15.0], sector="Energy")
    await make_instrument(database, "SHORT", [50.0, 48.0, 45.0], sector=None)
    portfolio = await make_portfolio(database, user, benchmark="SOLD", opening_cash=1000)
    await make_position(
        database, portfolio, symbol="SOLD", quantity=10, entry_price=10, exit_date=date(2022, 1, 4), exit_price=12
    )
    await make_position(database, portfolio, symbol="SHORT", quantity=-1, entry_price=50)
    answer = await ask(signed_in, PATH, portfolio)
    assert [(row["label"], row["pnl"]) for row in answer["by_position"]] == [("SOLD", 20.0), ("SHORT", 5.0)]
    assert [(row["label"], row["pnl"]) for row in answer["by_sector"]] == [("Energy", 20.0), ("No sector", 5.0)]
    assert [(row["label"], row["pnl"]) for row in answer["by_factor"]] == [("specific", 25.0)]
    assert answer["by_position"][0]["contribution"] == pytest.approx(20 / 1050)
    last_day = await ask(signed_in, PATH, portfolio, start="2022-01-04")
    assert [(row["label"], row["pnl"]) for row in last_day["by_position"]] == [("SHORT", 3.0), ("SOLD", 0.0)]
    assert (last_day["start"], last_day["end"]) == ("2022-01-04", "2022-01-05")


async def test_a_period_without_a_trading_day_is_a_reason(
    database: Database, user: User, signed_in: httpx.AsyncClient
) -> None:
    await make_instrument(database, "UP", [10.0, 11.0])
    portfolio = await make_portfolio(database, user, benchmark="UP")
    await make_position(database, portfolio, symbol="UP", entry_price=10)
    answer = await ask(signed_in, PATH, portfolio, start="2030-01-01")
    assert answer["total_pnl"] is None
    assert answer["unavailable"]["total_pnl"] == "There is no trading day of the portfolio in this period."
    backwards = await signed_in.get(
        f"/api/v1/{PATH.format(id=portfolio.id)}", params={"start": "2022-02-01", "end": "2022-01-01"}
    )
    assert (backwards.status_code, backwards.json()["fields"][0]["field"]) == (422, "start")
