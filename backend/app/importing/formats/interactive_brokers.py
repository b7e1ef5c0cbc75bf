"""Interactive Brokers: an activity statement as CSV.

Every row begins with its section and its kind (Header, Data, Total); a section may have several headers, each for the
rows below it. Read are Statement (the period), Account Information, Cash Report and Open Positions. A position is a
Summary row and, where the statement was asked for them, its lots with their days.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from app.importing import dates, numbers
from app.importing.display import shown
from app.importing.errors import MissingColumns
from app.importing.parsed import CashBalance, Findings, FormatName, Lot, ParsedFile, RowProblem
from app.importing.portfolio_name import account_label
from app.importing.reader import JsonDocument, Row, Sheet
from app.importing.symbols import security
from app.importing.table import HEADER_SEARCH_ROWS, Header, normalised

_OPEN_POSITIONS = ("open positions", "long open positions", "short open positions")
_SECTIONS = ("statement", "account information", "cash report", *_OPEN_POSITIONS)
_REQUIRED = ("asset category", "currency", "symbol", "quantity", "cost price")
_BASE_SUMMARY = "base currency summary"
# Kinds that a quantity and a price per share describe
_SUPPORTED = ("stocks", "equity and index options", "funds", "mutual funds")
_KIND_REMEDY = "Leave the row out: only shares, funds and listed options can be held here."


@dataclass(frozen=True, slots=True)
class _Entry:
    section: str
    header: Header
    row: Row

    def cell(self, name: str) -> str:
        return self.header.cell(self.row, name)


class InteractiveBrokers:
    name: ClassVar[FormatName] = "interactive_brokers"
    label: ClassVar[str] = "an Interactive Brokers activity statement"

    def recognise(self, document: Sheet | JsonDocument) -> bool:
        if not isinstance(document, Sheet):
            return False
        starts = [tuple(normalised(cell) for cell in row.cells[:2]) for row in document.rows[:HEADER_SEARCH_ROWS]]
        return any(start == (section, "header") for start in starts for section in ("statement", *_OPEN_POSITIONS))

    def parse(self, document: Sheet | JsonDocument, today: date) -> ParsedFile:
        assert isinstance(document, Sheet)  # noqa: S101 - recognised
        entries = list(_entries(document))
        findings = Findings()
        account = account_label("Interactive Brokers", _field(entries, "account information", "Account"))
        _read_positions(entries, account, today, findings)
        _read_cash(entries, account, findings)
        return findings.file(self.name, self.label, _period_end(entries, today, findings))


def _entries(sheet: Sheet) -> Iterator[_Entry]:
    headers: dict[str, Header] = {}
    for row in sheet.rows:
        section, kind = normalised(row.cells[0]), "".join(row.cells[1:2]).lower()
        if section not in _SECTIONS:
            continue
        if kind == "header":
            # The section's own name stands in the first column, and may be that of another column
            headers[section] = Header.of(replace(row, cells=("", "", *row.cells[2:])))
            _check(section, headers[section])
        elif kind == "data" and section in headers:
            yield _Entry(section, headers[section], row)


def _check(section: str, header: Header) -> None:
    if section in _OPEN_POSITIONS and (missing := [name for name in _REQUIRED if name not in header]):
        raise MissingColumns(InteractiveBrokers.label, missing, header.written.values())


def _field(entries: list[_Entry], section: str, name: str) -> str:
    """A value of a section that lists names and values."""
    found = (entry for entry in entries if entry.section == section and entry.cell("field name") == name)
    return next((entry.cell("field value") for entry in found), "")


def _period_end(entries: list[_Entry], today: date, findings: Findings) -> date | None:
    """The last day of "January 3, 2022 - December 28, 2022", or the one day of a daily statement."""
    period = _field(entries, "statement", "Period")
    return dates.own_date(period.split(" - ")[-1], "Period", today, None, findings)


def _read_positions(entries: list[_Entry], account: str, today: date, findings: Findings) -> None:
    positions = [entry for entry in entries if entry.section in _OPEN_POSITIONS]
    summaries = [entry for entry in positions if entry.cell("datadiscriminator").lower() in ("summary", "")]
    lots: dict[tuple[str, str, str], list[_Entry]] = {}
    for entry in positions:
        if entry.cell("datadiscriminator").lower() == "lot":
            lots.setdefault(_key(entry), []).append(entry)
    for summary in summaries:
        try:
            findings.lots.extend(_position(summary, lots.get(_key(summary), []), account, today, findings))
        except RowProblem as problem:
            findings.reject(summary.row.number, problem)


def _key(entry: _Entry) -> tuple[str, str, str]:
    return entry.section, entry.cell("currency"), entry.cell("symbol")


def _position(summary: _Entry, lots: list[_Entry], account: str, today: date, findings: Findings) -> list[Lot]:
    """Its lots where they add up to it; the whole at its average cost where there are none."""
    whole = _lot(summary, account)
    if not lots:
        return [whole]
    dated = [replace(_lot(entry, account), entry_date=_opened(entry, today)) for entry in lots]
    if sum(lot.quantity for lot in dated) == whole.quantity:
        return dated
    findings.warn(f"The lots of {shown(whole.symbol)} do not add up to its position, which is taken as one lot.")
    return [whole]


def _lot(entry: _Entry, account: str) -> Lot:
    category = entry.cell("asset category")
    if category.lower() not in _SUPPORTED:
        raise RowProblem("Asset Category", shown(category), "a kind of asset that is not supported", _KIND_REMEDY)
    found = security(entry.cell("symbol"), "Symbol")
    return Lot(
        row=entry.row.number,
        portfolio=account,
        symbol=found.symbol,
        position_class=found.position_class,
        quantity=numbers.quantity(entry.cell("quantity"), "Quantity"),
        entry_price=numbers.price(entry.cell("cost price"), "Cost Price"),
        currency=entry.cell("currency") or None,
    )


def _opened(entry: _Entry, today: date) -> date:
    return dates.day(entry.cell("open"), "Open", today, None)


def _read_cash(entries: list[_Entry], account: str, findings: Findings) -> None:
    """The ending cash of all currencies together, in the account's own."""
    base = _field(entries, "account information", "Base Currency") or None
    for entry in entries:
        if entry.section != "cash report" or entry.cell("currency summary").lower() != "ending cash":
            continue
        if entry.cell("currency").lower() != _BASE_SUMMARY:
            continue
        try:
            amount = numbers.amount(entry.cell("total"), "Total")
            findings.cash.append(CashBalance(entry.row.number, account, amount, currency=base))
        except RowProblem as problem:
            findings.reject(entry.row.number, problem)
