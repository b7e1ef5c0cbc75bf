"""Prices in shares of the newest day, whatever shares the source quotes them in.

A source may quote each day as it was quoted then. Then a split is a jump in the closes, which no holder has felt: all
prices before it are divided by its ratio. A jump counts as the split's where what it leaves is less than half of it.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from app.market_data.source import PriceRow, SplitRow

# How much the quotient of close and adjusted close moves by a split: no dividend takes a third of the price
SPLIT_QUOTIENT = 1.4
# A dividend of the same day moves the quotient a little from the ratio; ratios are 2, 3, 4, ... or 3 for 2
RATIO_TOLERANCE = 0.02
MAX_DENOMINATOR = 2
# Wrong closes are followed by right ones within a week, a split is not
LASTING_DAYS = 5
# The largest split that is called by whole numbers
MAX_NAMED_PART = 1000


def believable(splits: Iterable[SplitRow]) -> list[SplitRow]:
    """Those that change something, oldest first."""
    found = [split for split in splits if math.isfinite(split.ratio) and split.ratio > 0 and split.ratio != 1]
    return sorted(found, key=lambda split: split.date)


def ratio_words(ratio: float) -> str:
    """4 for 1, 1 for 8, 3 for 2."""
    larger = Fraction(max(ratio, 1 / ratio)).limit_denominator(MAX_NAMED_PART)
    after, before = (larger.numerator, larger.denominator) if ratio > 1 else (larger.denominator, larger.numerator)
    return f"{after} for {before}"


def seen_in(rows: Sequence[PriceRow]) -> list[SplitRow]:
    """Splits that show in the closes and not in the adjusted ones. `rows` are oldest first.

    A wrong close that is followed by right ones is none.
    """
    levels = [row.close / row.adjusted_close for row in rows]
    found = []
    for index in range(1, len(rows)):
        ratio = _ratio(levels[index] / levels[index - 1])
        if ratio is not None and _is_lasting(levels, index):
            found.append(SplitRow(rows[index].symbol, rows[index].date, ratio))
    return found


def _is_lasting(levels: Sequence[float], index: int) -> bool:
    before, after = levels[max(index - LASTING_DAYS, 0) : index], levels[index : index + LASTING_DAYS]
    return all(_is_small(level / side[0]) for side in (before, after) for level in side)


def in_newest_shares(rows: Sequence[PriceRow], splits: Iterable[SplitRow]) -> list[PriceRow]:
    """`rows` are oldest first; with splits taken out where they were still in."""
    restated, days = list(rows), [row.date for row in rows]
    for split in splits:
        first = bisect_left(days, split.date)
        if not 0 < first < len(rows) or _is_small(split.ratio):
            continue
        before, after = rows[first - 1], rows[first]
        by_close = split.ratio if _jumps(before.close, after.close, split.ratio) else 1.0
        by_adjusted = split.ratio if _jumps(before.adjusted_close, after.adjusted_close, split.ratio) else 1.0
        if by_close == by_adjusted == 1.0:
            continue
        for index in range(first):
            row = restated[index]
            restated[index] = replace(row, close=row.close / by_close, adjusted_close=row.adjusted_close / by_adjusted)
    return restated


def _is_small(ratio: float) -> bool:
    """The market moves as far in a day."""
    return 1 / SPLIT_QUOTIENT < ratio < SPLIT_QUOTIENT


def _jumps(before: float, after: float, ratio: float) -> bool:
    move = math.log(after / before)
    return abs(move + math.log(ratio)) < abs(move) / 2


def _ratio(moved: float) -> float | None:
    """The split by which a quotient moved so; None where it was none."""
    if _is_small(moved):
        return None
    size = max(moved, 1 / moved)
    nearest = float(Fraction(size).limit_denominator(MAX_DENOMINATOR))
    if abs(size / nearest - 1) > RATIO_TOLERANCE:
        return None
    return nearest if moved < 1 else 1 / nearest
