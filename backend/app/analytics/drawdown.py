"""How far a value fell below its highest point."""

from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import InvalidInput


@dataclass(frozen=True)
class Drawdown:
    """One fall from a peak, as rows of the growth series; -1 as `start` is the day before the first row.

    `depth` is negative. `recovery` is the first row back at the peak, None while the fall lasts.
    """

    start: int
    trough: int
    recovery: int | None
    depth: float


def drawdown_series(growth: FloatArray) -> FloatArray:
    """Distance below the running peak: g_t / max(1, g_1 .. g_t) - 1.

    Parameters
    ----------
    growth : (T,) array
        Value of 1 invested before the first day, as `returns.growth` gives it. Not NaN, not negative.

    Returns
    -------
    (T,) array of fractions, zero or negative; -0.2 is 20 % below the peak.
    """
    if not (np.isfinite(growth).all() and (growth >= 0).all()):
        raise InvalidInput("A growth series is finite and not negative.")
    return growth / np.maximum(np.maximum.accumulate(growth), 1.0) - 1.0


def max_drawdown(growth: FloatArray) -> float:
    """The deepest value of `drawdown_series`; 0 for a series that never fell, or an empty one."""
    return float(drawdown_series(growth).min(initial=0.0))


def drawdowns(growth: FloatArray) -> tuple[Drawdown, ...]:
    """Every fall from peak to recovery, deepest first.

    Falls do not overlap: each runs from the last row at the peak to the first row back at or above it.
    """
    depths = drawdown_series(growth)
    edges = np.diff(np.concatenate(([0], (depths < 0).astype(np.int8), [0])))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    found = [_episode(depths, int(begin), int(end)) for begin, end in zip(begins, ends, strict=True)]
    return tuple(sorted(found, key=lambda fall: fall.depth))


def _episode(depths: FloatArray, begin: int, end: int) -> Drawdown:
    trough = begin + int(depths[begin:end].argmin())
    recovery = end if end < depths.shape[0] else None
    return Drawdown(start=begin - 1, trough=trough, recovery=recovery, depth=float(depths[trough]))
