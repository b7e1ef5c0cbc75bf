"""What a file says, once it is understood."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

FormatName = Literal["template", "schwab", "fidelity", "vanguard", "interactive_brokers", "ghostfolio"]
LotClass = Literal["PUBLIC", "OPTIONS", "PRIVATE"]


@dataclass(frozen=True, slots=True)
class Lot:
    """Units bought, or sold short where negative. `row` is where the file says so, counted from 1.

    `portfolio` and `entry_date` are None where the file names none. `entry_price` is per share, also of an option.
    `name` is of private lots only, whose `symbol` is a label that no market knows.
    """

    row: int
    portfolio: str | None
    symbol: str
    quantity: Decimal
    entry_price: Decimal
    entry_date: date | None = None
    currency: str | None = None
    position_class: LotClass = "PUBLIC"
    name: str = ""


@dataclass(frozen=True, slots=True)
class CashBalance:
    """Money beside the lots; negative on margin. `currency` is None where the file names none."""

    row: int
    portfolio: str | None
    amount: Decimal
    day: date | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not imported. `value` is safe to show: short, and nothing in it is invisible."""

    row: int
    column: str | None
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """`as_of` is the day that the file states for itself; lots and cash without a date of their own are of that day."""

    format: FormatName
    label: str
    lots: tuple[Lot, ...]
    cash: tuple[CashBalance, ...]
    rejected: tuple[RejectedRow, ...]
    warnings: tuple[str, ...]
    as_of: date | None = None


class RowProblem(Exception):
    """Why a row cannot be taken. Raised while reading a cell, collected with the row's number."""

    def __init__(self, column: str | None, value: str, reason: str, remedy: str) -> None:
        self.column = column
        self.value = value
        self.reason = reason
        self.remedy = remedy
        super().__init__(reason)

    def at(self, row: int) -> RejectedRow:
        return RejectedRow(row, self.column, self.value, self.reason, self.remedy)


@dataclass(slots=True)
class Findings:
    """What a parser gathers on its way through a file."""

    lots: list[Lot] = field(default_factory=list)
    cash: list[CashBalance] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)

    def reject(self, row: int, problem: RowProblem) -> None:
        self.rejected.append(problem.at(row))

    def warn(self, sentence: str) -> None:
        self.warnings[sentence] += 1

    def file(self, name: FormatName, label: str, as_of: date | None = None) -> ParsedFile:
        warnings = tuple(
            sentence if count == 1 else f"{sentence} ({count} rows)" for sentence, count in self.warnings.items()
        )
        return ParsedFile(name, label, tuple(self.lots), tuple(self.cash), tuple(self.rejected), warnings, as_of)
