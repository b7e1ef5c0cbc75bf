from datetime import date
from typing import Literal
from uuid import UUID

from app.models.portfolio import PositionClass
from app.schemas.base import Schema

FormatName = Literal["template", "schwab", "fidelity", "vanguard", "interactive_brokers", "ghostfolio"]


class RejectedRowOut(Schema):
    """A row that is not imported. `row` counts from 1 as a spreadsheet does (in JSON: the activity).

    `value` is what the file says there, cut short, with invisible characters spelled out; it is text, never a formula.
    """

    row: int
    column: str | None
    value: str
    reason: str
    remedy: str


class ImportedPosition(Schema):
    """One lot. `row` is where the file says so. A negative quantity is a short."""

    row: int
    symbol: str
    name: str
    position_class: PositionClass
    quantity: float
    entry_date: date
    entry_price: float


class ImportedCash(Schema):
    row: int
    amount: float
    date: date


class ImportedPortfolio(Schema):
    """What goes into one portfolio. `portfolio_id` is null for one that is not made yet, as in a dry run."""

    portfolio_id: UUID | None
    name: str
    is_new: bool
    positions: list[ImportedPosition]
    cash: list[ImportedCash]


class ImportReport(Schema):
    """What an import makes or, in a dry run, what it would make.

    `as_of` is the day given to lots and cash without a date of their own; null where each has one.
    """

    is_dry_run: bool
    format: FormatName
    format_label: str
    as_of: date | None
    portfolios: list[ImportedPortfolio]
    position_count: int
    rejected_rows: list[RejectedRowOut]
    unknown_symbols: list[str]
    warnings: list[str]
