"""What brokers' position exports have in common: a holding at its average cost, or money by another name."""

from dataclasses import dataclass
from decimal import Decimal

from app.importing import numbers
from app.importing.parsed import Findings, Lot
from app.importing.reader import Row
from app.importing.symbols import security
from app.importing.table import Header

NO_COST_BASIS = "No cost basis is given: the file's own price is taken as the entry price."

_MONEY_MARKET_WORDS = ("money market", "money mkt", "cash reserves", "settlement fund", "cash & cash investments")


@dataclass(frozen=True, slots=True)
class HoldingColumns:
    """Names of the columns, normalised; None where a broker has no such column."""

    symbol: str
    quantity: str
    price: str
    total_cost: str | None = None
    average_cost: str | None = None


def is_money_market(description: str) -> bool:
    """A fund that is worth 1 a share is cash to a person, and has no price in market data."""
    lowered = description.lower()
    return any(words in lowered for words in _MONEY_MARKET_WORDS)


def holding(row: Row, header: Header, columns: HoldingColumns, portfolio: str | None, findings: Findings) -> Lot:
    found = security(header.cell(row, columns.symbol), header.label(columns.symbol))
    quantity = numbers.quantity(header.cell(row, columns.quantity), header.label(columns.quantity))
    return Lot(
        row=row.number,
        portfolio=portfolio,
        symbol=found.symbol,
        position_class=found.position_class,
        quantity=quantity,
        entry_price=_entry_price(row, header, columns, quantity * found.units, findings),
    )


def _entry_price(row: Row, header: Header, columns: HoldingColumns, shares: Decimal, findings: Findings) -> Decimal:
    """Per share. From the total cost where it is given, since averages are rounded to the cent."""
    for column, divisor in ((columns.total_cost, abs(shares)), (columns.average_cost, Decimal(1))):
        text = header.cell(row, column) if column else ""
        if column and not numbers.is_missing(text) and (cost := numbers.number(text, header.label(column))):
            return numbers.positive_price(abs(cost) / divisor, header.label(column))
    findings.warn(NO_COST_BASIS)
    return numbers.price(header.cell(row, columns.price), header.label(columns.price))
