"""Where a period's profit came from: by lot, by group, by factor.

Every part is in currency, and the parts of each view sum to the profit of the daily snapshots over the same rows.
Cash earns nothing here, so positions are all there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.analytics.arrays import BoolArray, DateArray, FloatArray, IntArray
from app.analytics.column_sums import row_blocks
from app.analytics.errors import InvalidInput
from app.analytics.snapshots import Lot, daily_snapshots
from app.analytics.valuation import profit

_CENTS = 100


@dataclass(frozen=True)
class Attribution:
    """Currency. `by_lot` (L,) sums to `total`, and so do `by_factor` (K,) and `specific` together."""

    by_lot: FloatArray
    by_factor: FloatArray
    specific: float

    @property
    def total(self) -> float:
        return float(self.by_lot.sum())


@dataclass(frozen=True)
class Period:
    """Rows `first` to `last` of the days, both included: from the close before `first` to the close of `last`."""

    first: int
    last: int


def attribution(
    days: DateArray,
    closes: FloatArray,
    lots: Sequence[Lot],
    period: Period,
    factor_returns: FloatArray,
    beta: FloatArray,
) -> Attribution:
    """Split the profit of a period.

    By lot: value at the end (or what an exit paid) minus value at the start (or what an entry cost), booked exactly as
    in `snapshots`. By factor: sum over days and lots of (value at the start of the day x beta x factor return); what
    the factors do not explain, with the lots and days for which they are unknown, is specific. Specific is defined as
    the remainder, so the split is exact for any beta.

    Parameters
    ----------
    days : (T,) datetime64[D] array, strictly increasing
    closes : (T, N) array, currency
        Unadjusted closes without gaps, as for `daily_snapshots`.
    lots
        L lots; `asset` is a column of the closes.
    period : rows 0 <= first <= last < T
    factor_returns : (T, K) array of fractions, NaN where unknown
        Row t is the return of day t over day t - 1, so the first row is unknown. K = 0 leaves all to `specific`.
    beta : (N, K) array
        One row a column of the closes; a row with NaN is not attributed to factors.
    """
    if not 0 <= period.first <= period.last < days.shape[0]:
        raise InvalidInput(f"Rows {period.first} to {period.last} are not within {days.shape[0]} days.")
    if factor_returns.shape != (days.shape[0], beta.shape[1]) or beta.shape[0] != closes.shape[1]:
        raise InvalidInput(f"Factors {factor_returns.shape} and betas {beta.shape} do not fit prices {closes.shape}.")
    loads = np.where(np.isfinite(beta).all(axis=1, keepdims=True), beta, 0.0)
    moves = np.nan_to_num(factor_returns[period.first : period.last + 1], nan=0.0)
    by_lot, by_factor = np.zeros(len(lots)), np.zeros(beta.shape[1])
    kept = _held_throughout(lots, days, closes, period)
    if kept.any():
        assets = np.array([lot.asset for lot in lots])[kept]
        quantities = np.array([lot.quantity for lot in lots])[kept]
        by_lot[kept] = profit(quantities, closes[period.last, assets], closes[period.first - 1, assets])
        by_factor += _factor_profit_of_kept(closes, assets, quantities, loads, moves, period)
    for index in np.flatnonzero(~kept).tolist():
        invested, earned = _lot_days(days, closes, lots[index], period)
        by_lot[index] = earned.sum()
        by_factor += (invested @ moves) * loads[lots[index].asset]
    return Attribution(by_lot=by_lot, by_factor=by_factor, specific=float(by_lot.sum() - by_factor.sum()))


def in_cents(amounts: FloatArray, total: float) -> FloatArray:
    """Round amounts to cents so that they sum to their total, rounded.

    Every amount is rounded down; the cents that the total still needs go one each to those that lost most, the first
    of equals first (largest remainder, Hamilton's method). No amount moves by more than a cent. The total is asked
    for because half a cent may round either way after a sum: with one total all views of a profit agree.

    Parameters
    ----------
    amounts : (N,) array, currency, below 10^13 in size, no NaN
    total : float, currency
        The sum of the amounts as it is shown elsewhere.

    Raises
    ------
    InvalidInput
        The amounts are not finite, or not within half a cent of the total.
    """
    cents, wanted = amounts * _CENTS, total * _CENTS
    if not abs(float(cents.sum()) - wanted) <= 0.5:
        raise InvalidInput("Amounts to be rounded are finite and sum to their total.")
    whole = np.floor(cents)
    order = np.argsort(whole - cents, kind="stable")
    missing = round(wanted) - int(whole.sum())
    if missing >= 0:
        whole[order[:missing]] += 1
    else:
        whole[order[missing:]] -= 1
    return whole / _CENTS


def _held_throughout(lots: Sequence[Lot], days: DateArray, closes: FloatArray, period: Period) -> BoolArray:
    """The lots to which nothing but prices happened in the period: their profit needs no booking. Shape (L,)."""
    if period.first == 0 or not lots:
        return np.zeros(len(lots), dtype=np.bool_)
    before = period.first - 1
    entered = np.array([lot.entry_date for lot in lots], dtype="datetime64[D]") <= days[before]
    priced = np.isfinite(closes[before, np.array([lot.asset for lot in lots])])
    open_ended = np.array([lot.exit_date is None for lot in lots])
    return np.asarray(entered & priced & open_ended, dtype=np.bool_)


def _factor_profit_of_kept(
    closes: FloatArray, assets: IntArray, quantities: FloatArray, loads: FloatArray, moves: FloatArray, period: Period
) -> FloatArray:
    """Units do not change, so the exposure of each day is one product of prices with units x beta."""
    columns, position = np.unique(assets, return_inverse=True)
    units = np.bincount(position, weights=quantities)
    total = np.zeros(loads.shape[1])
    start = closes[period.first - 1 : period.last]
    everything = columns.shape[0] == closes.shape[1]
    for block in row_blocks(start.shape[0], columns.shape[0]):
        held = start[block] if everything else start[block][:, columns]
        exposure = held @ (units[:, None] * loads[columns])
        total += (exposure * moves[block]).sum(axis=0)
    return total


def _lot_days(days: DateArray, closes: FloatArray, lot: Lot, period: Period) -> tuple[FloatArray, FloatArray]:
    """Value at the start of each day of the period and profit of it, both (D,), from the lot's own snapshots."""
    own = daily_snapshots(days, closes[:, [lot.asset]], [replace(lot, asset=0)], [])
    invested, earned = np.zeros(days.shape[0]), np.zeros(days.shape[0])
    since = days.shape[0] - own.days.shape[0]
    value = own.net_exposure
    invested[since:] = own.flow + np.concatenate(([0.0], value))[:-1]
    earned[since:] = own.pnl
    rows = slice(period.first, period.last + 1)
    return invested[rows], earned[rows]
