from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import event, update

from app.config import Settings
from app.db import Database
from app.models import PortfolioSnapshot, User
from tests.builders import FIRST_DAY, auth_headers, make_instrument, make_portfolio, make_user, scope_of

PORTFOLIOS = "/api/v1/portfolios"


@pytest.fixture(autouse=True)
async def benchmark(database: Database) -> None:
    await make_instrument(database, "SP500", [100.0, 101.0, 99.0], asset_class="index")


async def create(client: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await client.post(PORTFOLIOS, json={"name": "Pension"} | fields)


async def test_a_portfolio_is_made_read_renamed_and_deleted(signed_in: httpx.AsyncClient) -> None:
    made = (await create(signed_in, opening_cash=1000.1, inception_date="2022-01-03")).json()
    path = f"{PORTFOLIOS}/{made['id']}"

    renamed = await signed_in.patch(path, json={"name": "  Old age  "})
    deleted = await signed_in.delete(path)
    gone = await signed_in.get(path)

    assert made | {"id": ""} == {
        "id": "",
        "name": "Pension",
        "base_currency": "USD",
        "benchmark": "SP500",
        "opening_cash": 1000.1,
        "inception_date": "2022-01-03",
    }
    assert renamed.json() == made | {"name": "Old age"}
    assert deleted.status_code == 204
    assert (gone.status_code, gone.json()["error"]) == (404, "portfolio_not_found")
    assert (await signed_in.get(PORTFOLIOS)).json() == {"items": [], "next_cursor": None}
    assert (await signed_in.delete(path)).status_code == 404


async def test_the_list_shows_the_newest_figures(signed_in: httpx.AsyncClient, database: Database, user: User) -> None:
    await make_instrument(database, "ACME", [50.0, 48.0, 45.0])
    made = (await create(signed_in, opening_cash=1000, inception_date="2022-01-03")).json()
    await signed_in.post(
        f"{PORTFOLIOS}/{made['id']}/positions",
        json={"symbol": "ACME", "quantity": -10, "entry_date": "2022-01-03", "entry_price": 50},
    )

    [listed] = (await signed_in.get(PORTFOLIOS)).json()["items"]

    # 1000 in cash, 500 of them from the short sale: worth 500, then 520, then 550
    assert listed["as_of"] == "2022-01-05"
    assert listed["nav"] == pytest.approx(550)
    assert listed["day_pnl"] == pytest.approx(30)
    assert listed["day_return"] == pytest.approx(30 / 520)
    assert listed["total_return"] == pytest.approx(0.1)
    assert listed["position_count"] == 1


@pytest.mark.parametrize(
    ("returns", "total"),
    [
        ([0.0, 0.1, -0.5], -0.45),
        ([0.0, -1.0, 0.2], -1.0),
        ([0.0, -1.5, 0.2], -1.6),
        ([0.0, -1.5, -1.5], -0.75),
        ([0.0, None, 0.2], None),
    ],
)
async def test_the_total_return_links_daily_returns(
    signed_in: httpx.AsyncClient, database: Database, user: User, returns: list[float | None], total: float | None
) -> None:
    await create(signed_in, opening_cash=1000, inception_date="2022-01-03")
    async with database.session(scope_of(user)) as session:
        for day, daily_return in enumerate(returns, start=FIRST_DAY.day):
            on_day = PortfolioSnapshot.date == date(2022, 1, day)
            await session.execute(update(PortfolioSnapshot).where(on_day).values(daily_return=daily_return))

    [listed] = (await signed_in.get(PORTFOLIOS)).json()["items"]

    assert listed["total_return"] == (None if total is None else pytest.approx(total))


async def test_figures_are_unknown_before_anything_happened(signed_in: httpx.AsyncClient) -> None:
    await create(signed_in)

    [listed] = (await signed_in.get(PORTFOLIOS)).json()["items"]

    assert (listed["as_of"], listed["nav"], listed["total_return"], listed["position_count"]) == (None, None, None, 0)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": "   "}, "name"),
        ({"benchmark": "NOPE"}, "benchmark"),
        ({"base_currency": "EUR"}, "base_currency"),
        ({"base_currency": "dollars"}, "base_currency"),
        ({"inception_date": "2999-01-01"}, "inception_date"),
        ({"inception_date": "yesterday"}, "inception_date"),
        ({"opening_cash": 1e13}, "opening_cash"),
        ({"opening_cash": "a lot"}, "opening_cash"),
        ({"user_id": "5f0d4c5e-7c56-4c6e-9d5a-6f1f9a2f6d11"}, "user_id"),
    ],
)
async def test_a_field_that_cannot_be_is_named(
    signed_in: httpx.AsyncClient, fields: dict[str, Any], named: str
) -> None:
    answer = await create(signed_in, **fields)

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["fields"]] == [named]


async def test_a_number_that_json_does_not_know_is_refused(signed_in: httpx.AsyncClient) -> None:
    for number in ("NaN", "Infinity", "1e400"):
        answer = await signed_in.post(PORTFOLIOS, content=f'{{"name": "Pension", "opening_cash": {number}}}')
        assert answer.status_code in (400, 422)


async def test_a_body_that_is_not_json_says_so(signed_in: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await signed_in.post(PORTFOLIOS, content="{not json", headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (400, "malformed_request")


async def test_pages_hold_every_portfolio_once(signed_in: httpx.AsyncClient, database: Database, user: User) -> None:
    made = [await make_portfolio(database, user, name=f"Number {number}") for number in range(5)]

    names: list[str] = []
    cursor: str | None = None
    while True:
        query: dict[str, str | int] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await signed_in.get(PORTFOLIOS, params=query)).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert names == [portfolio.name for portfolio in made]


@pytest.mark.parametrize("query", [{"cursor": "made up"}, {"cursor": "W10="}, {"limit": 0}, {"limit": 201}])
async def test_a_page_that_cannot_be_is_refused(signed_in: httpx.AsyncClient, query: dict[str, str | int]) -> None:
    answer = await signed_in.get(PORTFOLIOS, params=query)

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["fields"]] == [*query]


@pytest.fixture
async def count_statements(signed_in: httpx.AsyncClient, app: Any) -> Callable[[str], Awaitable[int]]:
    async def count(path: str) -> int:
        seen: list[str] = []
        engine = app.state.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
        assert (await signed_in.get(path)).status_code == 200
        # The process looks for runs of dead ones meanwhile
        return len([statement for statement in seen if "expired_runs" not in statement])

    return count


async def test_a_longer_list_takes_no_more_statements(
    count_statements: Callable[[str], Awaitable[int]], database: Database, user: User
) -> None:
    await make_portfolio(database, user)
    one = await count_statements(PORTFOLIOS)
    for _ in range(4):
        await make_portfolio(database, user)

    assert await count_statements(PORTFOLIOS) == one > 0


async def test_nobody_lists_without_a_token(client: httpx.AsyncClient) -> None:
    answer = await client.get(PORTFOLIOS)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


async def test_people_see_their_own(
    client: httpx.AsyncClient, database: Database, user: User, settings: Settings
) -> None:
    eve = await make_user(database)
    await make_portfolio(database, user, name="Ada's")
    await make_portfolio(database, eve, name="Eve's")

    answer = await client.get(PORTFOLIOS, headers=auth_headers(eve, settings))

    assert [item["name"] for item in answer.json()["items"]] == ["Eve's"]


async def test_opening_cash_and_first_day_can_be_corrected_and_the_history_follows(
    signed_in: httpx.AsyncClient,
) -> None:
    made = (await create(signed_in, opening_cash=1000, inception_date="2022-01-04")).json()
    path = f"{PORTFOLIOS}/{made['id']}"
    overview = f"/api/v1/analytics/portfolio/{made['id']}/overview"
    before = (await signed_in.get(overview)).json()["valuation"]["nav"]

    changed = await signed_in.patch(path, json={"opening_cash": -250.5, "inception_date": "2022-01-03"})

    assert before == 1000
    assert (changed.json()["opening_cash"], changed.json()["inception_date"]) == (-250.5, "2022-01-03")
    assert (await signed_in.get(overview)).json()["valuation"]["nav"] == -250.5
    history = await signed_in.get(f"/api/v1/data/portfolio/{made['id']}/snapshot", params={"date": "2022-01-03"})
    assert (history.json()["date"], history.json()["nav"]) == ("2022-01-03", -250.5)


async def test_a_first_day_is_given_back_to_the_first_event_and_none_lies_in_the_future(
    signed_in: httpx.AsyncClient,
) -> None:
    made = (await create(signed_in, opening_cash=1000, inception_date="2022-01-04")).json()
    path = f"{PORTFOLIOS}/{made['id']}"

    refused = await signed_in.patch(path, json={"inception_date": "2999-01-01"})
    cleared = await signed_in.patch(path, json={"inception_date": None})

    assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "inception_date")
    assert cleared.json() == made | {"inception_date": None}
