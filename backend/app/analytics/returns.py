"""Daily returns, and which of them a measure may use together."""

import math
from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import BoolArray, FloatArray
from app.analytics.column_sums import row_blocks
from app.analytics.errors import InsufficientData, InvalidInput

# A position counts as having a history when it has returns on this share of a window's days: one forgotten day must
# not drop a holding from the figures, a listing half way through the window must.
MINIMUM_SHARE_OF_WINDOW = 0.9


def simple_returns(closes: FloatArray) -> FloatArray:
    """Simple returns between consecutive rows: r_t = p_t / p_{t-1} - 1.

    Parameters
    ----------
    closes : (T,) or (T, N) array
        Prices adjusted for splits and dividends.

    Returns
    -------
    (T-1,) or (T-1, N) array of fractions. NaN where either price is unknown or the earlier one is not positive.
    """
    previous, current = closes[:-1], closes[1:]
    out = np.empty(current.shape)
    for block in row_blocks(current.shape[0], math.prod(current.shape[1:])):
        before, after, part = previous[block], current[block], out[block]
        usable = (before > 0) & np.isfinite(after)
        if not usable.all():
            part.fill(np.nan)
        # Dividing everywhere is several times as fast as dividing where a mask says so
        np.divide(after, before, out=part, where=True if usable.all() else usable)
        part -= 1.0
    return out


def portfolio_returns(asset_returns: FloatArray, weights: FloatArray) -> FloatArray:
    """Returns of fixed weights: r_p = sum_i w_i r_i, the portfolio as if it had been held at these weights every day.

    Parameters
    ----------
    asset_returns : (T, N) array of fractions
    weights : (N,) array
        Signed weights of NAV. What is missing to 1 is cash, which returns 0.

    Returns
    -------
    (T,) array; zeros for N = 0 (all cash). NaN on days where a return is NaN.
    """
    if asset_returns.ndim != 2 or asset_returns.shape[1] != weights.shape[0]:
        raise InvalidInput(f"{weights.shape[0]} weights do not fit returns of shape {asset_returns.shape}.")
    return asset_returns @ weights


def growth(returns: FloatArray) -> FloatArray:
    """Value of 1 invested before the first return: the running product of (1 + r).

    Shape (T,). A NaN return (a day whose return is unknown) leaves the value where it was. A return below -1, which
    leverage makes possible, leaves nothing: what is owed beyond that cannot grow.
    """
    factors = np.maximum(1.0 + np.where(np.isnan(returns), 0.0, returns), 0.0)
    return np.asarray(np.cumprod(factors), dtype=np.float64)


def require_complete(returns: FloatArray, *, needed: int, measure: str) -> FloatArray:
    """The returns themselves if there are enough of them and none is NaN or infinite.

    Raises
    ------
    InsufficientData
        Fewer than `needed` rows.
    InvalidInput
        A value is NaN or infinite.
    """
    if returns.shape[0] < needed:
        raise InsufficientData(measure, needed=needed, had=returns.shape[0])
    if not np.isfinite(returns).all():
        raise InvalidInput(f"{measure} takes complete returns; drop the days that have a gap first.")
    return returns


@dataclass(frozen=True)
class CommonHistory:
    """Which columns and rows of a return matrix can be used together.

    `observed[n]` counts the returns of column n within the window.
    """

    columns: BoolArray
    rows: BoolArray
    observed: FloatArray

    @property
    def days(self) -> int:
        return int(self.rows.sum())


def common_history(returns: FloatArray, window: int, share: float = MINIMUM_SHARE_OF_WINDOW) -> CommonHistory:
    """Choose the columns with enough history in the last `window` rows, and the rows on which all of them are known.

    Parameters
    ----------
    returns : (T, N) array, NaN where unknown
    window : int
        Number of most recent rows to look at; fewer where T is smaller, but each column is still held to `window`.
    share : float
        Least share of `window` on which a column must be known.

    Returns
    -------
    CommonHistory
        `rows` covers all T rows and is False before the window. With no usable column every row of the window counts.
    """
    if window < 1:
        raise InvalidInput("A window has at least one day.")
    start = max(returns.shape[0] - window, 0)
    known = np.isfinite(returns[start:])
    # Most windows have no gap, and seeing that is far less work than counting in each column
    observed = np.full(known.shape[1], len(known)) if known.all() else known.sum(axis=0)
    columns = observed >= np.ceil(share * window)
    rows = np.zeros(returns.shape[0], dtype=np.bool_)
    rows[start:] = True if known.all() else known[:, columns].all(axis=1)
    return CommonHistory(columns=columns, rows=rows, observed=observed.astype(np.float64))
