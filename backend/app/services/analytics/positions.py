"""Each lot at the newest close, and what it earned today."""

from app.analytics.valuation import position_value, profit
from app.repositories.holding import LotRow
from app.schemas.analytics import Positions
from app.schemas.position import Side, ValuedPosition
from app.services.analytics.book import Book
from app.services.analytics.envelope import NO_PRICE, coverage_of_valued, envelope, window_of


def positions(book: Book) -> Positions:
    return Positions(
        **envelope(
            book,
            method="Quantity times newest close; weights of net asset value; returns from the holder's side",
            window=window_of(book.panel.dates[-2:]),
            covered=coverage_of_valued(book),
        ),
        nav=book.value.nav,
        positions=valued_positions(book),
    )


def valued_positions(book: Book) -> list[ValuedPosition]:
    """Largest first; those without a price at the end."""
    found = [_valued(book, lot) for lot in book.open_lots]
    return sorted(
        found, key=lambda position: (-abs(position.market_value or 0.0), position.symbol, position.entry_date)
    )


def day_pnl(book: Book, lot: LotRow) -> float | None:
    """Profit of the newest trading day, from the day's start or from the entry if that was on the day itself."""
    reference, price = start_of_day_price(book, lot), book.close(lot.symbol)
    if reference is None or price is None:
        return None
    return float(profit(lot.quantity, price, reference))


def start_of_day_price(book: Book, lot: LotRow) -> float | None:
    """The close before the newest trading day; the entry price for a lot entered since."""
    previous = book.close(lot.symbol, days_ago=1)
    if previous is None or lot.entry_date > book.day(-2):
        return lot.entry_price
    return previous


def side_of(lot: LotRow) -> Side:
    return "long" if lot.quantity > 0 else "short"


def _valued(book: Book, lot: LotRow) -> ValuedPosition:
    price = book.close(lot.symbol)
    return ValuedPosition(
        id=lot.id,
        symbol=lot.symbol,
        name=lot.name,
        sector=lot.sector,
        asset_class=lot.asset_class,
        side=side_of(lot),
        quantity=lot.quantity,
        entry_date=lot.entry_date,
        entry_price=lot.entry_price,
        price=price,
        price_date=book.price_date(lot.symbol),
        reason=NO_PRICE if price is None else None,
        **_figures(book, lot, price),
    )


def _figures(book: Book, lot: LotRow, price: float | None) -> dict[str, float | None]:
    names = ("market_value", "weight", "unrealized_pnl", "unrealized_return", "day_pnl", "day_return")
    if price is None:
        return dict.fromkeys(names)
    value, nav = float(position_value(lot.quantity, price)), book.value.nav
    gain, today = float(profit(lot.quantity, price, lot.entry_price)), day_pnl(book, lot)
    reference = start_of_day_price(book, lot)
    return {
        "market_value": value,
        "weight": value / nav if nav > 0 else None,
        "unrealized_pnl": gain,
        "unrealized_return": gain / abs(float(position_value(lot.quantity, lot.entry_price))),
        "day_pnl": today,
        "day_return": None if today is None or reference is None else today / abs(lot.quantity * reference),
    }
