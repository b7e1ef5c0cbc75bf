"""Closing prices as they come: with days missing inside a series and before its first price."""

from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class FilledCloses:
    """Closes without gaps. `filled[t, n]` marks a value that was carried over from an earlier day."""

    closes: FloatArray
    filled: BoolArray


def fill_forward(closes: FloatArray) -> FilledCloses:
    """Carry the last known close over missing days.

    Parameters
    ----------
    closes : (T, N) array, currency
        NaN where there is no price.

    Returns
    -------
    FilledCloses
        NaN remains only before a series' first price; a series with no price stays NaN throughout.
    """
    known = np.isfinite(closes)
    if known.all():
        return FilledCloses(closes=closes, filled=~known)
    source: IntArray = np.where(known, np.arange(closes.shape[0])[:, None], -1).astype(np.intp)
    np.maximum.accumulate(source, axis=0, out=source)
    values = np.take_along_axis(closes, np.maximum(source, 0), axis=0)
    return FilledCloses(closes=np.where(source >= 0, values, np.nan), filled=~known & (source >= 0))


def first_priced_day(closes: FloatArray) -> IntArray:
    """Row of each column's first known price; T (one past the end) for a column without any."""
    first = np.zeros(closes.shape[1], dtype=np.intp)
    late = np.flatnonzero(~np.isfinite(closes[:1]).all(axis=0))
    unpriced_so_far = ~np.logical_or.accumulate(np.isfinite(closes[:, late]), axis=0)
    first[late] = unpriced_so_far.sum(axis=0)
    return first
