"""Charles Schwab: the export of the Positions page, of one account or of all.

A title names the account and the day; under it a header, the holdings, a row of cash and a row of totals. In the export
of all accounts each account has its own header, below a row with nothing but its name.
"""

import re
from datetime import date
from typing import ClassVar

from app.importing import dates, numbers
from app.importing.errors import MissingColumns
from app.importing.holding import HoldingColumns, holding, is_money_market
from app.importing.parsed import CashBalance, Findings, FormatName, ParsedFile, RowProblem
from app.importing.portfolio_name import account_label
from app.importing.reader import JsonDocument, Row, Sheet
from app.importing.table import Header, find_header, names_of

# What stays the same through the years; quantity and market value have had several names
_ALWAYS = frozenset({"symbol", "description", "cost basis"})
_KINDS = ("security type", "asset type")
_QUANTITIES = ("qty (quantity)", "quantity")
_VALUES = ("mkt val (market value)", "market value")

_TITLE = re.compile(r"positions for (?:account )?(?P<account>.*?) as of (?P<when>.*)", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4}")
_ACCOUNT = re.compile(r"(?P<name>.*?)[ .]*(?P<number>[0-9X-]{3,})?")
_TOTALS = ("account total", "positions total", "total")


class Schwab:
    name: ClassVar[FormatName] = "schwab"
    label: ClassVar[str] = "a Charles Schwab positions export"

    def recognise(self, document: Sheet | JsonDocument) -> bool:
        if not isinstance(document, Sheet):
            return False
        index = find_header(document.rows, _ALWAYS)
        return index is not None and _is_header(document.rows[index])

    def parse(self, document: Sheet | JsonDocument, today: date) -> ParsedFile:
        assert isinstance(document, Sheet)  # noqa: S101 - recognised
        reading = _Reading()
        for row in document.rows:
            try:
                reading.take(row, today)
            except RowProblem as problem:
                reading.findings.reject(row.number, problem)
        return reading.findings.file(self.name, self.label, reading.as_of)


def _is_header(row: Row) -> bool:
    names = names_of(row)
    return names >= _ALWAYS and any(kind in names for kind in _KINDS)


class _Reading:
    """Where one is in the file: under which account, under which header."""

    def __init__(self) -> None:
        self.findings = Findings()
        self.as_of: date | None = None
        self._account: str | None = None
        self._header: Header | None = None

    def take(self, row: Row, today: date) -> None:
        if title := _TITLE.fullmatch(row.cells[0]):
            self._title(title, today)
        elif _is_header(row):
            self._header = _checked(Header.of(row))
        elif sum(1 for cell in row.cells if cell) == 1:
            self._account = _account_name(row.cells[0])
        elif self._header is not None:
            self._position(row, self._header)

    def _title(self, title: re.Match[str], today: date) -> None:
        if found := _DAY.search(title["when"]):
            self.as_of = dates.own_date(found[0], "title", today, "month_first", self.findings)
        self._account = _account_name(title["account"])

    def _position(self, row: Row, header: Header) -> None:
        symbol = header.cell(row, "symbol")
        if symbol.lower() in _TOTALS:
            return
        kind = header.cell(row, header.first_of(*_KINDS))
        if any(is_money_market(text) for text in (symbol, header.cell(row, "description"), kind)):
            value = header.first_of(*_VALUES)
            amount = numbers.amount(header.cell(row, value), header.label(value))
            self.findings.cash.append(CashBalance(row.number, self._account, amount))
        else:
            self.findings.lots.append(holding(row, header, _columns(header), self._account, self.findings))


def _checked(header: Header) -> Header:
    needed = (*_ALWAYS, header.first_of(*_QUANTITIES), header.first_of(*_VALUES), "price")
    if missing := [name for name in needed if name not in header]:
        raise MissingColumns(Schwab.label, missing, header.written.values())
    return header


def _columns(header: Header) -> HoldingColumns:
    return HoldingColumns(
        symbol="symbol", quantity=header.first_of(*_QUANTITIES), price="price", total_cost="cost basis"
    )


def _account_name(text: str) -> str:
    match = _ACCOUNT.fullmatch(text.strip('" '))
    return account_label(match["name"], match["number"] or "") if match else account_label(text, "")
