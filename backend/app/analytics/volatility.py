"""How much returns vary."""

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import InsufficientData, InvalidInput
from app.analytics.returns import require_complete

TRADING_DAYS_PER_YEAR = 252


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
    windows = np.lib.stride_tricks.sliding_window_view(returns, window)
    return np.asarray(windows.std(axis=1, ddof=1) * np.sqrt(TRADING_DAYS_PER_YEAR), dtype=np.float64)
