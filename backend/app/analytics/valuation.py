"""What a position and a portfolio are worth."""

from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import InvalidInput, NonPositiveNav


def position_value(quantity: FloatArray | float, price: FloatArray | float) -> FloatArray:
    """Signed market value: quantity x price.

    The only place where a position is valued. Every market value, cost and profit of the product comes from here.

    Parameters
    ----------
    quantity : array of any shape
        Units held; negative is a short.
    price : array that broadcasts against `quantity`
        Price of one unit, in the portfolio's currency. NaN where it is unknown.

    Returns
    -------
    Array in currency; negative for a short. NaN where the price is NaN.
    """
    return np.asarray(np.multiply(quantity, price), dtype=np.float64)


def profit(quantity: FloatArray | float, price: FloatArray | float, reference: FloatArray | float) -> FloatArray:
    """Profit since a reference price: value at `price` minus value at `reference`.

    Positive is a gain for the holder: a short of 10 sold at 50 and now at 45 gives +50. NaN where a price is NaN.
    """
    return position_value(quantity, price) - position_value(quantity, reference)


@dataclass(frozen=True)
class PortfolioValue:
    """A portfolio at one moment, in currency. `short_value` is zero or negative.

    The leverages are ratios to NAV, None where NAV is zero or below.
    """

    cash: float
    long_value: float
    short_value: float

    @property
    def nav(self) -> float:
        return self.cash + self.long_value + self.short_value

    @property
    def gross_exposure(self) -> float:
        return self.long_value - self.short_value

    @property
    def net_exposure(self) -> float:
        return self.long_value + self.short_value

    @property
    def gross_leverage(self) -> float | None:
        return self.gross_exposure / self.nav if self.nav > 0 else None

    @property
    def net_leverage(self) -> float | None:
        return self.net_exposure / self.nav if self.nav > 0 else None


def portfolio_value(market_values: FloatArray, cash: float) -> PortfolioValue:
    """Add up a portfolio.

    Parameters
    ----------
    market_values : (N,) array, currency
        Signed market values. NaN (a position without a price) is left out; the caller names those positions.
    cash : float, currency
        May be negative.
    """
    if not np.isfinite(cash):
        raise InvalidInput("Cash must be a finite number.")
    known = market_values[np.isfinite(market_values)]
    return PortfolioValue(
        cash=cash, long_value=float(known[known > 0].sum()), short_value=float(known[known < 0].sum())
    )


def weights(market_values: FloatArray, nav: float) -> FloatArray:
    """Signed weights: market value over NAV.

    With the weight of cash (cash / NAV) they sum to 1. A short's weight is negative. NaN where the value is NaN.

    Raises
    ------
    NonPositiveNav
        NAV is zero or below.
    """
    if not nav > 0:
        raise NonPositiveNav(nav)
    return market_values / nav
