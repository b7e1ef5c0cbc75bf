"""A portfolio's history, day by day, from its lots, its cash and the closes.

Conventions. A lot's entry is a contribution in kind: an external flow of quantity x entry price on the entry day, which
is negative for a short, whose proceeds are part of the stated cash. An exit pays quantity x exit price into cash and is
no flow. So a lot earns quantity x (close - entry price) on its first day. What happens on a day without trading takes
effect on the next trading day, what happened before the first day of prices on that first day. What happened after the
last day of prices is booked on that last day until prices reach it, so that a purchase of this morning is held now.
A lot without a price counts from its first price on, or from its exit if that comes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from app.analytics.arrays import DateArray, FloatArray, IntArray
from app.analytics.errors import InvalidInput
from app.analytics.prices import first_priced_day
from app.analytics.valuation import position_value


@dataclass(frozen=True)
class Lot:
    """Units of one asset bought, or sold short where negative, on one day. `asset` is a column of the closes."""

    asset: int
    quantity: float
    entry_date: date
    entry_price: float
    exit_date: date | None = None
    exit_price: float | None = None

    def __post_init__(self) -> None:
        if (self.exit_date is None) != (self.exit_price is None):
            raise InvalidInput("An exit has both a date and a price.")
        if self.exit_date is not None and self.exit_date < self.entry_date:
            raise InvalidInput("A lot cannot be closed before it was opened.")


@dataclass(frozen=True)
class CashFlow:
    """Money paid in (positive) or taken out (negative). Opening cash is a flow on the inception date."""

    day: date
    amount: float


@dataclass(frozen=True)
class DailySnapshots:
    """One entry a trading day from the first event on, all of shape (D,), in currency.

    nav[t] = nav[t-1] + pnl[t] + flow[t], with nav = 0 before the first day. `short_value` is zero or negative.
    `daily_return` is time-weighted with flows at the start of the day, pnl / (previous nav + flow); NaN where that base
    is not positive. `unpriced` are the indices of open lots that have no price at all and are in no figure.
    """

    days: DateArray
    nav: FloatArray
    cash: FloatArray
    long_value: FloatArray
    short_value: FloatArray
    pnl: FloatArray
    flow: FloatArray
    daily_return: FloatArray
    unpriced: tuple[int, ...]

    @property
    def gross_exposure(self) -> FloatArray:
        return self.long_value - self.short_value

    @property
    def net_exposure(self) -> FloatArray:
        return self.long_value + self.short_value


@dataclass(frozen=True)
class _Ledger:
    """What accumulates while lots and flows are booked, one row a day."""

    cash_change: FloatArray
    flow: FloatArray
    long_value: FloatArray
    short_value: FloatArray


def daily_snapshots(
    days: DateArray, closes: FloatArray, lots: Sequence[Lot], cash_flows: Sequence[CashFlow]
) -> DailySnapshots:
    """Value the portfolio on every trading day since its first entry or flow.

    Parameters
    ----------
    days : (T,) datetime64[D] array, strictly increasing
        The trading days.
    closes : (T, N) array, currency
        Unadjusted closes without gaps (`prices.fill_forward`); NaN before a series' first price.
    lots, cash_flows
        In any order; the result does not depend on it.

    Returns
    -------
    DailySnapshots
        Empty (D = 0) where nothing has happened.

    Raises
    ------
    InvalidInput
        Days out of order, or something booked while there is no day at all.
    """
    if days.shape[0] != closes.shape[0] or bool((days[1:] <= days[:-1]).any()):
        raise InvalidInput("Days must be strictly increasing, one for each row of closes.")
    if days.shape[0] == 0 and (lots or cash_flows):
        raise InvalidInput("Without a trading day there is nothing to book on.")
    ledger = _Ledger(*(np.zeros(days.shape[0]) for _ in range(4)))
    priced_from = first_priced_day(closes)
    unpriced = [index for index, lot in enumerate(lots) if not _book_lot(ledger, days, closes, priced_from, lot)]
    for flow in cash_flows:
        _book_flow(ledger, days, flow)
    return _accumulate(ledger, days, _first_day(days, closes, lots, cash_flows), tuple(unpriced))


def _row(days: DateArray, day: date) -> int:
    """The first trading day on or after `day`, or the last one there is."""
    return min(int(np.searchsorted(days, np.datetime64(day, "D"))), len(days) - 1)


def _lot_rows(days: DateArray, priced_from: IntArray, lot: Lot) -> tuple[int, int]:
    """Rows [opened, closed) on which the lot is held at the end of the day."""
    closed = days.shape[0] if lot.exit_date is None else _row(days, lot.exit_date)
    opened = max(_row(days, lot.entry_date), int(priced_from[lot.asset]))
    return min(opened, closed), closed


def _book_lot(ledger: _Ledger, days: DateArray, closes: FloatArray, priced_from: IntArray, lot: Lot) -> bool:
    """Book one lot. False for an open lot that has no price and so is in no figure."""
    opened, closed = _lot_rows(days, priced_from, lot)
    if opened == days.shape[0]:
        return False
    ledger.flow[opened] += position_value(lot.quantity, lot.entry_price)
    side = ledger.long_value if lot.quantity > 0 else ledger.short_value
    side[opened:closed] += position_value(lot.quantity, closes[opened:closed, lot.asset])
    if closed < days.shape[0] and lot.exit_price is not None:
        ledger.cash_change[closed] += position_value(lot.quantity, lot.exit_price)
    return True


def _book_flow(ledger: _Ledger, days: DateArray, flow: CashFlow) -> None:
    row = _row(days, flow.day)
    ledger.flow[row] += flow.amount
    ledger.cash_change[row] += flow.amount


def _first_day(days: DateArray, closes: FloatArray, lots: Sequence[Lot], cash_flows: Sequence[CashFlow]) -> int:
    priced_from = first_priced_day(closes)
    rows = [_lot_rows(days, priced_from, lot)[0] for lot in lots]
    rows += [_row(days, flow.day) for flow in cash_flows if flow.amount != 0.0]
    return min(rows, default=days.shape[0])


def _accumulate(ledger: _Ledger, days: DateArray, first: int, unpriced: tuple[int, ...]) -> DailySnapshots:
    cash = np.cumsum(ledger.cash_change)[first:]
    long_value, short_value, flow = ledger.long_value[first:], ledger.short_value[first:], ledger.flow[first:]
    nav = cash + long_value + short_value
    previous = np.concatenate(([0.0], nav))[:-1]
    pnl = nav - previous - flow
    base = previous + flow
    daily_return = np.full(nav.shape, np.nan)
    np.divide(pnl, base, out=daily_return, where=base > 0)
    return DailySnapshots(
        days=days[first:], nav=nav, cash=cash, long_value=long_value, short_value=short_value,
        pnl=pnl, flow=flow, daily_return=daily_return, unpriced=unpriced,
    )  # fmt: skip
