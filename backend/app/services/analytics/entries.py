"""Lots whose entry does not go with the prices of its day: most often entered before a split that is not known here."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from app.analytics.arrays import DateArray, FloatArray
from app.repositories.holding import LotRow

# The smallest usual split is 2 for 1, and within a day a price is this far from the close
MOST_OF_CLOSE = 1.9
# Nearly all options are traded at strikes nearer to the underlying than this
MOST_OF_SPOT = 3.0

UNTOLD = (
    "Entered before a split, and nothing tells whether in shares of before it or of today; it counts as it was entered."
)


def doubtful_entries(
    lots: Sequence[LotRow], columns: Mapping[str, int], closes: FloatArray, days: DateArray
) -> dict[str, str]:
    """Why, by symbol, each once. `closes` are without gaps and in shares of today, as the lots are."""
    found: dict[str, str] = {}
    for lot, close in _with_closes(lots, columns, closes, days):
        reason = UNTOLD if lot.split_factor is None else _reason(lot, close)
        if reason is not None:
            found.setdefault(lot.symbol, reason)
    return dict(sorted(found.items()))


def _with_closes(
    lots: Sequence[LotRow], columns: Mapping[str, int], closes: FloatArray, days: DateArray
) -> Iterator[tuple[LotRow, float]]:
    """Each lot that moves with an instrument, and that one's close on the day of entry; NaN where it is not known."""
    moving = [(lot, columns[lot.moves_with]) for lot in lots if lot.moves_with is not None]
    if not moving or not len(days):
        return
    entries = np.array([lot.entry_date for lot, _ in moving], dtype="datetime64[D]")
    rows = np.searchsorted(days, entries, side="right") - 1
    found = closes[np.maximum(rows, 0), [column for _, column in moving]]
    known = np.where((rows >= 0) & (entries <= days[-1]), found, np.nan)
    yield from zip((lot for lot, _ in moving), known.tolist(), strict=True)


def _reason(lot: LotRow, close: float) -> str | None:
    if not math.isfinite(close):
        return None
    stated, most = (lot.entry_price, MOST_OF_CLOSE) if lot.option is None else (lot.option.strike, MOST_OF_SPOT)
    ratio = stated / close
    if 1 / most < ratio < most:
        return None
    what = "Entered at" if lot.option is None else "Its strike is"
    whose = "the close" if lot.option is None else "its underlying's close"
    return (
        f"{what} {stated:,.6g}, {ratio:.3g} times {whose} of {lot.entry_date}, {close:,.6g}: it may be stated in "
        "shares of before a split that is not known here."
    )
