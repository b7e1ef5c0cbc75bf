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
from app.analytics.column_sums import row_blocks
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
    held = _held(days, first_priced_day(closes), lots)
    _book_trades(ledger, held)
    _book_values(ledger, closes, held)
    for flow in cash_flows:
        _book_flow(ledger, days, flow)
    unpriced = tuple(np.flatnonzero(held.opened == days.shape[0]).tolist())
    return _accumulate(ledger, days, _first_day(days, held, cash_flows), unpriced)


def _row(days: DateArray, day: date) -> int:
    """The first trading day on or after `day`, or the last one there is."""
    return min(int(np.searchsorted(days, np.datetime64(day, "D"))), len(days) - 1)


@dataclass(frozen=True)
class _Held:
    """The lots as columns, one entry each. A lot is held on rows [opened, closed) at the end of the day.

    One past the last row is `closed` of an open lot, and `opened` of one that has no price and so is in no figure.
    """

    asset: IntArray
    quantity: FloatArray
    entry_price: FloatArray
    exit_price: FloatArray
    opened: IntArray
    closed: IntArray


def _held(days: DateArray, priced_from: IntArray, lots: Sequence[Lot]) -> _Held:
    last = days.shape[0] - 1
    asset = np.array([lot.asset for lot in lots], dtype=np.intp)
    entries = np.array([lot.entry_date for lot in lots], dtype="datetime64[D]")
    exits = np.array([lot.exit_date for lot in lots], dtype="datetime64[D]")
    closed = np.where(np.isnat(exits), last + 1, np.minimum(np.searchsorted(days, exits), last))
    opened = np.maximum(np.minimum(np.searchsorted(days, entries), last), priced_from[asset])
    return _Held(
        asset=asset,
        quantity=np.array([lot.quantity for lot in lots], dtype=np.float64),
        entry_price=np.array([lot.entry_price for lot in lots], dtype=np.float64),
        exit_price=np.array([lot.exit_price for lot in lots], dtype=np.float64),
        opened=np.minimum(opened, closed),
        closed=closed,
    )


def _book_trades(ledger: _Ledger, held: _Held) -> None:
    rows = ledger.flow.shape[0]
    valued, left = held.opened < rows, held.closed < rows
    np.add.at(ledger.flow, held.opened[valued], position_value(held.quantity, held.entry_price)[valued])
    np.add.at(ledger.cash_change, held.closed[left], position_value(held.quantity, held.exit_price)[left])


def _book_values(ledger: _Ledger, closes: FloatArray, held: _Held) -> None:
    """Lots that are held on the same days are valued together: most of a portfolio was bought in a few days."""
    for side, chosen in ((ledger.long_value, held.quantity > 0), (ledger.short_value, held.quantity <= 0)):
        spans: dict[tuple[int, int], list[int]] = {}
        for index in np.flatnonzero(chosen & (held.opened < held.closed)).tolist():
            spans.setdefault((int(held.opened[index]), int(held.closed[index])), []).append(index)
        for (opened, closed), members in spans.items():
            _add_values(side[opened:closed], closes[opened:closed], held.asset[members], held.quantity[members])


def _add_values(side: FloatArray, closes: FloatArray, asset: IntArray, quantity: FloatArray) -> None:
    for block in row_blocks(side.shape[0], asset.shape[0]):
        side[block] += position_value(quantity, closes[block, asset]).sum(axis=1)


def _book_flow(ledger: _Ledger, days: DateArray, flow: CashFlow) -> None:
    row = _row(days, flow.day)
    ledger.flow[row] += flow.amount
    ledger.cash_change[row] += flow.amount


def _first_day(days: DateArray, held: _Held, cash_flows: Sequence[CashFlow]) -> int:
    rows = [_row(days, flow.day) for flow in cash_flows if flow.amount != 0.0]
    return min(min(rows, default=days.shape[0]), int(held.opened.min(initial=days.shape[0])))


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
