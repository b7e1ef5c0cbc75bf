"""How a stretch of prices joins what is stored already.

A split or a dividend changes all adjusted closes before it. So each refresh reads some known days again: if the oldest
of them is as it was, the stretch continues the stored history; if not, the whole history has to be read again.
"""

from collections.abc import Sequence
from typing import Literal

from app.market_data.source import PriceRow

# Providers compute adjusted closes in single precision: they move by millionths from one day to the next. A dividend of
# a cent on a share of several hundred is more than this
TOLERANCE = 1e-5

Join = Literal["continues", "readjusted", "no_common_day"]


def join(stored: Sequence[PriceRow], found: Sequence[PriceRow]) -> Join:
    """Both oldest first. `stored` reaches to the newest stored day."""
    by_day = {row.date: row for row in stored}
    oldest = next((row for row in found if row.date in by_day), None)
    if oldest is None:
        return "no_common_day"
    return "continues" if is_same(by_day[oldest.date], oldest) else "readjusted"


def changes(stored: Sequence[PriceRow], found: Sequence[PriceRow]) -> list[PriceRow]:
    """Days that are not stored, or with other prices."""
    by_day = {row.date: row for row in stored}
    return [row for row in found if row.date not in by_day or not is_same(by_day[row.date], row)]


def is_same(one: PriceRow, other: PriceRow) -> bool:
    return _is_near(one.close, other.close) and _is_near(one.adjusted_close, other.adjusted_close)


def _is_near(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * abs(other)
