"""The return on the money as it was paid in and taken out."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from app.analytics.arrays import FloatArray
from app.analytics.errors import InsufficientData, InvalidInput, Undefined
from app.analytics.volatility import TRADING_DAYS_PER_YEAR

# Growth over the whole period that is looked for: from a loss of 99.9999 % to a million times the money
_GROWTH_GRID = np.geomspace(1e-6, 1e6, 241)


class NoMoneyWeightedReturn(Undefined):
    def __init__(self, reason: str) -> None:
        super().__init__(f"The money-weighted return is undefined because {reason}.")


@dataclass(frozen=True)
class MoneyWeightedReturn:
    """`period_return` is the fraction earned over all `trading_days`, not per year."""

    period_return: float
    trading_days: int

    def annualized(self) -> float:
        """The same rate per year of 252 days.

        Raises
        ------
        InsufficientData
            Less than a year.
        """
        if self.trading_days < TRADING_DAYS_PER_YEAR:
            raise InsufficientData(
                "Annualised money-weighted return", needed=TRADING_DAYS_PER_YEAR, had=self.trading_days
            )
        value: float = (1.0 + self.period_return) ** (TRADING_DAYS_PER_YEAR / self.trading_days)
        return value - 1.0


def money_weighted_return(opening_value: float, flows: FloatArray, closing_value: float) -> MoneyWeightedReturn:
    """Internal rate of return: the growth g of the whole period at which all money paid in becomes the closing value.

    opening x g + sum_t flow_t x g^((T - t) / T) = closing, with t = 0 .. T-1 the row of a flow at the start of its
    day, as in the daily snapshots, and time counted in trading days. With one payment at the start it is therefore
    exactly the time-weighted return; the two differ by how well payments were timed.

    Parameters
    ----------
    opening_value : float, currency
        Value before the first day; 0 where the portfolio begins with the first flow.
    flows : (T,) array, currency, T >= 1, no NaN
        Paid in is positive, taken out is negative.
    closing_value : float, currency
        Value at the end of the last day.

    Raises
    ------
    InsufficientData
        No day.
    NoMoneyWeightedReturn
        Nothing was paid in, the closing value is negative, or more than one rate fits (payments out that exceed the
        value, as under leverage).
    """
    if flows.shape[0] == 0:
        raise InsufficientData("The money-weighted return", needed=1, had=0)
    amounts = flows.astype(np.float64)
    amounts[0] += opening_value
    if not (np.isfinite(amounts).all() and np.isfinite(closing_value)):
        raise InvalidInput("Flows and values are finite numbers.")
    if not amounts.max() > 0:
        raise NoMoneyWeightedReturn("no money was paid in")
    growth = _growth(amounts, closing_value)
    return MoneyWeightedReturn(period_return=growth - 1.0, trading_days=flows.shape[0])


def _growth(amounts: FloatArray, closing_value: float) -> float:
    paid = np.flatnonzero(amounts)
    shares_of_period = (amounts.shape[0] - paid) / amounts.shape[0]

    def excess(growth: float) -> float:
        return float(amounts[paid] @ growth**shares_of_period) - closing_value

    if closing_value == 0.0 and amounts.min() >= 0:
        return 0.0
    # With the very function that is solved: one product over the whole grid rounds differently, and where a grid point
    # is the solution itself (no return at all) both ends of its interval could come out on one side
    above = np.array([excess(growth) > 0 for growth in _GROWTH_GRID])
    crossings = np.flatnonzero(above[1:] != above[:-1])
    if crossings.size == 0:
        raise NoMoneyWeightedReturn("no rate of return turns the payments into the closing value")
    if crossings.size > 1:
        raise NoMoneyWeightedReturn("more than one rate of return fits the payments")
    low, high = _GROWTH_GRID[crossings[0]], _GROWTH_GRID[crossings[0] + 1]
    return float(brentq(excess, low, high, xtol=1e-15, rtol=1e-14))
