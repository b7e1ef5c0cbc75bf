"""The product's own CSV: symbol, quantity, entry_date, entry_price, and portfolio where there are several.

A row with the symbol CASH is money: its quantity is the amount, its price 1 or nothing.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.importing import dates, numbers
from app.importing.dates import DateOrder
from app.importing.display import shown
from app.importing.errors import MissingColumns
from app.importing.numbers import NumberStyle
from app.importing.parsed import CashBalance, Findings, FormatName, Lot, ParsedFile, RowProblem
from app.importing.portfolio_name import portfolio_name
from app.importing.reader import JsonDocument, Row, Sheet
from app.importing.symbols import security
from app.importing.table import Header, names_of

REQUIRED = ("symbol", "quantity", "entry date", "entry price")
CASH = "CASH"

# So many of them mean the template: a misspelt or missing column then gets a better answer than "unknown"
RECOGNISED_BY = 2


@dataclass(frozen=True, slots=True)
class _Conventions:
    """How this file writes dates and numbers, decided from all of its rows."""

    date_order: DateOrder | None
    number_style: NumberStyle | None


class Template:
    name: ClassVar[FormatName] = "template"
    label: ClassVar[str] = "the SigmaSight CSV template"

    def recognise(self, document: Sheet | JsonDocument) -> bool:
        return isinstance(document, Sheet) and len(names_of(document.rows[0]) & set(REQUIRED)) >= RECOGNISED_BY

    def parse(self, document: Sheet | JsonDocument, today: date) -> ParsedFile:
        assert isinstance(document, Sheet)  # noqa: S101 - recognised
        header = Header.of(document.rows[0])
        if missing := [name.replace(" ", "_") for name in REQUIRED if name not in header]:
            raise MissingColumns(self.label, missing, header.written.values())
        rows = document.rows[1:]
        conventions = _conventions(rows, header, document.delimiter)
        findings = Findings()
        for row in rows:
            try:
                _read_row(row, header, conventions, today, findings)
            except RowProblem as problem:
                findings.reject(row.number, problem)
        return findings.file(self.name, self.label)


def _conventions(rows: tuple[Row, ...], header: Header, delimiter: str) -> _Conventions:
    figures = [header.cell(row, name) for row in rows for name in ("quantity", "entry price")]
    return _Conventions(
        date_order=dates.date_order(header.cell(row, "entry date") for row in rows),
        number_style=numbers.number_style(figures, delimiter),
    )


def _read_row(row: Row, header: Header, conventions: _Conventions, today: date, findings: Findings) -> None:
    header.refuse_overlong(row)
    portfolio = portfolio_name(header.cell(row, "portfolio"), "portfolio") if "portfolio" in header else None
    if header.cell(row, "symbol").upper() == CASH:
        findings.cash.append(_cash(row, header, conventions, today, portfolio))
    else:
        findings.lots.append(_lot(row, header, conventions, today, portfolio))


def _lot(row: Row, header: Header, conventions: _Conventions, today: date, portfolio: str | None) -> Lot:
    found = security(header.cell(row, "symbol"), header.label("symbol"))
    style = conventions.number_style
    return Lot(
        row=row.number,
        portfolio=portfolio,
        symbol=found.symbol,
        position_class=found.position_class,
        quantity=numbers.quantity(header.cell(row, "quantity"), header.label("quantity"), style),
        entry_date=_entry_date(row, header, conventions, today),
        entry_price=numbers.price(header.cell(row, "entry price"), header.label("entry price"), style),
    )


def _cash(row: Row, header: Header, conventions: _Conventions, today: date, portfolio: str | None) -> CashBalance:
    price_text = header.cell(row, "entry price")
    if price_text and numbers.number(price_text, header.label("entry price"), conventions.number_style) != 1:
        raise RowProblem(
            header.label("entry price"), shown(price_text), "cash whose price is not 1", "Put the amount into quantity."
        )
    return CashBalance(
        row=row.number,
        portfolio=portfolio,
        amount=numbers.amount(header.cell(row, "quantity"), header.label("quantity"), conventions.number_style),
        day=_entry_date(row, header, conventions, today),
    )


def _entry_date(row: Row, header: Header, conventions: _Conventions, today: date) -> date:
    return dates.day(header.cell(row, "entry date"), header.label("entry date"), today, conventions.date_order)
