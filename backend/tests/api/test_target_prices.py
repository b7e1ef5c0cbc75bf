from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.db import Database
from app.models import Portfolio, User
from tests.builders import make_instrument, make_portfolio, make_target_price

CASES = {"bear": 40.0, "base": 60.0, "bull": 90.0}


@pytest.fixture
async def portfolio(database: Database, user: User) -> Portfolio:
    await make_instrument(database, "ACME", [45.0, 50.0])
    await make_instrument(database, "NEW", [])
    return await make_portfolio(database, user)


def of(portfolio: Portfolio) -> str:
    return f"/api/v1/portfolios/{portfolio.id}/target-prices"


async def test_a_target_is_set_changed_listed_and_removed(signed_in: httpx.AsyncClient, portfolio: Portfolio) -> None:
    made = await signed_in.post(of(portfolio), json={"symbol": "acme", **CASES, "horizon": "2030-01-01", "note": "why"})
    assert made.status_code == 201, made.text
    target = made.json()
    assert {name: target[name] for name in ("symbol", "horizon", "note", *CASES)} == {
        "symbol": "ACME", "horizon": "2030-01-01", "note": "why", **CASES,
    }  # fmt: skip
    assert (target["last_close"], target["last_close_date"]) == (50.0, "2022-01-04")
    assert [target[f"{case}_change"] for case in CASES] == pytest.approx([-0.2, 0.2, 0.8])

    path = f"/api/v1/target-prices/{target['id']}"
    changed = await signed_in.patch(path, json={"bull": 100, "horizon": None})
    assert changed.json() == {**target, "bull": 100.0, "bull_change": 1.0, "horizon": None}
    assert (await signed_in.get(of(portfolio))).json() == {"items": [changed.json()], "next_cursor": None}

    assert (await signed_in.delete(path)).status_code == 204
    assert (await signed_in.delete(path)).json()["error"] == "target_price_not_found"


async def test_a_case_that_is_not_stated_and_an_instrument_without_a_price_are_unknown(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    target = (await signed_in.post(of(portfolio), json={"symbol": "NEW", "base": 10})).json()
    assert (target["bear"], target["bear_change"]) == (None, None)
    assert (target["last_close"], target["last_close_date"], target["base_change"]) == (None, None, None)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"symbol": "ZZZZ", "base": 1}, "symbol"),
        ({"symbol": "ACME"}, "base"),
        ({"symbol": "ACME", "bear": 0}, "bear"),
        ({"symbol": "ACME", "base": -1}, "base"),
        ({"symbol": "ACME", "base": 1e12}, "base"),
        ({"symbol": "ACME", "bear": 60, "base": 50}, "base"),
        ({"symbol": "ACME", "bear": 60, "bull": 50}, "bull"),
        ({"symbol": "ACME", "base": 60, "bull": 50}, "bull"),
        ({"symbol": "ACME", "base": 1, "horizon": "soon"}, "horizon"),
        ({"symbol": "ACME", "base": 1, "note": "x" * 501}, "note"),
        ({"symbol": "ACME", "base": 1, "owner": "me"}, "owner"),
    ],
)
async def test_what_cannot_be_meant_names_its_field(
    signed_in: httpx.AsyncClient, portfolio: Portfolio, fields: dict[str, Any], named: str
) -> None:
    response = await signed_in.post(of(portfolio), json=fields)
    assert response.status_code == 422
    assert response.json()["fields"][0]["field"] == named


@pytest.mark.parametrize(("change", "named"), [({"bull": 30}, "bull"), ({"note": None}, "note")])
async def test_a_change_is_held_to_the_same_rules(
    signed_in: httpx.AsyncClient, portfolio: Portfolio, database: Database, change: dict[str, Any], named: str
) -> None:
    target = await make_target_price(database, portfolio, symbol="ACME", **CASES)
    response = await signed_in.patch(f"/api/v1/target-prices/{target.id}", json=change)
    assert (response.status_code, response.json()["fields"][0]["field"]) == (422, named)
    assert (await signed_in.get(of(portfolio))).json()["items"][0]["bull"] == 90.0


async def test_a_symbol_has_one_target_in_a_portfolio(signed_in: httpx.AsyncClient, portfolio: Portfolio) -> None:
    wanted = {"symbol": "ACME", "base": 60}
    answers = [await signed_in.post(of(portfolio), json=wanted) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["error"] == "target_price_exists"


async def test_they_come_by_symbol_in_pages(
    signed_in: httpx.AsyncClient, portfolio: Portfolio, database: Database
) -> None:
    for symbol in ("NEW", "ACME"):
        await make_target_price(database, portfolio, symbol=symbol)
    first = (await signed_in.get(of(portfolio), params={"limit": 1})).json()
    rest = (await signed_in.get(of(portfolio), params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [row["symbol"] for row in (*first["items"], *rest["items"])] == ["ACME", "NEW"]
    assert rest["next_cursor"] is None


async def test_a_portfolio_that_is_not_there_has_none(signed_in: httpx.AsyncClient) -> None:
    response = await signed_in.get(f"/api/v1/portfolios/{uuid4()}/target-prices")
    assert (response.status_code, response.json()["error"]) == (404, "portfolio_not_found")
