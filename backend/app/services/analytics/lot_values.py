"""What one unit of an option or of a private position is worth on each day: what no market price says."""

from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import DateArray, FloatArray
from app.analytics.option_history import (
    HISTORICAL_WINDOW,
    Contract,
    entry_volatility,
    option_values,
    settlement,
    spot_on,
    trailing_volatility,
)
from app.analytics.options import OptionTerms, OptionValue, option_value, years_to_expiry
from app.repositories.holding import LotRow, OptionRow, StatementRow
from app.schemas.position import VolatilitySource


@dataclass(frozen=True, eq=False)
class OptionHistory:
    """One option lot over the days of a book, per share of the underlying. NaN where it cannot be valued.

    `settled_at` is what it paid at expiry, None while it lives.
    """

    contract: Contract
    days: DateArray
    spots: FloatArray
    volatilities: FloatArray
    source: VolatilitySource
    values: FloatArray
    settled_at: float | None

    @property
    def spot(self) -> float:
        return float(self.spots[-1])

    @property
    def volatility(self) -> float:
        """Of the newest day."""
        return float(self.volatilities[-1])

    @property
    def newest(self) -> OptionValue:
        """Value and Greeks of a long option on one share; only where the newest value is known."""
        years = years_to_expiry(self.days[-1].item(), self.contract.expiry)
        return option_value(
            OptionTerms(self.contract.option_type, self.spot, self.contract.strike, years, self.volatility)
        )

    @property
    def unvalued_because(self) -> str:
        if not len(self.spots) or not np.isfinite(self.spot):
            return "No price of the underlying is known."
        return (
            "No volatility is stated, none follows from the entry price, and the underlying has fewer than "
            f"{HISTORICAL_WINDOW} daily returns."
        )


def option_history(
    lot: LotRow, terms: OptionRow, days: DateArray, spots: FloatArray, adjusted_closes: FloatArray
) -> OptionHistory:
    """`spots` are the underlying's closes without gaps, `adjusted_closes` its adjusted ones as they are."""
    contract = Contract(terms.option_type, terms.strike, terms.expiry)
    volatilities, source = _volatilities(lot, terms, contract, days, spots, adjusted_closes)
    return OptionHistory(
        contract=contract,
        days=days,
        spots=spots,
        volatilities=volatilities,
        source=source,
        values=option_values(contract, days, spots, volatilities),
        settled_at=settlement(contract, days, spots),
    )


def private_values(lot: LotRow, statement: StatementRow, days: DateArray) -> FloatArray:
    """The entry price up to the statement, the stated value from its day on; the newest day takes a later one."""
    values = np.full(len(days), lot.entry_price)
    values[min(int(np.searchsorted(days, np.datetime64(statement.day, "D"))), max(len(days) - 1, 0)) :] = (
        statement.value
    )
    return values


def _volatilities(
    lot: LotRow,
    terms: OptionRow,
    contract: Contract,
    days: DateArray,
    spots: FloatArray,
    adjusted_closes: FloatArray,
) -> tuple[FloatArray, VolatilitySource]:
    """Stated, else what the entry price implies, else the underlying's own of the 63 days before each day."""
    if terms.volatility is not None:
        return np.full(len(days), terms.volatility), "stated"
    implied = entry_volatility(contract, lot.entry_date, lot.entry_price, spot_on(lot.entry_date, days, spots))
    if implied is not None:
        return np.full(len(days), implied), "implied"
    return trailing_volatility(adjusted_closes), "historical"
