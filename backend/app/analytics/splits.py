"""Splits: what a share of an earlier day is in shares of today, and in which of the two a lot is stated.

Prices are in shares of today. A lot may be stated in those too, as a broker's file of today has it, or in shares of the
day of its entry, as whoever wrote it down then has it. Which one it is, its own figures tell: what was paid is near the
price of that day in only one of them. After several splits it may also be stated in shares of a day between two.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.analytics.option_history import Contract, entry_volatility

# By how much more the best reading has to fit than the next: a day's trades are this far apart, and more
CLEAR_FIT = math.log(1.1)
# What shares do in a year, where the underlying is too young to say
USUAL_VOLATILITY = 0.3


@dataclass(frozen=True, slots=True)
class Split:
    """From `day` on a share is `ratio` shares: 4.0 where one became four, 0.125 where eight became one."""

    day: date
    ratio: float


def factors_since(splits: Iterable[Split], day: date) -> tuple[float, ...]:
    """What a share may be in shares of today: after none of the splits since `day`, after the newest, ..., after all.

    Parameters
    ----------
    splits : in any order
    day : date
        Splits of this day have happened before it.

    Returns
    -------
    Tuple of K + 1 factors above zero, the first 1.0.
    """
    factors = [1.0]
    for split in sorted(splits, key=lambda split: split.day, reverse=True):
        if split.day > day:
            factors.append(factors[-1] * split.ratio)
    return tuple(factors)


def share_reading(factors: Sequence[float], price: float, close: float | None) -> int | None:
    """By which of the factors `price`, currency a share, is nearest to `close`, in shares of today.

    Returns
    -------
    An index into `factors`; None where nothing tells, which is with no close and where two of them fit alike.
    """
    if len(factors) == 1:
        return 0
    if close is None:
        return None
    return _clearest([abs(math.log(price / factor / close)) for factor in factors])


def contract_reading(
    factors: Sequence[float], contract: Contract, entry: date, price: float, spot: float | None, volatility: float
) -> int | None:
    """By which of the factors strike and price make an option that somebody would have traded.

    Parameters
    ----------
    contract : Contract
        As it is stated.
    price : float, currency a share, as it is stated
    spot : float or None, currency
        The underlying's close on the day of entry, in shares of today.
    volatility : float, a fraction a year
        The underlying's own of that time; what is not finite and above zero counts as `USUAL_VOLATILITY`.

    Returns
    -------
    An index into `factors`: the one whose implied volatility is nearest to the underlying's; None where nothing tells.
    """
    if len(factors) == 1:
        return 0
    if spot is None:
        return None
    usual = volatility if math.isfinite(volatility) and volatility > 0 else USUAL_VOLATILITY
    distances = []
    for factor in factors:
        implied = entry_volatility(contract.divided(factor), entry, price / factor, spot)
        distances.append(math.inf if not implied else abs(math.log(implied / usual)))
    return _clearest(distances)


def _clearest(distances: Sequence[float]) -> int | None:
    best, next_best = sorted(distances)[:2]
    if math.isinf(best) or next_best - best < CLEAR_FIT:
        return None
    return distances.index(best)
