"""POST /portfolios/import: dry run, all or nothing, partial, and everything that a file can be."""

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.config import Settings
from app.db import Database
from app.importing.errors import MAX_BYTES
from app.models import CashFlow, Portfolio, Position, User
from app.services.import_plan import UNKNOWN_SYMBOL
from tests.builders import auth_headers, make_instrument, make_portfolio, make_user, scope_of

pytestmark = pytest.mark.market_data

URL = "/api/v1/portfolios/import"
SAMPLES = Path(__file__).parents[1] / "importing" / "samples"
# Of a currency without exchange rates, and under the symbol of a share
OWN_THAT_CANNOT_BE = ((b"EUR", b"house-1"), (b"USD", b"AAPL"))
TEMPLATE = b"symbol,quantity,entry_date,entry_price\n"


async def send(client: httpx.AsyncClient, content: bytes, **form: Any) -> httpx.Response:
    return await client.post(URL, files={"file": ("file.csv", content)}, data=form)


async def stored(database: Database, user: User) -> tuple[list[Portfolio], list[Position], list[CashFlow]]:
    async with database.session(scope_of(user)) as session:
        portfolios = (await session.scalars(select(Portfolio).order_by(Portfolio.name))).all()
        positions = (await session.scalars(select(Position).order_by(Position.symbol, Position.entry_price))).all()
        flows = (await session.scalars(select(CashFlow).order_by(CashFlow.date))).all()
        return list(portfolios), list(positions), list(flows)


async def test_a_dry_run_shows_what_would_be_made_and_keeps_nothing(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    answer = await send(signed_in, (SAMPLES / "template.csv").read_bytes())

    assert answer.status_code == 200
    report = answer.json()
    assert report["is_dry_run"] is True
    assert report["format"] == "template"
    assert [portfolio["name"] for portfolio in report["portfolios"]] == ["Core", "Satellite"]
    assert [portfolio["portfolio_id"] for portfolio in report["portfolios"]] == [None, None]
    assert report["portfolios"][0]["positions"][1] == {
        "row": 4,
        "symbol": "AAPL",
        "name": "Apple Inc.",
        "position_class": "PUBLIC",
        "quantity": 10.0,
        "entry_date": "2022-01-03",
        "entry_price": 178.5,
    }
    assert report["portfolios"][1]["cash"] == [{"row": 6, "amount": -1500.5, "date": "2022-02-01"}]
    assert (report["position_count"], report["rejected_rows"], report["warnings"]) == (5, [], [])
    assert await stored(database, user) == ([], [], [])


async def test_a_real_run_makes_each_portfolio_with_its_cash_and_its_history(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    answer = await send(signed_in, (SAMPLES / "template.csv").read_bytes(), dry_run="false")

    assert answer.status_code == 200
    portfolios, positions, flows = await stored(database, user)
    assert [(row.name, row.opening_cash, str(row.inception_date)) for row in portfolios] == [
        ("Core", 25000, "2022-01-03"),
        ("Satellite", Decimal("-1500.5"), "2022-02-01"),
    ]
    assert [(row.symbol, row.quantity) for row in positions] == [
        ("AAPL", 40), ("AAPL", 10), ("KO", -120), ("MSFT", 18), ("XOM", 200),
    ]  # fmt: skip
    assert flows == []
    listed = (await signed_in.get("/api/v1/portfolios")).json()["items"]
    assert {row["name"]: row["as_of"] for row in listed} == {"Core": "2022-12-28", "Satellite": "2022-12-28"}
    assert [row["id"] for row in listed] == [row["portfolio_id"] for row in answer.json()["portfolios"]]


async def test_one_rejected_row_stops_the_real_run(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    content = TEMPLATE + b"AAPL,10,2022-01-03,100\nNOSUCH,5,2022-01-03,10\n"

    answer = await send(signed_in, content, dry_run="false")

    assert answer.status_code == 422
    assert answer.json()["error"] == "rows_rejected"
    assert f"row 3, symbol: {UNKNOWN_SYMBOL} (NOSUCH)" in answer.json()["detail"]
    assert await stored(database, user) == ([], [], [])


async def test_a_partial_import_keeps_the_good_rows_and_lists_the_others(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    content = TEMPLATE + b"AAPL,10,2022-01-03,100\nNOSUCH,5,2022-01-03,10\n"

    answer = await send(signed_in, content, dry_run="false", accept_partial="true", name="Mine")

    assert answer.status_code == 200
    assert answer.json()["unknown_symbols"] == ["NOSUCH"]
    assert answer.json()["rejected_rows"] == [
        {
            "row": 3,
            "column": "symbol",
            "value": "NOSUCH",
            "reason": UNKNOWN_SYMBOL,
            "remedy": "Correct the symbol, load its prices, or accept a partial import.",
        }
    ]
    portfolios, positions, _ = await stored(database, user)
    assert [row.name for row in portfolios] == ["Mine"]
    assert [row.symbol for row in positions] == ["AAPL"]


async def test_a_file_of_rejected_rows_only_makes_no_portfolio(signed_in: httpx.AsyncClient) -> None:
    answer = await send(signed_in, TEMPLATE + b"NOSUCH,5,2022-01-03,10\n", dry_run="false", accept_partial="true")

    assert (answer.status_code, answer.json()["error"]) == (422, "nothing_to_import")


async def test_positions_are_added_to_a_portfolio_and_cash_comes_in_as_a_flow(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    portfolio = await make_portfolio(database, user, opening_cash=100)
    content = TEMPLATE + b"CASH,250.75,2022-03-01,1\nAAPL,10,2022-03-01,160\n"

    answer = await send(signed_in, content, dry_run="false", portfolio_id=str(portfolio.id))

    assert answer.status_code == 200
    (kept,), (position,), (flow,) = await stored(database, user)
    assert (kept.id, kept.opening_cash) == (portfolio.id, 100)
    assert (position.portfolio_id, position.symbol) == (portfolio.id, "AAPL")
    assert (str(flow.date), flow.amount) == ("2022-03-01", Decimal("250.75"))


async def test_cash_of_a_later_day_is_a_flow_of_that_day(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    content = TEMPLATE + b"AAPL,10,2022-01-03,100\nCASH,40,2022-01-03,1\nCASH,60,2022-06-01,\n"

    await send(signed_in, content, dry_run="false")

    (portfolio,), _, (flow,) = await stored(database, user)
    assert (str(portfolio.inception_date), portfolio.opening_cash) == ("2022-01-03", 40)
    assert (str(flow.date), flow.amount) == ("2022-06-01", 60)


async def test_another_persons_portfolio_is_not_there(signed_in: httpx.AsyncClient, database: Database) -> None:
    theirs = await make_portfolio(database, await make_user(database))

    for dry_run in ("true", "false"):
        answer = await send(
            signed_in, TEMPLATE + b"AAPL,1,2022-01-03,1\n", portfolio_id=str(theirs.id), dry_run=dry_run
        )
        assert answer.status_code == 404


async def test_a_share_class_is_found_in_any_spelling(signed_in: httpx.AsyncClient, database: Database) -> None:
    await make_instrument(database, "BRK.B", [300.0])
    rows = b"".join(symbol + b",1,2022-01-03,300\n" for symbol in (b"BRK.B", b"brk-b", b"BRK/B", b"BRK B"))

    report = (await send(signed_in, TEMPLATE + rows)).json()

    assert [position["symbol"] for position in report["portfolios"][0]["positions"]] == ["BRK.B"] * 4


async def test_lots_without_a_date_take_the_files_own_or_the_one_that_is_sent(signed_in: httpx.AsyncClient) -> None:
    content = (SAMPLES / "fidelity.csv").read_bytes()

    own = (await send(signed_in, content)).json()
    sent = (await send(signed_in, content, as_of="2022-11-30")).json()

    assert (own["as_of"], sent["as_of"]) == ("2022-12-27", "2022-11-30")
    assert sent["portfolios"][0]["positions"][0]["entry_date"] == "2022-11-30"
    assert any(warning.startswith("Lots without a purchase date (4)") for warning in own["warnings"])


async def test_holdings_in_another_currency_are_rejected(signed_in: httpx.AsyncClient) -> None:
    content = (SAMPLES / "interactive_brokers.csv").read_bytes().replace(b"Stocks,USD,GE", b"Stocks,CAD,GE")

    rejected = {row["row"]: row for row in (await send(signed_in, content)).json()["rejected_rows"]}

    assert (rejected[16]["column"], rejected[16]["value"]) == ("currency", "CAD")


async def test_an_instrument_that_is_not_in_dollars_is_rejected(
    signed_in: httpx.AsyncClient, database: Database
) -> None:
    await make_instrument(database, "SAP", [100.0], currency="EUR")

    (rejected,) = (await send(signed_in, TEMPLATE + b"SAP,1,2022-01-03,100\n")).json()["rejected_rows"]

    assert (rejected["column"], rejected["value"]) == ("currency", "EUR")


async def test_sums_and_counts_beyond_reason_are_refused(signed_in: httpx.AsyncClient) -> None:
    for row, count, code in (
        ("P{number},AAPL,1,2022-01-03,1", 51, "too_many_portfolios"),
        ("P,CASH,9e11,2022-01-03,1", 2, "too_much_cash"),
    ):
        rows = "\n".join(row.format(number=number) for number in range(count))

        answer = await send(signed_in, b"portfolio," + TEMPLATE + rows.encode())

        assert (answer.status_code, answer.json()["error"]) == (422, code)


async def test_an_option_is_held_by_its_terms(signed_in: httpx.AsyncClient, database: Database, user: User) -> None:
    report = (await send(signed_in, (SAMPLES / "schwab.csv").read_bytes(), dry_run="false")).json()

    assert report["rejected_rows"] == []
    async with database.session(scope_of(user)) as session:
        (held,) = (await session.scalars(select(Position).where(Position.position_class == "OPTIONS"))).all()
    assert (held.symbol, held.underlying_symbol, held.instrument_symbol) == ("AAPL  230120C00150000", "AAPL", "AAPL")
    assert (held.option_type, held.strike, held.expiry) == ("call", 150, dt.date(2023, 1, 20))
    assert (held.multiplier, held.quantity, held.entry_price) == (100, 2, Decimal("1.55"))


async def test_the_root_of_a_contract_on_a_share_class_finds_its_instrument(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    await make_instrument(database, "BRK-B", [300.0])
    content = TEMPLATE + b"BRKB230120C00300000,1,2022-12-01,2\n"

    report = (await send(signed_in, content, dry_run="false")).json()

    assert report["rejected_rows"] == []
    async with database.session(scope_of(user)) as session:
        (held,) = (await session.scalars(select(Position))).all()
    assert (held.symbol, held.underlying_symbol) == ("BRKB  230120C00300000", "BRK-B")


async def test_an_option_that_cannot_be_held_is_a_rejected_row(signed_in: httpx.AsyncClient) -> None:
    content = TEMPLATE + b"ZZZZ230120C00150000,1,2022-12-01,2\nAAPL230120C00150000,1,2023-01-23,2\n"

    unknown, expired = (await send(signed_in, content)).json()["rejected_rows"]

    assert "underlying" in unknown["reason"]
    assert "expired before" in expired["reason"]


async def test_accounts_are_put_together_when_one_name_is_given(signed_in: httpx.AsyncClient) -> None:
    report = (await send(signed_in, (SAMPLES / "vanguard.csv").read_bytes(), name="All of it")).json()

    assert [portfolio["name"] for portfolio in report["portfolios"]] == ["All of it"]
    assert "2 portfolios of the file are put together into one." in report["warnings"]


async def test_a_second_import_of_a_name_is_warned_of(signed_in: httpx.AsyncClient) -> None:
    content = (SAMPLES / "template.csv").read_bytes()
    await send(signed_in, content, dry_run="false")

    report = (await send(signed_in, content)).json()

    assert "There is a portfolio named Core already: this makes a second one." in report["warnings"]


async def test_form_fields_out_of_range_are_named(signed_in: httpx.AsyncClient) -> None:
    for form, field in (
        ({"as_of": "2999-01-01"}, "as_of"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "Mine", "portfolio_id": "7b0c7a7e-5a52-4f0e-9d1f-000000000001"}, "name"),
        ({"portfolio_id": "mine"}, "portfolio_id"),
    ):
        answer = await send(signed_in, TEMPLATE + b"AAPL,1,2022-01-03,1\n", **form)

        assert answer.status_code == 422, form
        assert field in answer.json()["detail"]


async def test_nobody_imports_without_signing_in(client: httpx.AsyncClient) -> None:
    assert (await send(client, TEMPLATE)).status_code == 401


async def test_a_file_is_needed(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.post(URL, data={"dry_run": "true"})

    assert answer.status_code == 422
    assert "file" in answer.json()["detail"]


async def test_more_than_the_limit_is_refused(signed_in: httpx.AsyncClient) -> None:
    for size in (MAX_BYTES + 1, 50 * 1024 * 1024):
        answer = await send(signed_in, b"x" * size)

        assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


async def test_an_upload_of_unknown_length_is_cut_off_at_the_limit(user: User, app: Any, settings: Settings) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="f.csv"\r\n\r\n'
        while sent < 200 * 1024 * 1024:
            sent += 64 * 1024
            yield b"x" * (64 * 1024)

    headers = auth_headers(user, settings) | {"Content-Type": "multipart/form-data; boundary=b"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.post(URL, content=endless(), headers=headers)

    assert answer.status_code == 413
    assert answer.json()["error"] == "too_large"
    assert sent < MAX_BYTES + 1024 * 1024


async def test_a_file_that_cannot_be_read_is_refused_with_its_reason(signed_in: httpx.AsyncClient) -> None:
    for content, code in (
        (b"", "empty_file"),
        (b"PK\x03\x04" + b"\x00" * 200, "not_a_text_file"),
        (b"a,b\n1,2\n", "unknown_format"),
        (b"symbol,quantity,entry_date\nAAPL,1,2022-01-03\n", "missing_columns"),
        (b"symbol,quantity,quantity,entry_date,entry_price\n", "duplicate_headers"),
        (b'{"activities": [{"quantity": NaN}]}', "unreadable_json"),
        (b"[" * 1_000_000, "unreadable_json"),
    ):
        answer = await send(signed_in, content)

        assert (answer.status_code, answer.json()["error"]) == (422, code)
        assert set(answer.json()) == {"error", "detail", "request_id"}


async def test_an_asset_of_ones_own_becomes_a_private_position_at_what_it_cost(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    own = (
        b'{"activities": [{"type": "BUY", "quantity": 2, "unitPrice": 250000, "currency": "%s", "symbol": "%s", '
        b'"dataSource": "MANUAL", "date": "2022-02-01T00:00:00.000Z"}], '
        b'"assetProfiles": [{"symbol": "house-1", "name": "A house"}]}'
    )

    refused = [(await send(signed_in, own % terms)).json()["rejected_rows"] for terms in OWN_THAT_CANNOT_BE]
    done = await send(signed_in, own % (b"USD", b"house-1"), dry_run="false")

    assert [[row["column"] for row in rows] for rows in refused] == [["currency"], ["symbol"]]
    assert done.json()["portfolios"][0]["positions"][0]["name"] == "A house"
    _, (position,), _ = await stored(database, user)
    assert (position.symbol, position.position_class, position.name) == ("HOUSE-1", "PRIVATE", "A house")
    assert (position.stated_value, position.stated_on) == (Decimal(250_000), dt.date(2022, 2, 1))
