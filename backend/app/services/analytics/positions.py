"""Each lot at the newest close, and what it earned today."""

import math
from collections.abc import Sequence

from app.analytics.valuation import position_value, profit
from app.repositories.holding import LotRow, OptionRow
from app.schemas.analytics import Positions
from app.schemas.position import OptionFigures, Side, ValuedPosition
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of

# Volatility and rates are quoted in points of a hundredth
POINT = 0.01


def positions(book: Book) -> Positions:
    found = valued_positions(book)
    reasons = Reasons()
    return Positions(
        **envelope(
            book,
            method="Quantity times newest close; weights of net asset value; returns from the holder's side",
            window=window_of(book.panel.dates[-2:]),
            covered=coverage_of_valued(book),
            reasons=reasons,
        ),
        nav=book.value.nav,
        unrealized_pnl=_unrealized(found, reasons),
        positions=found,
    )


def _unrealized(found: Sequence[ValuedPosition], reasons: Reasons) -> float | None:
    known = [position.unrealized_pnl for position in found if position.unrealized_pnl is not None]
    if len(known) < len(found):
        reasons.unavailable["unrealized_pnl"] = "Not every open position has a price."
        return None
    return math.fsum(known)


def valued_positions(book: Book) -> list[ValuedPosition]:
    """Largest first; those without a price at the end."""
    found = [_valued(book, lot) for lot in book.open_lots]
    return sorted(
        found, key=lambda position: (-abs(position.market_value or 0.0), position.symbol, position.entry_date)
    )


def day_pnl(book: Book, lot: LotRow) -> float | None:
    """Profit of the newest trading day, from the day's start or from the entry if that was on the day itself."""
    reference, price = start_of_day_price(book, lot), book.unit_value(lot)
    if reference is None or price is None:
        return None
    return float(profit(lot.units, price, reference))


def start_of_day_price(book: Book, lot: LotRow) -> float | None:
    """The close before the newest trading day; the entry price for a lot entered since."""
    previous = book.unit_value(lot, days_ago=1)
    if previous is None or lot.entry_date > book.day(-2):
        return lot.entry_price
    return previous


def side_of(lot: LotRow) -> Side:
    return "long" if lot.quantity > 0 else "short"


def _valued(book: Book, lot: LotRow) -> ValuedPosition:
    price = book.unit_value(lot)
    return ValuedPosition(
        id=lot.id,
        symbol=lot.symbol,
        name=lot.name,
        sector=lot.sector,
        asset_class=lot.asset_class,
        position_class=lot.position_class,
        side=side_of(lot),
        quantity=lot.quantity,
        entry_date=lot.entry_date,
        entry_price=lot.entry_price,
        price=price,
        price_date=book.unit_value_date(lot),
        reason=book.unpriced[lot.symbol] if price is None else None,
        split_factor=lot.split_factor,
        option=_option(book, lot, lot.option) if lot.option and price is not None else None,
        **_figures(book, lot, price),
    )


def _option(book: Book, lot: LotRow, terms: OptionRow) -> OptionFigures:
    history = book.options[lot.id]
    greeks, units = history.newest, lot.units
    return OptionFigures(
        underlying_symbol=terms.underlying_symbol,
        option_type=terms.option_type,
        strike=terms.strike,
        expiry=terms.expiry,
        multiplier=terms.multiplier,
        spot=history.spot,
        volatility=history.volatility,
        volatility_source=history.source,
        exposure=float(position_value(greeks.delta * units, history.spot)),
        delta=greeks.delta * units,
        gamma=greeks.gamma * units,
        theta=greeks.theta * units,
        vega=greeks.vega * units * POINT,
        rho=greeks.rho * units * POINT,
    )


def _figures(book: Book, lot: LotRow, price: float | None) -> dict[str, float | None]:
    names = ("market_value", "weight", "unrealized_pnl", "unrealized_return", "day_pnl", "day_return")
    if price is None:
        return dict.fromkeys(names)
    value, nav = float(position_value(lot.units, price)), book.value.nav
    gain, today = float(profit(lot.units, price, lot.entry_price)), day_pnl(book, lot)
    reference = start_of_day_price(book, lot)
    return {
        "market_value": value,
        "weight": value / nav if nav > 0 else None,
        "unrealized_pnl": gain,
        "unrealized_return": gain / abs(float(position_value(lot.units, lot.entry_price))),
        "day_pnl": today,
        "day_return": None if today is None or not reference else today / abs(lot.units * reference),
    }
