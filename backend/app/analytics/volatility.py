"""How much returns vary."""

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import InsufficientData, InvalidInput
from app.analytics.returns import require_complete

TRADING_DAYS_PER_YEAR = 252
# Squares and their sums agree to about this share of themselves
_RELATIVE_ROUNDING = 1e-13


def annualized_volatility(returns: FloatArray) -> float:
    """Sample standard deviation (ddof 1) of daily returns x sqrt(252).

    Parameters
    ----------
    returns : (T,) array of fractions, T >= 2, no NaN

    Returns
    -------
    Fraction per year, zero or positive; 0 for returns that never change.

    Raises
    ------
    InsufficientData
        Fewer than two returns.
    """
    require_complete(returns, needed=2, measure="Volatility")
    return float(np.std(returns, ddof=1) * np.sqrt(TRADING_DAYS_PER_YEAR))


def rolling_volatility(returns: FloatArray, window: int) -> FloatArray:
    """Annualised volatility of each run of `window` consecutive returns.

    Parameters
    ----------
    returns : (T,) array of fractions
        A NaN makes every window that holds it NaN.
    window : int, at least 2

    Returns
    -------
    (T - window + 1,) array; entry k belongs to the day of return k + window - 1.

    Raises
    ------
    InsufficientData
        Fewer returns than one window.
    """
    if window < 2:
        raise InvalidInput("A volatility window has at least two days.")
    if returns.shape[0] < window:
        raise InsufficientData("Rolling volatility", needed=window, had=returns.shape[0])
    # Sums of moves and of squares give the deviation in a tenth of the time that windows side by side take. Measured
    # from the median, which no single jump shifts, they are small, and little is lost in subtracting one from the other
    known = returns[np.isfinite(returns)]
    centred = returns - np.median(known) if known.size else returns
    squares = window_sums(np.square(centred), window)
    deviations = squares - np.square(window_sums(centred, window)) / window
    # What is left of a window that never changes is rounding
    deviations[deviations <= _RELATIVE_ROUNDING * squares] = 0.0
    return np.sqrt(deviations * (TRADING_DAYS_PER_YEAR / (window - 1)))


def window_sums(values: FloatArray, window: int) -> FloatArray:
    """Sum of each run of `window` consecutive values, each added up afresh. Shape (T - window + 1,), T >= window."""
    return np.convolve(values, np.ones(window), mode="valid")
