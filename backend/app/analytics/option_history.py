"""An option position day by day: what a share of it was worth, by which volatility, and what it settled at."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from scipy.special import ndtr

from app.analytics.arrays import DateArray, FloatArray
from app.analytics.errors import Undefined
from app.analytics.options import DAYS_PER_YEAR, OptionTerms, OptionType, implied_volatility, years_to_expiry
from app.analytics.returns import simple_returns
from app.analytics.volatility import rolling_volatility

HISTORICAL_WINDOW = 63
# An entry price that implies more than 500 % a year is of another day than the entry, or of no market
MAX_PLAUSIBLE_VOLATILITY = 5.0


@dataclass(frozen=True, slots=True)
class Contract:
    """The right to buy (call) or sell (put) one share at `strike`, currency, up to and on the day of `expiry`."""

    option_type: OptionType
    strike: float
    expiry: date

    @property
    def sign(self) -> float:
        return 1.0 if self.option_type == "call" else -1.0

    def divided(self, factor: float) -> "Contract":
        """The same right after a split by which one share has become `factor` shares."""
        return replace(self, strike=self.strike / factor)

    def intrinsic(self, spot: float) -> float:
        """What exercise pays, currency a share."""
        return max(self.sign * (spot - self.strike), 0.0)


def option_values(contract: Contract, days: DateArray, spots: FloatArray, volatilities: FloatArray) -> FloatArray:
    """Black-Scholes-Merton value of one share on each day, at a rate and a dividend yield of zero.

    The same formula as `options.option_value`, for many days at once.

    Parameters
    ----------
    days : (T,) datetime64[D] array
    spots : (T,) array, currency, above zero
    volatilities : (T,) array of fractions a year, zero or positive

    Returns
    -------
    (T,) array, currency; what exercise pays on the day of expiry; NaN after it and where spot or volatility is NaN.
    """
    years = (np.datetime64(contract.expiry, "D") - days).astype(np.float64) / DAYS_PER_YEAR
    deviation = volatilities * np.sqrt(np.maximum(years, 0.0))
    moves = deviation > 0
    log_moneyness = np.log(spots / contract.strike)
    upper = np.divide(log_moneyness, deviation, out=np.zeros_like(spots), where=moves) + deviation / 2
    smooth = spots * ndtr(contract.sign * upper) - contract.strike * ndtr(contract.sign * (upper - deviation))
    intrinsic = np.maximum(contract.sign * (spots - contract.strike), 0.0)
    values = np.where(moves, np.maximum(contract.sign * smooth, 0.0), intrinsic)
    known = (years == 0) | ((years > 0) & np.isfinite(deviation))
    return np.where(known & np.isfinite(spots), values, np.nan)


def spot_on(day: date, days: DateArray, spots: FloatArray) -> float | None:
    """The newest close on or before a day, of closes without gaps; None before the first."""
    row = int(np.searchsorted(days, np.datetime64(day, "D"), side="right")) - 1
    return float(spots[row]) if row >= 0 and np.isfinite(spots[row]) else None


def settlement(contract: Contract, days: DateArray, spots: FloatArray) -> float | None:
    """What the contract paid a share on its last day; None where that day is still to come or has no close."""
    if not len(days) or days[-1] < np.datetime64(contract.expiry, "D"):
        return None
    spot = spot_on(contract.expiry, days, spots)
    return None if spot is None else contract.intrinsic(spot)


def entry_volatility(contract: Contract, entry: date, price: float, spot: float | None) -> float | None:
    """The volatility, a fraction a year, at which the option was worth its entry price; None where there is none."""
    if spot is None:
        return None
    years = years_to_expiry(entry, contract.expiry)
    try:
        implied = implied_volatility(OptionTerms(contract.option_type, spot, contract.strike, years, 0.0), price)
    except Undefined:
        return None
    return implied if implied <= MAX_PLAUSIBLE_VOLATILITY else None


def trailing_volatility(adjusted_closes: FloatArray) -> FloatArray:
    """Volatility of the last 63 returns up to each day, so that no day knows the future.

    Parameters
    ----------
    adjusted_closes : (T,) array, currency
        NaN where there is no price; returns are between the days that have one.

    Returns
    -------
    (T,) array of fractions a year, carried over days without a price; NaN before there are 63 returns.
    """
    known = np.flatnonzero(np.isfinite(adjusted_closes))
    found = np.full(adjusted_closes.shape, np.nan)
    if len(known) <= HISTORICAL_WINDOW:
        return found
    own = rolling_volatility(simple_returns(adjusted_closes[known][:, None])[:, 0], HISTORICAL_WINDOW)
    newest = np.searchsorted(known, np.arange(len(found)), side="right") - 1 - HISTORICAL_WINDOW
    return np.where(newest >= 0, own[np.maximum(newest, 0)], np.nan)
