"""How far the short side offsets the long side, and what it may cost."""

from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import InsufficientData, InvalidInput, Undefined, ZeroVariance
from app.analytics.returns import require_complete
from app.analytics.volatility import annualized_volatility

MEASURE = "Hedge quality"
# Fewer days say nothing about how two sides move together
MINIMUM_DAYS = 60


class NotHedged(Undefined):
    def __init__(self) -> None:
        super().__init__(f"{MEASURE} needs something held long and something held short.")


@dataclass(frozen=True)
class HedgeQuality:
    """Volatilities are annualised fractions of NAV.

    `correlation` is that of the two sides' results: -1 for a perfect hedge. `effectiveness` is the share of the long
    side's volatility that the shorts take away; below 0 they add to it. `best_ratio` is how many times today's shorts
    would leave the least volatility, below 0 where they would have to be longs.
    """

    long_volatility: float
    short_volatility: float
    volatility: float
    correlation: float
    effectiveness: float
    best_ratio: float


def hedge_quality(returns: FloatArray, weights: FloatArray) -> HedgeQuality:
    """Split fixed weights by sign: L = sum of w_i r_i over w_i > 0, S over w_i < 0.

    effectiveness = 1 - sd(L + S) / sd(L); best_ratio = -cov(L, S) / var(S).

    Parameters
    ----------
    returns : (T, N) array of fractions, T >= 60, no NaN
    weights : (N,) array, signed, of NAV

    Raises
    ------
    NotHedged
        One of the two sides is empty.
    InsufficientData, ZeroVariance
    """
    if returns.ndim != 2 or returns.shape[1] != weights.shape[0]:
        raise InvalidInput(f"{weights.shape[0]} weights do not fit returns of shape {returns.shape}.")
    if not ((weights > 0).any() and (weights < 0).any()):
        raise NotHedged
    require_complete(returns, needed=MINIMUM_DAYS, measure=MEASURE)
    longs = returns @ np.maximum(weights, 0.0)
    shorts = returns @ np.minimum(weights, 0.0)
    for side, series in (("the long side", longs), ("the short side", shorts)):
        if np.ptp(series) == 0.0:
            raise ZeroVariance(MEASURE, side)
    covariance = np.cov(longs, shorts)
    return HedgeQuality(
        long_volatility=annualized_volatility(longs),
        short_volatility=annualized_volatility(shorts),
        volatility=annualized_volatility(longs + shorts),
        correlation=float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])),
        effectiveness=1.0 - annualized_volatility(longs + shorts) / annualized_volatility(longs),
        best_ratio=float(-covariance[0, 1] / covariance[1, 1]),
    )


def largest_rise(returns: FloatArray, days: int) -> FloatArray:
    """The largest return over any `days` consecutive days of each column: max over t of prod(1 + r) - 1.

    Parameters
    ----------
    returns : (T, N) array of fractions above -1, no NaN
    days : int, at least 1

    Returns
    -------
    (N,) array; negative where a column only fell.

    Raises
    ------
    InsufficientData
        Fewer returns than `days`.
    """
    if days < 1:
        raise InvalidInput("A rise takes at least one day.")
    if returns.shape[0] < days:
        raise InsufficientData("The largest rise", needed=days, had=returns.shape[0])
    # Sums of logarithms: products over windows would each be worked out anew
    level = np.concatenate([np.zeros((1, returns.shape[1])), np.log1p(returns).cumsum(axis=0)])
    return np.asarray(np.expm1((level[days:] - level[:-days]).max(axis=0)), dtype=np.float64)
