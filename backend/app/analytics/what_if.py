"""A portfolio before and after trades that have not been made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import InvalidInput, Undefined
from app.analytics.valuation import PortfolioValue, portfolio_value, position_value, weights


@dataclass(frozen=True)
class Trade:
    """Units bought (positive) or sold (negative) at a price a unit. An option's units are contracts x multiplier."""

    symbol: str
    quantity: float
    price: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.quantity):
            raise InvalidInput(f"The quantity of {self.symbol} is a finite number.")
        if not (np.isfinite(self.price) and self.price > 0):
            raise InvalidInput(f"The price of {self.symbol} is a positive number.")


@dataclass(frozen=True)
class Holdings:
    """What is held, one entry a symbol: units (negative is a short) and the current price of one, (N,) each.

    NaN is the price of a position that has none; it is then in no value and no weight.
    """

    symbols: tuple[str, ...]
    quantities: FloatArray
    prices: FloatArray
    cash: float

    def __post_init__(self) -> None:
        if not len(self.symbols) == len(set(self.symbols)) == self.quantities.shape[0] == self.prices.shape[0]:
            raise InvalidInput("Holdings have one quantity and one price a symbol, and each symbol once.")

    @property
    def market_values(self) -> FloatArray:
        return position_value(self.quantities, self.prices)

    @property
    def value(self) -> PortfolioValue:
        return portfolio_value(self.market_values, self.cash)

    def weights(self) -> FloatArray:
        """Signed weights of NAV (N,), as `valuation.weights`; raises NonPositiveNav."""
        return weights(self.market_values, self.value.nav)

    def cash_weight(self) -> float:
        """Cash over NAV; with the weights of the positions it sums to 1. Raises NonPositiveNav."""
        return float(weights(np.array([self.cash]), self.value.nav)[0])


@dataclass(frozen=True)
class WhatIf:
    """Two sets of holdings over the same symbols in the same order: those held, then those only traded.

    `traded_value` is the sum of |quantity| x price over the trades, in currency.
    """

    before: Holdings
    after: Holdings
    traded_value: float


@dataclass(frozen=True)
class Comparison:
    """One figure before and after. A side without an answer is None and its reason is given."""

    before: float | None
    after: float | None
    reason_before: str | None
    reason_after: str | None

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


def simulate_trades(held: Holdings, trades: Sequence[Trade]) -> WhatIf:
    """Carry out trades on paper: units change by the quantity, cash by -quantity x price. No costs.

    Several trades in a symbol add up. A position goes on being valued at its current price, so that a trade away from
    it gains or loses at once; a symbol that was not held is valued at the price of its last trade. With no trades
    both sides are the same to the last bit.

    Raises
    ------
    InvalidInput
        A trade whose price or quantity is no usable number (raised where the trade is made).
    """
    traded = dict.fromkeys(trade.symbol for trade in trades)
    added = [symbol for symbol in traded if symbol not in set(held.symbols)]
    last_price = {trade.symbol: trade.price for trade in trades}
    symbols = (*held.symbols, *added)
    prices = np.concatenate((held.prices, np.array([last_price[symbol] for symbol in added])))
    quantities = np.concatenate((held.quantities, np.zeros(len(added))))
    row = {symbol: index for index, symbol in enumerate(symbols)}
    bought, cash = quantities.copy(), held.cash
    for trade in trades:
        bought[row[trade.symbol]] += trade.quantity
        cash -= float(position_value(trade.quantity, trade.price))
    return WhatIf(
        before=Holdings(symbols, quantities, prices, held.cash),
        after=Holdings(symbols, bought, prices, cash),
        traded_value=sum(abs(float(position_value(trade.quantity, trade.price))) for trade in trades),
    )


def compare(what_if: WhatIf, measure: Callable[[Holdings], float]) -> Comparison:
    """Any measure of holdings, before and after.

    Parameters
    ----------
    measure
        Takes holdings, whose symbols are in the order of `what_if`, and may raise Undefined.
    """
    before, reason_before = _attempt(measure, what_if.before)
    after, reason_after = _attempt(measure, what_if.after)
    return Comparison(before, after, reason_before, reason_after)


def _attempt(measure: Callable[[Holdings], float], holdings: Holdings) -> tuple[float | None, str | None]:
    try:
        return measure(holdings), None
    except Undefined as failure:
        return None, str(failure)
