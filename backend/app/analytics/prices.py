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


@dataclass(frozen=True)
class Gap:
    """Rows `first` to `last` lack `days` prices of a column. An open gap reaches to the newest day."""

    column: int
    first: int
    last: int
    days: int
    is_open: bool


def gaps(closes: FloatArray) -> tuple[Gap, ...]:
    """Trading days after its first price on which a column has none; days missing one after another are one gap.

    A trading day is one on which at least half of the series that exist at the time have a price: no calendar knows
    every exchange, and one stray row must not make a day of it. `closes` is (T, N), NaN where there is no price.
    """
    known, rows = np.isfinite(closes), np.arange(closes.shape[0])[:, None]
    first, newest = first_priced_day(closes), closes.shape[0] - 1 - first_priced_day(closes[::-1])
    quotes, existing = known.sum(axis=1), ((rows >= first) & (rows <= newest)).sum(axis=1)
    days = np.flatnonzero((quotes > 0) & (quotes * 2 >= existing))
    missing = ~known[days] & (days[:, None] > first)
    found = []
    for column in np.flatnonzero(missing.any(axis=0)).tolist():
        edges = np.diff(np.concatenate(([0], missing[:, column].astype(np.int8), [0])))
        for begin, end in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
            last = int(days[end - 1])
            found.append(Gap(column, int(days[begin]), last, int(end - begin), last > newest[column]))
    return tuple(found)
