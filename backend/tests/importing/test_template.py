"""The template's cells: every way in which one can be wrong, and the ways in which people write what is right."""

from decimal import Decimal

import pytest

from app.importing.parsed import RejectedRow
from tests.importing.conftest import Parse

HEADER = "symbol,quantity,entry_date,entry_price"


def row(symbol: str = "AAPL", quantity: str = "10", entry_date: str = "2022-01-03", price: str = "100") -> str:
    return ",".join(f'"{cell}"' for cell in (symbol, quantity, entry_date, price))


def rejected(parsed: Parse, *rows: str) -> tuple[RejectedRow, ...]:
    found = parsed("\n".join((HEADER, *rows)).encode())
    assert len(found.lots) + len(found.rejected) == len(rows)
    return found.rejected


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"symbol": "=cmd|' /C calc'!A0"}, "symbol", "a formula where a symbol is expected"),
        ({"symbol": "@SUM(A1)"}, "symbol", "a formula where a symbol is expected"),
        ({"symbol": ""}, "symbol", "no symbol"),
        ({"symbol": "\u0410APL"}, "symbol", "CYRILLIC CAPITAL LETTER A (U+0410)"),
        ({"symbol": "AAP\u200bL"}, "symbol", "ZERO WIDTH SPACE (U+200B)"),
        ({"symbol": "\uff21\uff21\uff30\uff2c"}, "symbol", "FULLWIDTH LATIN CAPITAL LETTER A"),
        ({"symbol": "AAPL; drop table"}, "symbol", "not a symbol"),
        ({"symbol": "A" * 500}, "symbol", "not a symbol"),
        ({"quantity": "0"}, "quantity", "a quantity of zero"),
        ({"quantity": "0.000000001"}, "quantity", "a quantity of zero"),
        ({"quantity": ""}, "quantity", "no number"),
        ({"quantity": "ten"}, "quantity", "not a number"),
        ({"quantity": "NaN"}, "quantity", "not a number"),
        ({"quantity": "inf"}, "quantity", "not a number"),
        ({"quantity": "1e308"}, "quantity", "beyond ±1,000,000,000"),
        ({"quantity": "-1e9999"}, "quantity", "beyond ±1,000,000,000"),
        ({"quantity": "9" * 5000}, "quantity", "not a number"),
        ({"quantity": "1.2.3"}, "quantity", "not a number"),
        ({"quantity": "10%"}, "quantity", "not a number"),
        ({"quantity": "\u0661\u0660"}, "quantity", "not a number"),
        ({"quantity": "=1+1"}, "quantity", "a formula where a number is expected"),
        ({"price": "0"}, "entry_price", "not above zero"),
        ({"price": "-5"}, "entry_price", "not above zero"),
        ({"price": "1e12"}, "entry_price", "beyond ±1,000,000,000"),
        ({"entry_date": "2023-01-06"}, "entry_date", "a date in the future"),
        ({"entry_date": "1066-10-14"}, "entry_date", "a date before 1900"),
        ({"entry_date": "2022-02-30"}, "entry_date", "there is no such day"),
        ({"entry_date": "13/13/2022"}, "entry_date", "there is no such day"),
        ({"entry_date": "1/2/22"}, "entry_date", "a year of two digits"),
        ({"entry_date": "=TODAY()"}, "entry_date", "a formula where a date is expected"),
        ({"entry_date": "soon"}, "entry_date", "not a date"),
        ({"entry_date": ""}, "entry_date", "no date"),
        ({"entry_date": "03/04/2022"}, "entry_date", "day and month could be either way round"),
    ],
)
def test_a_cell_that_cannot_be_taken(cells: dict[str, str], column: str, reason: str, parsed: Parse) -> None:
    (found,) = rejected(parsed, row(), row(**cells), row())[:1]

    assert (found.row, found.column) == (3, column)
    assert reason in found.reason
    assert found.remedy.endswith(".")
    assert found.value.isprintable()
    assert len(found.value) <= 61


def test_every_bad_row_is_listed_and_every_good_one_kept(parsed: Parse) -> None:
    found = parsed("\n".join((HEADER, row(), row(quantity="0"), "", row(price="x"), row("MSFT"))).encode())

    assert [lot.symbol for lot in found.lots] == ["AAPL", "MSFT"]
    assert [problem.row for problem in found.rejected] == [3, 5]


def test_a_row_with_shifted_cells_is_rejected(parsed: Parse) -> None:
    (found,) = rejected(parsed, "AAPL,1,000,2022-01-03,100")

    assert "a value beyond the last column" in found.reason


def test_a_row_that_ends_early_lacks_what_is_missing(parsed: Parse) -> None:
    (found,) = rejected(parsed, "AAPL,10")

    assert (found.column, found.reason) == ("entry_date", "no date")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1,234.5", "1234.5"),
        ("$1,234.50", "1234.5"),
        ("1234.50 USD", "1234.5"),
        ("(12.5)", "-12.5"),
        ("($1,000)", "-1000"),
        ("12.5-", "-12.5"),
        ("+12.5", "12.5"),
        ("\u221212.5", "-12.5"),
        ("1 234.5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("1E+3", "1000"),
        (".5", "0.5"),
        ("0.12345678", "0.12345678"),
    ],
)
def test_numbers_as_people_write_them(written: str, read: str, parsed: Parse) -> None:
    (lot,) = parsed(f"{HEADER}\n{row(quantity=written)}\n".encode()).lots

    assert lot.quantity == Decimal(read)


def test_decimal_commas_in_a_file_of_semicolons(parsed: Parse) -> None:
    content = "symbol;quantity;entry_date;entry_price\nAAPL;1.234,5;03.01.2022;100,25\nMSFT;1.000;04.01.2022;1.250\n"

    found = parsed(content.encode())

    assert [(lot.quantity, lot.entry_price) for lot in found.lots] == [
        (Decimal("1234.5"), Decimal("100.25")),
        (1000, 1250),
    ]


def test_a_number_that_could_be_two_is_rejected_where_nothing_decides(parsed: Parse) -> None:
    found = parsed(b"symbol;quantity;entry_date;entry_price\nAAPL;10;2022-01-03;37.994\n")

    (problem,) = found.rejected
    assert (problem.column, problem.value) == ("entry_price", "37.994")
    assert "thousands or decimals" in problem.reason


@pytest.mark.parametrize(
    ("dates", "read"),
    [
        (("13/02/2022", "03/04/2022"), ["2022-02-13", "2022-04-03"]),
        (("02/13/2022", "03/04/2022"), ["2022-02-13", "2022-03-04"]),
        (("03.04.2022", "04.04.2022"), ["2022-04-03", "2022-04-04"]),
        (("2022/04/03", "20220403"), ["2022-04-03", "2022-04-03"]),
        (("2022-04-03 10:15:00", "2022-04-03T10:15:00Z"), ["2022-04-03", "2022-04-03"]),
        (("3 Apr 2022", "Apr 3, 2022"), ["2022-04-03", "2022-04-03"]),
        (("03-Apr-2022", "April 3, 2022"), ["2022-04-03", "2022-04-03"]),
        (("04/04/2022", "05/05/2022"), ["2022-04-04", "2022-05-05"]),
    ],
)
def test_the_order_of_a_column_of_dates_is_decided_together(
    dates: tuple[str, str], read: list[str], parsed: Parse
) -> None:
    found = parsed("\n".join((HEADER, *(row(entry_date=text) for text in dates))).encode())

    assert [str(lot.entry_date) for lot in found.lots] == read


def test_a_column_that_contradicts_itself_keeps_only_what_is_plain(parsed: Parse) -> None:
    found = rejected(parsed, row(entry_date="13/02/2022"), row(entry_date="02/13/2022"), row(entry_date="03/04/2022"))

    assert [problem.row for problem in found] == [4]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
def test_encodings(encoding: str, parsed: Parse) -> None:
    content = f"portfolio,{HEADER}\nAltersvorsorge für Zoë,{row()}\n".encode(encoding)

    (lot,) = parsed(content).lots

    assert (lot.portfolio, lot.symbol) == ("Altersvorsorge für Zoë", "AAPL")


def test_a_guessed_encoding_is_said(parsed: Parse) -> None:
    found = parsed(f"portfolio,{HEADER}\nfür,{row()}\n".encode("cp1252"))

    assert found.warnings == ("The file is not UTF-8: it was read as Windows-1252 (Latin-1).",)


def test_tabs_capital_headers_and_spaces(parsed: Parse) -> None:
    found = parsed(b" Symbol \tQUANTITY\tEntry Date\tEntry_Price\n aapl \t 10 \t2022-01-03\t 1.5 \n")

    assert [(lot.symbol, lot.quantity, lot.entry_price) for lot in found.lots] == [("AAPL", 10, Decimal("1.5"))]


def test_a_line_break_inside_quotes_belongs_to_its_row(parsed: Parse) -> None:
    found = parsed(f'portfolio,{HEADER}\n"My\nfunds",{row()}\nMine,{row(quantity="0")}\n'.encode())

    assert found.lots[0].portfolio == "My funds"
    assert [problem.row for problem in found.rejected] == [3]


def test_a_formula_in_a_name_is_text(parsed: Parse) -> None:
    (lot,) = parsed(f"portfolio,{HEADER}\n=cmd(),{row()}\n".encode()).lots

    assert lot.portfolio == "=cmd()"


@pytest.mark.parametrize("name", ["", "x" * 121, "a\u202eb", "a\u200bb"])
def test_a_portfolio_without_a_proper_name_is_rejected(name: str, parsed: Parse) -> None:
    (problem,) = parsed(f'portfolio,{HEADER}\n"{name}",{row()}\n'.encode()).rejected

    assert problem.column == "portfolio"


@pytest.mark.parametrize(("price", "is_cash"), [("1", True), ("", True), ("1.00", True), ("2", False)])
def test_cash_has_the_price_of_one_or_none(price: str, is_cash: bool, parsed: Parse) -> None:
    found = parsed(f"{HEADER}\n{row('Cash', '-50', price=price)}\n".encode())

    assert (len(found.cash), len(found.rejected)) == ((1, 0) if is_cash else (0, 1))
