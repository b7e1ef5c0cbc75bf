from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.db import Database
from app.models import Portfolio, User
from tests.builders import make_instrument, make_portfolio, make_position

SHORT = {"symbol": "acme", "quantity": -10, "entry_date": "2022-01-03", "entry_price": 50}


@pytest.fixture
async def portfolio(database: Database, user: User) -> Portfolio:
    await make_instrument(database, "SP500", [100.0, 101.0, 99.0], asset_class="index")
    await make_instrument(database, "ACME", [50.0, 48.0, 45.0])
    return await make_portfolio(database, user, opening_cash=1000)


async def nav(client: httpx.AsyncClient) -> float:
    [listed] = (await client.get("/api/v1/portfolios")).json()["items"]
    return float(listed["nav"])


def of(portfolio: Portfolio) -> str:
    return f"/api/v1/portfolios/{portfolio.id}"


async def test_a_lot_is_bought_changed_sold_and_removed_and_the_figures_follow_at_once(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    made = await signed_in.post(f"{of(portfolio)}/positions", json=SHORT)
    path = f"/api/v1/positions/{made.json()['id']}"
    assert made.status_code == 201
    assert made.json()["symbol"] == "ACME"
    assert await nav(signed_in) == pytest.approx(1000 - 10 * 45)

    changed = await signed_in.patch(path, json={"quantity": -20.5, "notes": "more of it"})
    assert (changed.json()["quantity"], changed.json()["notes"]) == (-20.5, "more of it")
    assert await nav(signed_in) == pytest.approx(1000 - 20.5 * 45)

    sold = await signed_in.patch(path, json={"exit_date": "2022-01-04", "exit_price": 48})
    assert (sold.json()["exit_date"], sold.json()["exit_price"]) == ("2022-01-04", 48)
    assert await nav(signed_in) == pytest.approx(1000 - 20.5 * 48)

    await signed_in.patch(path, json={"exit_date": None, "exit_price": None})
    assert await nav(signed_in) == pytest.approx(1000 - 20.5 * 45)

    assert (await signed_in.delete(path)).status_code == 204
    assert await nav(signed_in) == pytest.approx(1000)
    gone = await signed_in.delete(path)
    assert (gone.status_code, gone.json()["error"]) == (404, "position_not_found")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"symbol": "ZZZZ"}, "symbol"),
        ({"symbol": "=cmd()"}, "symbol"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": 1e-9}, "quantity"),
        ({"quantity": 1e10}, "quantity"),
        ({"entry_price": 0}, "entry_price"),
        ({"entry_price": -1}, "entry_price"),
        ({"entry_price": 1e-12}, "entry_price"),
        ({"entry_date": "2022-02-30"}, "entry_date"),
        ({"entry_date": (datetime.now(UTC) + timedelta(days=2)).date().isoformat()}, "entry_date"),
        ({"notes": "x" * 2001}, "notes"),
        ({"market_value": 1}, "market_value"),
    ],
)
async def test_a_field_that_cannot_be_is_named(
    signed_in: httpx.AsyncClient, portfolio: Portfolio, fields: dict[str, Any], named: str
) -> None:
    answer = await signed_in.post(f"{of(portfolio)}/positions", json=SHORT | fields)

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["fields"]] == [named]
    if fields == {"symbol": "ZZZZ"}:
        assert "ZZZZ" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"exit_date": "2022-01-04"}, "exit_price"),
        ({"exit_price": 45}, "exit_date"),
        ({"exit_date": "2022-01-01", "exit_price": 45}, "exit_date"),
        ({"exit_date": "2999-01-01", "exit_price": 45}, "exit_date"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"notes": None}, "notes"),
        ({"symbol": "ACME"}, "symbol"),
    ],
)
async def test_a_change_that_cannot_be_is_refused_whole(
    signed_in: httpx.AsyncClient, database: Database, portfolio: Portfolio, fields: dict[str, Any], named: str
) -> None:
    position = await make_position(database, portfolio, symbol="ACME")

    answer = await signed_in.patch(f"/api/v1/positions/{position.id}", json={"entry_price": 1} | fields)

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["fields"]] == [named]
    [kept] = (await signed_in.get(f"{of(portfolio)}/positions")).json()["items"]
    assert kept["entry_price"] == 100


OPTION = {
    "position_class": "OPTIONS", "underlying_symbol": "acme", "option_type": "put", "strike": 47.5,
    "expiry": "2022-02-18", "quantity": -2, "entry_date": "2022-01-03", "entry_price": 1.5, "volatility": 0.4,
}  # fmt: skip
PRIVATE = {
    "position_class": "PRIVATE", "symbol": "venture", "name": "Venture Fund II", "quantity": 3,
    "entry_date": "2022-01-03", "entry_price": 100, "stated_value": 120, "stated_on": "2022-01-04",
}  # fmt: skip


async def test_an_option_has_its_terms_and_can_be_given_another_volatility(
    signed_in: httpx.AsyncClient, portfolio: Portfolio
) -> None:
    made = (await signed_in.post(f"{of(portfolio)}/positions", json=OPTION)).json()
    assert made["symbol"] == "ACME  220218P00047500"
    assert (made["underlying_symbol"], made["multiplier"], made["volatility"]) == ("ACME", 100, 0.4)
    worth = await nav(signed_in)

    changed = await signed_in.patch(f"/api/v1/positions/{made['id']}", json={"volatility": 0.8})

    assert changed.json()["volatility"] == 0.8
    assert await nav(signed_in) < worth, "a dearer put costs the one who is short of it"
    cleared = await signed_in.patch(f"/api/v1/positions/{made['id']}", json={"volatility": None})
    assert cleared.json()["volatility"] is None


async def test_a_private_position_is_worth_what_was_stated(signed_in: httpx.AsyncClient, portfolio: Portfolio) -> None:
    made = (await signed_in.post(f"{of(portfolio)}/positions", json=PRIVATE)).json()
    assert (made["symbol"], made["name"]) == ("VENTURE", "Venture Fund II")
    assert await nav(signed_in) == pytest.approx(1000 + 3 * 120)

    await signed_in.patch(f"/api/v1/positions/{made['id']}", json={"stated_value": 0, "stated_on": "2022-01-05"})

    assert await nav(signed_in) == pytest.approx(1000)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (OPTION | {"underlying_symbol": "ZZZZ"}, "underlying_symbol"),
        (OPTION | {"expiry": "2022-01-02"}, "expiry"),
        (OPTION | {"expiry": "2122-01-02"}, "expiry"),
        (OPTION | {"strike": 0}, "strike"),
        (OPTION | {"strike": 47.1234}, "strike"),
        (OPTION | {"volatility": 0}, "volatility"),
        (OPTION | {"volatility": 5.01}, "volatility"),
        (OPTION | {"multiplier": 0}, "multiplier"),
        (OPTION | {"option_type": "straddle"}, "option_type"),
        (OPTION | {"symbol": "ACME"}, "symbol"),
        (PRIVATE | {"name": " "}, "name"),
        (PRIVATE | {"symbol": "ACME"}, "symbol"),
        (PRIVATE | {"stated_value": -1}, "stated_value"),
        (PRIVATE | {"stated_on": "2022-01-02"}, "stated_on"),
        (PRIVATE | {"stated_on": "2999-01-02"}, "stated_on"),
        (SHORT | {"strike": 1}, "strike"),
    ],
)
async def test_terms_that_cannot_be_are_named(
    signed_in: httpx.AsyncClient, portfolio: Portfolio, fields: dict[str, Any], named: str
) -> None:
    answer = await signed_in.post(f"{of(portfolio)}/positions", json=fields)

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["fields"]] == [named]


async def test_a_class_that_does_not_exist_is_refused(signed_in: httpx.AsyncClient, portfolio: Portfolio) -> None:
    answer = await signed_in.post(f"{of(portfolio)}/positions", json=SHORT | {"position_class": "CRYPTO"})

    assert answer.status_code == 422
    assert "PUBLIC, OPTIONS or PRIVATE" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("made", "fields", "named"),
    [
        (SHORT, {"volatility": 0.2}, "volatility"),
        (SHORT, {"stated_value": 2}, "stated_value"),
        (OPTION, {"stated_on": "2022-01-05"}, "stated_on"),
        (OPTION, {"exit_date": "2022-02-19", "exit_price": 1}, "exit_date"),
        (PRIVATE, {"stated_value": None}, "stated_value"),
    ],
)
async def test_each_class_changes_only_what_it_has(
    signed_in: httpx.AsyncClient, portfolio: Portfolio, made: dict[str, Any], fields: dict[str, Any], named: str
) -> None:
    position = (await signed_in.post(f"{of(portfolio)}/positions", json=made)).json()

    answer = await signed_in.patch(f"/api/v1/positions/{position['id']}", json=fields)

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["fields"]] == [named]


async def test_an_entry_today_is_fine(signed_in: httpx.AsyncClient, portfolio: Portfolio) -> None:
    today = datetime.now(UTC).date().isoformat()

    answer = await signed_in.post(f"{of(portfolio)}/positions", json=SHORT | {"entry_date": today})

    assert answer.status_code == 201


async def test_pages_hold_every_lot_once(
    signed_in: httpx.AsyncClient, database: Database, portfolio: Portfolio
) -> None:
    made = {str((await make_position(database, portfolio, symbol="ACME")).id) for _ in range(5)}

    first = (await signed_in.get(f"{of(portfolio)}/positions", params={"limit": 3})).json()
    cursor = {"cursor": first["next_cursor"], "limit": 3}
    second = (await signed_in.get(f"{of(portfolio)}/positions", params=cursor)).json()

    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (3, 2, None)
    assert {item["id"] for item in first["items"] + second["items"]} == made


async def test_lots_of_a_deleted_portfolio_are_gone(
    signed_in: httpx.AsyncClient, database: Database, portfolio: Portfolio
) -> None:
    position = await make_position(database, portfolio, symbol="ACME")
    await signed_in.delete(of(portfolio))

    assert (await signed_in.get(f"{of(portfolio)}/positions")).status_code == 404
    assert (await signed_in.patch(f"/api/v1/positions/{position.id}", json={"notes": ""})).status_code == 404


async def test_money_paid_in_and_taken_back(signed_in: httpx.AsyncClient, portfolio: Portfolio) -> None:
    flows = f"{of(portfolio)}/cash-flows"
    made = await signed_in.post(flows, json={"date": "2022-01-04", "amount": 250.25, "note": "bonus"})
    assert made.status_code == 201
    assert await nav(signed_in) == pytest.approx(1250.25)
    assert (await signed_in.get(flows)).json() == {"items": [made.json()], "next_cursor": None}

    path = f"/api/v1/cash-flows/{made.json()['id']}"
    assert (await signed_in.delete(path)).status_code == 204
    assert await nav(signed_in) == pytest.approx(1000)
    gone = await signed_in.delete(path)
    assert (gone.status_code, gone.json()["error"]) == (404, "cash_flow_not_found")


@pytest.mark.parametrize("fields", [{"amount": 0}, {"date": "2999-01-01"}, {"note": "x" * 501}])
async def test_a_cash_flow_that_cannot_be_is_refused(
    signed_in: httpx.AsyncClient, portfolio: Portfolio, fields: dict[str, Any]
) -> None:
    answer = await signed_in.post(f"{of(portfolio)}/cash-flows", json={"date": "2022-01-04", "amount": 1} | fields)

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["fields"]] == [*fields]
