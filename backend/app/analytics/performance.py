"""What was earned over a period."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from app.analytics.arrays import DateArray, FloatArray
from app.analytics.errors import InsufficientData, Undefined
from app.analytics.returns import growth
from app.analytics.volatility import TRADING_DAYS_PER_YEAR

PeriodLabel = Literal["1D", "1W", "1M", "3M", "6M", "YTD", "1Y", "3Y", "SI"]
_MONTHS_BACK: dict[PeriodLabel, int] = {"1M": 1, "3M": 3, "6M": 6, "1Y": 12, "3Y": 36}


class UnknownDailyReturn(Undefined):
    def __init__(self, days: int) -> None:
        counted = "1 day" if days == 1 else f"{days} days"
        super().__init__(f"The return of {counted} is unknown because the value invested was not positive.")


@dataclass(frozen=True)
class Period:
    """A stretch of rows: returns from row `first` on, to the end. `start` is the day whose close the return is from."""

    label: PeriodLabel
    start: date
    first: int


def linked_growth(returns: FloatArray) -> FloatArray:
    """`returns.growth` where it is known on every day. After a total loss it stays 0 whatever the returns are.

    Raises
    ------
    UnknownDailyReturn
        A daily return is NaN while there is something left: linking over it would claim a return of zero.
    """
    value = growth(returns)
    unknown = np.isnan(returns)
    if unknown.any() and (unknown & (value > 0)).any():
        raise UnknownDailyReturn(int(unknown.sum()))
    return value


def total_return(returns: FloatArray) -> float:
    """Time-weighted return of the whole stretch: the product of (1 + r) minus 1; 0 for no days, never below -1.

    Raises
    ------
    UnknownDailyReturn
        As `linked_growth`.
    """
    return float(linked_growth(returns)[-1] - 1.0) if len(returns) else 0.0


def annualized_return(returns: FloatArray) -> float:
    """Geometric mean return per year of 252 days: (1 + total)^(252 / T) - 1.

    Raises
    ------
    InsufficientData
        Less than a year: a few weeks raised to a year's power is no forecast of anything.
    """
    if returns.shape[0] < TRADING_DAYS_PER_YEAR:
        raise InsufficientData("Annualised return", needed=TRADING_DAYS_PER_YEAR, had=returns.shape[0])
    return float((1.0 + total_return(returns)) ** (TRADING_DAYS_PER_YEAR / returns.shape[0]) - 1.0)


def periods(days: DateArray) -> tuple[Period, ...]:
    """The customary periods that fit into a history, shortest first.

    A calendar period starts at the close of the last trading day on or before its first calendar day; YTD at the last
    close of the previous year; SI (since inception) covers every row, from the day before the first one's events.

    Parameters
    ----------
    days : (D,) datetime64[D] array, increasing
        The days of the daily returns.
    """
    if days.shape[0] == 0:
        return ()
    as_of: date = days[-1].astype("datetime64[D]").item()
    found = [_period(days, label, start) for label, start in _starts(days, as_of)]
    since_inception = Period("SI", days[0].astype("datetime64[D]").item(), 0)
    return (*(period for period in found if period is not None), since_inception)


def _starts(days: DateArray, as_of: date) -> list[tuple[PeriodLabel, date]]:
    starts: list[tuple[PeriodLabel, date]] = [(label, months_before(as_of, n)) for label, n in _MONTHS_BACK.items()]
    starts.insert(3, ("YTD", date(as_of.year - 1, 12, 31)))
    starts.insert(0, ("1W", as_of - timedelta(days=7)))
    if days.shape[0] > 1:
        starts.insert(0, ("1D", days[-2].astype("datetime64[D]").item()))
    return starts


def _period(days: DateArray, label: PeriodLabel, start: date) -> Period | None:
    base = int(np.searchsorted(days, np.datetime64(start, "D"), side="right")) - 1
    return Period(label, days[base].astype("datetime64[D]").item(), base + 1) if base >= 0 else None


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day where it is shorter (31 March - 1 = 28 February)."""
    month_index = day.year * 12 + day.month - 1 - months
    year, month = divmod(month_index, 12)
    next_month = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last_day = (next_month - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last_day))
