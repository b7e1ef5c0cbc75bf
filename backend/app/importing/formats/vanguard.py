"""Vanguard: the CSV of the download centre. Holdings first, then a table of transactions, which is not read.

It states neither cost nor day: lots are taken at the file's share price.
"""

from datetime import date
from typing import ClassVar

from app.importing import numbers
from app.importing.errors import MissingColumns
from app.importing.holding import HoldingColumns, holding, is_money_market
from app.importing.parsed import CashBalance, Findings, FormatName, ParsedFile, RowProblem
from app.importing.portfolio_name import account_label
from app.importing.reader import JsonDocument, Row, Sheet
from app.importing.table import Header, find_header, names_of

_RECOGNISED_BY = frozenset({"account number", "investment name", "shares"})
_REQUIRED = ("account number", "investment name", "symbol", "shares", "share price", "total value")
_TRANSACTIONS = frozenset({"account number", "trade date"})
_COLUMNS = HoldingColumns("symbol", "shares", "share price")


class Vanguard:
    name: ClassVar[FormatName] = "vanguard"
    label: ClassVar[str] = "a Vanguard download"

    def recognise(self, document: Sheet | JsonDocument) -> bool:
        return isinstance(document, Sheet) and find_header(document.rows, _RECOGNISED_BY) is not None

    def parse(self, document: Sheet | JsonDocument, today: date) -> ParsedFile:  # noqa: ARG002 - it states no day
        assert isinstance(document, Sheet)  # noqa: S101 - recognised
        index = find_header(document.rows, _RECOGNISED_BY) or 0
        header = Header.of(document.rows[index])
        if missing := [name for name in _REQUIRED if name not in header]:
            raise MissingColumns(self.label, missing, header.written.values())
        findings = Findings()
        for row in document.rows[index + 1 :]:
            if names_of(row) >= _TRANSACTIONS:
                findings.warn("The transactions in this file are not read: only what is held now.")
                break
            try:
                _read_row(row, header, findings)
            except RowProblem as problem:
                findings.reject(row.number, problem)
        return findings.file(self.name, self.label)


def _read_row(row: Row, header: Header, findings: Findings) -> None:
    account = account_label("Vanguard", header.cell(row, "account number"))
    if is_money_market(header.cell(row, "investment name")):
        amount = numbers.amount(header.cell(row, "total value"), header.label("total value"))
        findings.cash.append(CashBalance(row.number, account, amount))
    else:
        findings.lots.append(holding(row, header, _COLUMNS, account, findings))
