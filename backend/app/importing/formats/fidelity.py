"""Fidelity: the download of the Positions page. One row a holding with its account; legal text below the table."""

import re
from datetime import date
from typing import ClassVar

from app.importing import dates, numbers
from app.importing.errors import MissingColumns
from app.importing.holding import HoldingColumns, holding, is_money_market
from app.importing.parsed import CashBalance, Findings, FormatName, ParsedFile, RowProblem
from app.importing.portfolio_name import account_label
from app.importing.reader import JsonDocument, Row, Sheet
from app.importing.table import Header, find_header

_RECOGNISED_BY = frozenset({"account number", "symbol", "description", "last price", "current value"})
_REQUIRED = ("account number", "symbol", "description", "quantity", "last price", "current value")
_COLUMNS = HoldingColumns("symbol", "quantity", "last price", "cost basis total", "average cost basis")
_DOWNLOADED = re.compile(
    r"date downloaded (?P<day>[A-Za-z]{3}-[0-9]{2}-[0-9]{4}|[0-9]{2}/[0-9]{2}/[0-9]{4}).*", re.IGNORECASE
)

# Marks a core account, whose money is uninvested
_CORE_MARK = "**"
_PENDING = "pending activity"


class Fidelity:
    name: ClassVar[FormatName] = "fidelity"
    label: ClassVar[str] = "a Fidelity positions export"

    def recognise(self, document: Sheet | JsonDocument) -> bool:
        return isinstance(document, Sheet) and find_header(document.rows, _RECOGNISED_BY) is not None

    def parse(self, document: Sheet | JsonDocument, today: date) -> ParsedFile:
        assert isinstance(document, Sheet)  # noqa: S101 - recognised
        index = find_header(document.rows, _RECOGNISED_BY) or 0
        header = Header.of(document.rows[index])
        if missing := [name for name in _REQUIRED if name not in header]:
            raise MissingColumns(self.label, missing, header.written.values())
        findings = Findings()
        rows = document.rows[index + 1 :]
        for row in rows:
            try:
                _read_row(row, header, findings)
            except RowProblem as problem:
                findings.reject(row.number, problem)
        return findings.file(self.name, self.label, _downloaded_on(rows, today, findings))


def _downloaded_on(rows: tuple[Row, ...], today: date, findings: Findings) -> date | None:
    matches = (_DOWNLOADED.fullmatch(row.cells[0]) for row in rows)
    found = next((match["day"] for match in matches if match), "")
    return dates.own_date(found, "Date downloaded", today, "month_first", findings)


def _read_row(row: Row, header: Header, findings: Findings) -> None:
    if sum(1 for cell in row.cells if cell) == 1:
        return  # legal text, or the day of the download
    account = account_label(header.cell(row, "account name"), header.cell(row, "account number"))
    symbol, description = header.cell(row, "symbol"), header.cell(row, "description")
    if _PENDING in (symbol.lower(), description.lower()):
        findings.warn("Pending activity is counted as cash.")
        findings.cash.append(_cash(row, header, account))
    elif symbol.endswith(_CORE_MARK) or is_money_market(description):
        findings.cash.append(_cash(row, header, account))
    else:
        findings.lots.append(holding(row, header, _COLUMNS, account, findings))


def _cash(row: Row, header: Header, account: str) -> CashBalance:
    amount = numbers.amount(header.cell(row, "current value"), header.label("current value"))
    return CashBalance(row.number, account, amount)
