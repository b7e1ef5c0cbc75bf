"""Every figure of a portfolio before and after trades on paper, each by its own measure."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np

from app.analytics.concentration import concentration
from app.analytics.errors import NonPositiveNav
from app.analytics.volatility import annualized_volatility
from app.analytics.what_if import Holdings, Trade, compare, simulate_trades
from app.analytics.what_if import WhatIf as Simulation
from app.errors import InvalidField
from app.repositories.holding import LotRow
from app.schemas.what_if import FigureChange, WeightChange, WhatIf
from app.schemas.what_if import Trade as WantedTrade
from app.services.analytics.beta import LONG_WINDOW, portfolio_beta
from app.services.analytics.book import Book
from app.services.analytics.envelope import coverage_of_valued, envelope, window_of
from app.services.analytics.risk_base import METHOD, risk_base
from app.services.analytics.value_at_risk import DEFAULT_WINDOW as TAIL_WINDOW
from app.services.analytics.value_at_risk import tail_risk

# A lot on paper is no row of the database
_ON_PAPER = UUID(int=0)


def what_if(book: Book, wanted: Sequence[WantedTrade]) -> WhatIf:
    """Of a book that was loaded with the traded symbols.

    Raises
    ------
    InvalidField
        A trade in a symbol without prices, or of a quantity of zero.
    """
    simulation = simulate_trades(_held(book, wanted), [_trade(book, i, trade) for i, trade in enumerate(wanted)])
    before, after = _on_paper(book, simulation.before), _on_paper(book, simulation.after)

    def change(measure: Callable[[Book], float]) -> FigureChange:
        found = compare(simulation, lambda side: measure(before if side is simulation.before else after))
        return FigureChange.model_validate(found)

    return WhatIf(
        **envelope(
            book,
            method=(
                "Trades at the stated or newest price, without costs; lots of a symbol netted, options and private "
                f"positions as they are. {METHOD}"
            ),
            window=window_of(book.panel.dates[1:][-LONG_WINDOW:]),
            covered=coverage_of_valued(book),
        ),
        traded_value=simulation.traded_value,
        **{name: change(measure) for name, measure in _MEASURES.items()},
        weights=_weights(simulation, before.value.nav, after.value.nav),
    )


def _held(book: Book, wanted: Sequence[WantedTrade]) -> Holdings:
    """All shares that can be valued, by symbol, with what is to be traded at its newest close."""
    units = {holding.symbol: 0.0 for holding in book.holdings if holding.moves_with == holding.symbol}
    units |= {trade.symbol: 0.0 for trade in wanted}
    for lot in book.open_lots:
        if lot.position_class == "PUBLIC" and lot.symbol in units:
            units[lot.symbol] += lot.quantity
    prices = [book.close(symbol) for symbol in units]
    return Holdings(
        symbols=tuple(units),
        quantities=np.array(list(units.values()), dtype=np.float64),
        prices=np.array([np.nan if price is None else price for price in prices], dtype=np.float64),
        cash=book.value.cash,
    )


def _trade(book: Book, index: int, wanted: WantedTrade) -> Trade:
    close = book.close(wanted.symbol)
    if close is None:
        raise InvalidField(f"trades.{index}.symbol", f"there is no price of {wanted.symbol}")
    if wanted.quantity == 0:
        raise InvalidField(f"trades.{index}.quantity", "must not be 0")
    return Trade(wanted.symbol, wanted.quantity, wanted.price if wanted.price is not None else close)


def _on_paper(book: Book, holdings: Holdings) -> Book:
    """A book of one lot a symbol, entered at the newest close, so that each measure can be taken of it.

    Options and private positions stay as they are.
    """
    today = book.as_of or date.min
    lots = tuple(
        LotRow(_ON_PAPER, symbol, symbol, None, "", float(quantity), today, float(price), None, None)
        for symbol, quantity, price in zip(holdings.symbols, holdings.quantities, holdings.prices, strict=True)
        if quantity != 0 and np.isfinite(price)
    )
    kept = tuple(lot for lot in book.open_lots if lot.position_class != "PUBLIC")
    row = replace(book.row, lots=lots + kept, flows=(), opening_cash=holdings.cash, inception_date=today)
    return Book(row, book.panel)


def _leverage(book: Book, exposure: float) -> float:
    if not book.value.nav > 0:
        raise NonPositiveNav(book.value.nav)
    return exposure / book.value.nav


def _tail(book: Book) -> float:
    return tail_risk(risk_base(book, TAIL_WINDOW), 0.95, 1).value_at_risk


def _tail_amount(book: Book) -> float:
    return _tail(book) * risk_base(book, TAIL_WINDOW).nav


def _exposures(book: Book) -> np.ndarray:
    return np.array([holding.exposure for holding in book.holdings], dtype=np.float64)


_MEASURES: dict[str, Callable[[Book], float]] = {
    "nav": lambda book: book.value.nav,
    "cash": lambda book: book.value.cash,
    "gross_exposure": lambda book: book.value.gross_exposure,
    "net_exposure": lambda book: book.value.net_exposure,
    "gross_leverage": lambda book: _leverage(book, book.value.gross_exposure),
    "net_leverage": lambda book: _leverage(book, book.value.net_exposure),
    "volatility_252d": lambda book: annualized_volatility(risk_base(book, LONG_WINDOW).portfolio),
    "beta_252d": lambda book: portfolio_beta(book, LONG_WINDOW).beta,
    "value_at_risk_95_1d": _tail,
    "value_at_risk_95_1d_amount": _tail_amount,
    "herfindahl_index": lambda book: concentration(_exposures(book)).herfindahl_index,
    "effective_positions": lambda book: concentration(_exposures(book)).effective_positions,
}


def _weights(simulation: Simulation, nav_before: float, nav_after: float) -> list[WeightChange]:
    before, after = simulation.before, simulation.after
    sides = [(before.market_values, nav_before), (after.market_values, nav_after)]
    rows = [
        WeightChange(
            symbol=symbol,
            quantity_before=float(before.quantities[i]),
            quantity_after=float(after.quantities[i]),
            weight_before=_weight(*sides[0], i),
            weight_after=_weight(*sides[1], i),
        )
        for i, symbol in enumerate(before.symbols)
        if before.quantities[i] != 0 or after.quantities[i] != 0
    ]
    return sorted(rows, key=lambda row: (-abs(row.weight_after or 0.0), row.symbol))


def _weight(values: np.ndarray, nav: float, i: int) -> float | None:
    return float(values[i]) / nav if nav > 0 and np.isfinite(values[i]) else None
