"""How much can be lost, and how bad it is beyond that."""

import math
from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import InvalidInput
from app.analytics.returns import require_complete

MAXIMUM_HORIZON_DAYS = 252


@dataclass(frozen=True)
class TailRisk:
    """Losses as fractions of value; positive is a loss. A negative figure means that even the tail was a gain."""

    confidence: float
    horizon_days: int
    value_at_risk: float
    expected_shortfall: float


def minimum_observations(confidence: float) -> int:
    """Returns needed for one of them to lie in the tail: 1 / (1 - confidence), rounded up (20 at 95 %, 100 at 99 %)."""
    # 1 / (1 - 0.95) is 20.000000000000018 in floating point
    return math.ceil(round(1.0 / (1.0 - confidence), 9))


def historical_value_at_risk(returns: FloatArray, confidence: float, horizon_days: int = 1) -> TailRisk:
    """Value at risk and expected shortfall of the returns as they were.

    VaR = -q, where q is the (1 - confidence) quantile by linear interpolation between order statistics (numpy's
    default, Hyndman and Fan type 7). Expected shortfall = -mean of the returns at or below q. Both are scaled by
    sqrt(horizon_days), which assumes independent days.

    Parameters
    ----------
    returns : (T,) array of daily fractions, no NaN
    confidence : float, above 0.5 and below 1
    horizon_days : int, 1 to 252

    Raises
    ------
    InsufficientData
        Fewer than `minimum_observations(confidence)` returns.
    """
    require_level(confidence, horizon_days)
    require_complete(returns, needed=minimum_observations(confidence), measure=f"Value at risk at {confidence:.1%}")
    quantile = _quantile(returns, 1.0 - confidence)
    shortfall = returns[returns <= quantile].mean()
    # Subtracting from zero instead of negating: a quantile of zero must not come out as -0.0
    scale = math.sqrt(horizon_days)
    return TailRisk(
        confidence=confidence,
        horizon_days=horizon_days,
        value_at_risk=float((0.0 - quantile) * scale),
        expected_shortfall=float((0.0 - shortfall) * scale),
    )


def _quantile(values: FloatArray, share: float) -> float:
    """`np.quantile` by linear interpolation; its many choices cost more than the sorting."""
    position = (values.shape[0] - 1) * share
    below = int(position)
    above = min(below + 1, values.shape[0] - 1)
    ordered = np.partition(values, (below, above))
    return float(ordered[below] + (ordered[above] - ordered[below]) * (position - below))


def require_level(confidence: float, horizon_days: int) -> None:
    """Refuse a confidence or a horizon outside its range with InvalidInput."""
    if not 0.5 < confidence < 1.0:
        raise InvalidInput("Confidence lies above 0.5 and below 1.")
    if not 1 <= horizon_days <= MAXIMUM_HORIZON_DAYS:
        raise InvalidInput(f"The horizon lies between 1 and {MAXIMUM_HORIZON_DAYS} days.")
