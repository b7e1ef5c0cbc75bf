from datetime import timedelta

import httpx
import pytest

from app.db import Database
from app.models import User
from app.services import snapshot
from tests.builders import FIRST_DAY, make_instrument, make_portfolio, make_position, make_user, scope_of
from tests.bundled import read_market


@pytest.mark.market_data
async def test_prices_are_those_of_the_files(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.get("/api/v1/data/prices/aapl", params={"start": "2022-12-20", "end": "2022-12-27"})
    body = answer.json()
    assert body["dates"] == ["2022-12-20", "2022-12-21", "2022-12-22", "2022-12-23", "2022-12-27"]
    assert body["closes"] == read_market().close("AAPL")[-6:-1].tolist()
    assert (body["symbol"], body["currency"], body["source"], body["truncated"]) == ("AAPL", "USD", "bundled", False)


async def test_of_too_long_a_range_the_newest_prices_are_given(
    database: Database, signed_in: httpx.AsyncClient
) -> None:
    await make_instrument(database, "LONG", [float(i + 1) for i in range(2601)])
    body = (await signed_in.get("/api/v1/data/prices/LONG")).json()
    assert (len(body["closes"]), body["closes"][0], body["closes"][-1], body["truncated"]) == (2600, 2.0, 2601.0, True)
    until = str(FIRST_DAY + timedelta(days=2599))
    whole = (await signed_in.get("/api/v1/data/prices/LONG", params={"end": until})).json()
    assert (len(whole["closes"]), whole["truncated"]) == (2600, False)


async def test_an_instrument_without_prices_has_an_empty_series(
    database: Database, signed_in: httpx.AsyncClient
) -> None:
    await make_instrument(database, "NEVER")
    body = (await signed_in.get("/api/v1/data/prices/NEVER")).json()
    assert (body["dates"], body["closes"], body["source"]) == ([], [], "")


@pytest.mark.parametrize(
    ("path", "query", "status", "error"),
    [
        ("prices/NOSUCH", {}, 404, "symbol_not_found"),
        ("prices/=cmd()", {}, 422, "invalid_request"),
        ("prices/AAPL", {"start": "2022-01-05", "end": "2022-01-04"}, 422, "invalid_request"),
        ("prices/AAPL", {"start": "yesterday"}, 422, "invalid_request"),
        ("positions/not-an-id", {}, 422, "invalid_request"),
    ],
)
async def test_bad_questions_are_refused(
    signed_in: httpx.AsyncClient, path: str, query: dict[str, str], status: int, error: str
) -> None:
    answer = await signed_in.get(f"/api/v1/data/{path}", params=query)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_a_snapshot_is_the_newest_or_the_last_up_to_a_day(
    database: Database, user: User, signed_in: httpx.AsyncClient
) -> None:
    await make_instrument(database, "UP", [10.0, 11.0, 12.0])
    portfolio = await make_portfolio(database, user, benchmark="UP")
    await make_position(database, portfolio, symbol="UP", quantity=2, entry_price=10)
    path = f"/api/v1/data/portfolio/{portfolio.id}/snapshot"
    missing = await signed_in.get(path)
    assert (missing.status_code, missing.json()["error"]) == (404, "snapshot_not_found")
    async with database.session(scope_of(user)) as session:
        await snapshot.recompute(session, portfolio.id)
    newest, earlier = (
        (await signed_in.get(path)).json(),
        (await signed_in.get(path, params={"date": "2022-01-04"})).json(),
    )
    assert (newest["date"], newest["nav"], newest["pnl"]) == ("2022-01-05", 24.0, 2.0)
    assert (earlier["date"], earlier["nav"], earlier["volatility_21d"]) == ("2022-01-04", 22.0, None)
    before = await signed_in.get(path, params={"date": "2021-12-31"})
    assert before.status_code == 404


async def test_anothers_snapshot_is_not_there(database: Database, signed_in: httpx.AsyncClient) -> None:
    portfolio = await make_portfolio(database, await make_user(database))
    answer = await signed_in.get(f"/api/v1/data/portfolio/{portfolio.id}/snapshot")
    assert (answer.status_code, answer.json()["error"]) == (404, "portfolio_not_found")


@pytest.mark.market_data
async def test_the_market_overview_is_that_of_the_files(signed_in: httpx.AsyncClient) -> None:
    body = (await signed_in.get("/api/v1/data/market-overview")).json()
    market = read_market()
    assert (body["as_of"], body["equities"], body["warnings"]) == ("2022-12-28", 20, [])
    (index,) = body["indexes"]
    closes = market.close("SP500")
    assert index["return_21d"] == pytest.approx(closes[-1] / closes[-22] - 1)
    assert {style["stands_for"] for style in body["styles"]} == {
        "momentum", "quality", "size", "minimum_volatility", "value",
    }  # fmt: skip
    (day, *_) = body["breadth"]
    assert (day["trading_days"], day["known"]) == (1, 20)
    assert day["rising"] + day["falling"] <= 20
    assert sum(sector["instruments"] for sector in body["sectors"]) == 20
    known = [sector["return_21d"] for sector in body["sectors"]]
    assert known == sorted(known, reverse=True)


async def test_a_market_without_instruments_is_empty(signed_in: httpx.AsyncClient) -> None:
    body = (await signed_in.get("/api/v1/data/market-overview")).json()
    assert (body["as_of"], body["indexes"], body["sectors"], body["above_200d"]) == (None, [], [], None)
    assert [line["share_rising"] for line in body["breadth"]] == [None] * 4
