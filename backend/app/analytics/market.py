"""A look over many instruments at once: how far they went, and how many of them went up."""

from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import BoolArray, FloatArray
from app.analytics.errors import InvalidInput


@dataclass(frozen=True)
class Breadth:
    """Of the `known` instruments, how many rose; `share_rising` is None where none is known."""

    known: int
    rising: int
    falling: int

    @property
    def share_rising(self) -> float | None:
        return self.rising / self.known if self.known else None


def trailing_returns(adjusted_closes: FloatArray, days: int) -> FloatArray:
    """Returns over the last `days` rows: p_T / p_{T-days} - 1.

    Parameters
    ----------
    adjusted_closes : (T, N) array, currency
        Adjusted for splits and dividends; NaN where there is no price.
    days : int, at least 1

    Returns
    -------
    (N,) array of fractions. NaN where either price is unknown, and for all where T <= days.
    """
    if days < 1:
        raise InvalidInput("A return takes at least one day.")
    if adjusted_closes.shape[0] <= days:
        return np.full(adjusted_closes.shape[1], np.nan)
    return np.asarray(adjusted_closes[-1] / adjusted_closes[-1 - days] - 1.0, dtype=np.float64)


def breadth(returns: FloatArray) -> Breadth:
    """Count rising and falling of (N,) returns; those that did not move are in neither. NaN is not known."""
    known: FloatArray = returns[np.isfinite(returns)]
    return Breadth(known=known.size, rising=int((known > 0).sum()), falling=int((known < 0).sum()))


def above_average(adjusted_closes: FloatArray, days: int) -> BoolArray:
    """(M,) whether each instrument stands above the mean of its last `days` closes.

    M counts the instruments with all of those closes; the others are left out.
    """
    if days < 1:
        raise InvalidInput("An average takes at least one day.")
    recent = adjusted_closes[-days:]
    complete = recent[:, np.isfinite(recent).all(axis=0)] if recent.shape[0] == days else recent[:, :0]
    return np.asarray(complete[-1] > complete.mean(axis=0)) if complete.size else np.zeros(0, dtype=np.bool_)
