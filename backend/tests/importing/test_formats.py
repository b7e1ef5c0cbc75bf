"""Each kind of file, from a sample of its layout: what is read, what is left out and why."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.importing import ParsedFile
from app.importing.holding import NO_COST_BASIS
from tests.importing.conftest import SAMPLES, Parse

Sample = Callable[[str], ParsedFile]


def lots(parsed: ParsedFile) -> list[tuple[Any, ...]]:
    return [(lot.portfolio, lot.symbol, lot.quantity, lot.entry_price, lot.entry_date) for lot in parsed.lots]


def cash(parsed: ParsedFile) -> list[tuple[str | None, Decimal]]:
    return [(balance.portfolio, balance.amount) for balance in parsed.cash]


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.stem)
def test_a_file_is_recognised_by_its_content(path: Any, parsed: Parse) -> None:
    assert parsed(path.read_bytes()).format == path.stem


def test_the_template_keeps_portfolios_lots_of_one_day_shorts_and_cash_apart(sample: Sample) -> None:
    found = sample("template.csv")

    assert lots(found) == [
        ("Core", "AAPL", 40, Decimal("178.25"), date(2022, 1, 3)),
        ("Core", "AAPL", 10, Decimal("178.5"), date(2022, 1, 3)),
        ("Core", "MSFT", 18, Decimal("294.75"), date(2022, 3, 1)),
        ("Satellite", "KO", -120, Decimal("60.125"), date(2022, 2, 1)),
        ("Satellite", "XOM", 200, Decimal("77.5"), date(2022, 2, 1)),
    ]
    assert cash(found) == [("Core", 25000), ("Satellite", Decimal("-1500.5"))]
    assert (found.rejected, found.warnings) == ((), ())


def test_schwab_gives_average_costs_cash_and_options_per_share(sample: Sample) -> None:
    found = sample("schwab.csv")

    account = "Individual ...321"
    assert found.as_of == date(2022, 12, 27)
    assert lots(found) == [
        (account, "AAPL", 100, Decimal("112.5"), None),
        (account, "JNJ", Decimal("25.5"), 160, None),
        (account, "QUAL", 60, Decimal("114.52"), None),
        (account, "BBY", -40, Decimal("74.5"), None),
        (account, "AAPL  230120C00150000", 2, Decimal("1.55"), None),
    ]
    assert cash(found) == [(account, 2500), (account, Decimal("7201.55"))]
    assert found.lots[-1].position_class == "OPTIONS"
    assert found.warnings == (NO_COST_BASIS,)


def test_schwab_reads_each_account_of_an_export_of_all(parsed: Parse) -> None:
    header = '"Symbol","Description","Quantity","Price","Market Value","Cost Basis","Security Type"\n'
    content = (
        '"Positions for All-Accounts as of 12:24 PM ET, 12/01/2022"\n\n"Individual ...111"\n'
        + header
        + '"KO","COCA COLA","10","$60.00","$600.00","$500.00","Equity"\n"Account Total","","","","$600.00","","--"\n'
        + '\n"Roth IRA ...222"\n'
        + header
        + '"KO","COCA COLA","20","$60.00","$1,200.00","$900.00","Equity"\n'
    )

    found = parsed(content.encode())

    assert lots(found) == [("Individual ...111", "KO", 10, 50, None), ("Roth IRA ...222", "KO", 20, 45, None)]
    assert found.as_of == date(2022, 12, 1)


def test_fidelity_gives_accounts_core_cash_pending_activity_and_options(sample: Sample) -> None:
    found = sample("fidelity.csv")

    first, second = "Individual ...0001", "ROTH IRA ...0002"
    assert found.as_of == date(2022, 12, 27)
    assert lots(found) == [
        (first, "MSFT", 30, 190, None),
        (first, "MSFT", 5, 250, None),
        (first, "AAPL  230120P00130000", -1, Decimal("4.2"), None),
        (second, "USMV", Decimal("120.125"), Decimal("66.59729448"), None),
        (second, "31617E471", 10, 20, None),
    ]
    assert cash(found) == [(first, Decimal("1250.4")), (first, -200)]
    assert "Pending activity is counted as cash." in found.warnings


def test_vanguard_gives_holdings_at_the_files_price_and_no_transactions(sample: Sample) -> None:
    found = sample("vanguard.csv")

    assert lots(found) == [
        ("Vanguard ...0001", "VLUE", 80, Decimal("91.36"), None),
        ("Vanguard ...0001", "PG", Decimal("12.5"), Decimal("152.62"), None),
        ("Vanguard ...0002", "PFE", 100, Decimal("51.55"), None),
    ]
    assert cash(found) == [("Vanguard ...0001", Decimal("1520.33"))]
    assert found.as_of is None
    assert found.warnings == (
        f"{NO_COST_BASIS} (3 rows)",
        "The transactions in this file are not read: only what is held now.",
    )


def test_interactive_brokers_gives_dated_lots_and_the_ending_cash(sample: Sample) -> None:
    found = sample("interactive_brokers.csv")

    account = "Interactive Brokers ...0042"
    assert found.as_of == date(2022, 12, 27)
    assert lots(found) == [
        (account, "AMD", 100, Decimal("95.25"), date(2022, 2, 10)),
        (account, "AMD", 50, 81, date(2022, 7, 6)),
        (account, "GE", -60, Decimal("70.125"), None),
        (account, "SAP", 20, Decimal("101.2"), None),
        (account, "XOM   230120C00110000", -3, Decimal("4.105"), None),
    ]
    assert [lot.currency for lot in found.lots] == ["USD", "USD", "USD", "EUR", "USD"]
    assert cash(found) == [(account, Decimal("8450.25"))]
    assert [(row.row, row.value) for row in found.rejected] == [(21, "Futures")]


def test_lots_that_do_not_add_up_are_taken_as_the_position(parsed: Parse) -> None:
    content = (SAMPLES / "interactive_brokers.csv").read_bytes().replace(b'11:40:30",50,,81', b'11:40:30",49,,81')

    found = parsed(content)

    assert lots(found)[0][1:] == ("AMD", 150, Decimal("90.5"), None)
    assert found.warnings == ("The lots of AMD do not add up to its position, which is taken as one lot.",)


def test_ghostfolio_sells_the_oldest_lots_first_and_leaves_what_is_held(sample: Sample) -> None:
    found = sample("ghostfolio.json")

    assert [lot for lot in lots(found) if lot[1] in ("HD", "KO")] == [
        ("Long-term", "HD", 10, 300, date(2022, 5, 2)),
        ("Long-term", "KO", 40, Decimal("62.5"), date(2022, 3, 1)),
    ]
    assert cash(found) == [("Long-term", Decimal("3100.5"))]
    assert found.rejected == ()


def test_ghostfolios_assets_without_a_market_are_private_under_their_names(sample: Sample, parsed: Parse) -> None:
    (unnamed,) = (lot for lot in sample("ghostfolio.json").lots if lot.position_class == "PRIVATE")
    own = activity(symbol='"house-1"', dataSource='"MANUAL"', unitPrice="250000")
    profiles = '"assetProfiles": [3, {"symbol": "house-1", "name": "A house"}]'
    (named,) = parsed(f'{{"activities": [{own}], {profiles}}}'.encode()).lots

    assert (unnamed.quantity, unnamed.entry_price, unnamed.name) == (1, 250_000, unnamed.symbol)
    assert (named.symbol, named.name, named.position_class) == ("HOUSE-1", "A house", "PRIVATE")


def activity(**changes: str) -> str:
    fields = {"quantity": "1", "type": '"BUY"', "unitPrice": "10", "date": '"2022-01-10"', "symbol": '"KO"'} | changes
    return "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"


def ghostfolio(*activities: str) -> bytes:
    return ('{"activities": [' + ", ".join(activities) + "]}").encode()


def test_more_sold_than_bought_is_a_short_until_it_is_covered(parsed: Parse) -> None:
    sold = activity(type='"SELL"', quantity="5", unitPrice="20", date='"2022-02-01"')
    bought = activity(quantity="2", date='"2022-03-01"')

    assert lots(parsed(ghostfolio(sold, bought))) == [(None, "KO", -3, 20, date(2022, 2, 1))]


def test_a_holding_of_which_one_activity_is_unreadable_is_left_out_whole(parsed: Parse) -> None:
    found = parsed(ghostfolio(activity(), activity(quantity="1e400"), activity(symbol='"PG"')))

    assert [lot.symbol for lot in found.lots] == ["PG"]
    assert [(row.row, row.column) for row in found.rejected] == [(2, "quantity"), (1, "symbol")]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"quantity": "1e400"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "null"}, "quantity"),
        ({"quantity": "[1]"}, "quantity"),
        ({"unitPrice": "-1"}, "unitPrice"),
        ({"date": '"2050-06-06T00:00:00.000Z"'}, "date"),
        ({"date": '"soon"'}, "date"),
        ({"symbol": '"K\\u0000O"'}, "symbol"),
        ({"symbol": '"\\ud800"'}, "symbol"),
        ({"symbol": "{}"}, "symbol"),
        ({"type": '"GIFT"'}, "type"),
    ],
)
def test_an_activity_that_cannot_be_taken_is_named(changes: dict[str, str], column: str, parsed: Parse) -> None:
    (rejected,) = parsed(ghostfolio(activity(**changes))).rejected

    assert (rejected.row, rejected.column) == (1, column)
    assert rejected.reason
    assert rejected.remedy
    assert rejected.value.isprintable()


def test_activities_that_are_no_objects_are_rejected(parsed: Parse) -> None:
    found = parsed(b'{"activities": [1, null, [], "BUY"], "accounts": [3], "meta": 7}')

    assert [row.row for row in found.rejected] == [1, 2, 3, 4]


def test_a_brokers_file_of_the_future_is_warned_of(parsed: Parse) -> None:
    content = (SAMPLES / "fidelity.csv").read_bytes().replace(b"Dec-27-2022", b"Dec-27-2031")

    found = parsed(content)

    assert found.as_of is None
    assert "The file's own date (Dec-27-2031) is not used: a date in the future." in found.warnings


@pytest.mark.parametrize(
    ("sample_name", "column"),
    [("schwab.csv", b'"Price"'), ("fidelity.csv", b"Quantity"), ("vanguard.csv", b"Share Price"),
     ("interactive_brokers.csv", b"Cost Price")],
)  # fmt: skip
def test_a_brokers_file_without_a_needed_column_says_which(sample_name: str, column: bytes, parsed: Parse) -> None:
    from app.importing.errors import MissingColumns

    content = (SAMPLES / sample_name).read_bytes().replace(column, b'"Else"')

    with pytest.raises(MissingColumns, match=column.decode().strip('"').lower()):
        parsed(content)
