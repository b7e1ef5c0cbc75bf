"""Selling a lot, or a part of one: what was held before stays as it was."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.db import Database
from app.models import Portfolio, PortfolioSnapshot, User
from tests.builders import make_instrument, make_portfolio, make_position, scope_of

CLOSES = [50.0, 48.0, 45.0, 47.0]
SALE = {"exit_date": "2022-01-05", "exit_price": 46, "quantity": 40}


@pytest.fixture
async def portfolio(database: Database, user: User) -> Portfolio:
    await make_instrument(database, "SP500", [100.0, 101.0, 99.0, 100.0], asset_class="index")
    await make_instrument(database, "ACME", CLOSES)
    return await make_portfolio(database, user, opening_cash=0)


async def close(client: httpx.AsyncClient, position_id: object, **wanted: Any) -> httpx.Response:
    return await client.post(f"/api/v1/positions/{position_id}/close", json=wanted)


async def navs(database: Database, portfolio: Portfolio, user: User) -> list[float]:
    wanted = select(PortfolioSnapshot.nav).where(PortfolioSnapshot.portfolio_id == portfolio.id)
    async with database.session(scope_of(user)) as session:
        return [float(nav) for nav in await session.scalars(wanted.order_by(PortfolioSnapshot.date))]


@pytest.mark.parametrize("side", [1, -1], ids=["long", "short"])
async def test_a_part_goes_for_its_price_and_the_rest_stays_open(
    signed_in: httpx.AsyncClient, database: Database, user: User, portfolio: Portfolio, side: int
) -> None:
    lot = await make_position(database, portfolio, symbol="ACME", quantity=100 * side, entry_price=50, notes="mine")

    done = (await close(signed_in, lot.id, **SALE)).json()

    remaining, closed = done["remaining"], done["closed"]
    assert (remaining["id"], remaining["quantity"], remaining["exit_date"]) == (str(lot.id), 60 * side, None)
    assert (closed["quantity"], closed["exit_date"], closed["exit_price"]) == (40 * side, "2022-01-05", 46)
    assert closed["id"] != remaining["id"]
    own = {"id", "quantity", "exit_date", "exit_price"}
    assert {k: v for k, v in closed.items() if k not in own} == {k: v for k, v in remaining.items() if k not in own}
    # The entry is a contribution in kind; what was sold for 46 is cash from then on
    first, second = (100 * side * price for price in CLOSES[:2])
    later = [40 * side * 46 + 60 * side * price for price in CLOSES[2:]]
    assert await navs(database, portfolio, user) == pytest.approx([first, second, *later])


async def test_without_a_quantity_the_whole_lot_goes_and_no_other_is_made(
    signed_in: httpx.AsyncClient, database: Database, portfolio: Portfolio
) -> None:
    lot = await make_position(database, portfolio, symbol="ACME", quantity=100)

    done = (await close(signed_in, lot.id, exit_date="2022-01-05", exit_price=46)).json()

    assert (done["closed"]["id"], done["closed"]["quantity"], done["remaining"]) == (str(lot.id), 100, None)
    listed = await signed_in.get(f"/api/v1/portfolios/{portfolio.id}/positions")
    assert listed.json()["items"] == [done["closed"]]
    again = await close(signed_in, lot.id, **SALE)
    assert (again.status_code, again.json()["error"]) == (409, "position_closed")


async def test_parts_of_options_and_private_holdings_keep_their_terms(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    entry = {"quantity": 3, "entry_date": "2022-01-03", "entry_price": 2}
    option = {"position_class": "OPTIONS", "underlying_symbol": "ACME", "option_type": "put", "strike": 45}
    private = {"position_class": "PRIVATE", "symbol": "FUND-II", "name": "A fund"}

    for terms in (option | {"expiry": "2023-01-20"}, private):
        made = (await signed_in.post(f"/api/v1/portfolios/{portfolio.id}/positions", json=entry | terms)).json()
        done = (await close(signed_in, made["id"], **SALE | {"quantity": 1})).json()

        assert done["remaining"] == made | {"quantity": 2}
        own = {"id": "", "quantity": 1, "exit_date": "2022-01-05", "exit_price": 46}
        assert done["closed"] | {"id": ""} == made | own


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"quantity": 100.5}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -40}, "quantity"),
        ({"exit_date": "2022-01-02"}, "exit_date"),
        ({"exit_date": "2999-01-01"}, "exit_date"),
        ({"exit_price": 0}, "exit_price"),
    ],
)
async def test_what_cannot_be_is_named_and_changes_nothing(
    signed_in: httpx.AsyncClient, database: Database, portfolio: Portfolio, changes: dict[str, Any], named: str
) -> None:
    lot = await make_position(database, portfolio, symbol="ACME", quantity=100)
    before = (await signed_in.get(f"/api/v1/portfolios/{portfolio.id}/positions")).json()

    answer = await close(signed_in, lot.id, **SALE | changes)

    assert (answer.status_code, [one["field"] for one in answer.json()["fields"]]) == (422, [named])
    assert (await signed_in.get(f"/api/v1/portfolios/{portfolio.id}/positions")).json() == before


async def test_two_sales_at_once_do_not_sell_more_than_there_is(
    signed_in: httpx.AsyncClient, database: Database, portfolio: Portfolio
) -> None:
    lot = await make_position(database, portfolio, symbol="ACME", quantity=100)

    answers = await asyncio.gather(*(close(signed_in, lot.id, **SALE | {"quantity": 60}) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 422]
    listed = (await signed_in.get(f"/api/v1/portfolios/{portfolio.id}/positions")).json()["items"]
    assert sorted(row["quantity"] for row in listed) == [40, 60]
