"""What stands around every answer: which day and window, by which method, on which holdings, and what is unknown."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from app.analytics.arrays import DateArray
from app.analytics.errors import Undefined
from app.analytics.option_history import HISTORICAL_WINDOW
from app.schemas.analytics import Coverage, Exclusion, Window
from app.schemas.position import VolatilitySource
from app.services.analytics.book import Book

Figure = TypeVar("Figure")

OPTION_METHOD = (
    "options by Black-Scholes-Merton at a rate and dividend yield of zero, days to expiry over 365; their exposure is "
    "delta times the value of the shares they are on"
)
PRIVATE = "A private position has no daily returns; it counts in the net asset value only."


_SOURCES: dict[VolatilitySource, str] = {
    "stated": "the stated volatility",
    "implied": "the volatility that the entry price implies",
    "historical": f"the underlying's volatility of the last {HISTORICAL_WINDOW} days",
}


class Reasons:
    """Collects why figures are null."""

    def __init__(self) -> None:
        self.unavailable: dict[str, str] = {}

    def attempt(self, field: str, compute: Callable[[], Figure]) -> Figure | None:
        """The figure, or None with the reason kept under the name of the field."""
        try:
            return compute()
        except Undefined as reason:
            self.unavailable[field] = str(reason)
            return None

    def same_for(self, fields: Iterable[str], cause: str) -> None:
        """These fields are unknown for the reason that `cause` is."""
        self.unavailable.update(dict.fromkeys(fields, self.unavailable[cause]))


def window_of(days: DateArray) -> Window:
    if not len(days):
        return Window(start=None, end=None, trading_days=0)
    return Window(start=days[0].item(), end=days[-1].item(), trading_days=len(days))


def coverage_of_valued(book: Book) -> Coverage:
    """For measures that need no more than a price."""
    return coverage(book, [holding.symbol for holding in book.holdings], [])


def coverage(book: Book, included: Iterable[str], excluded: Iterable[Exclusion]) -> Coverage:
    names = list(included)
    kept = set(names)
    without_price = [Exclusion(symbol=symbol, reason=reason) for symbol, reason in book.unpriced.items()]
    gross = sum(abs(holding.value) for holding in book.holdings)
    covered = sum(abs(holding.value) for holding in book.holdings if holding.symbol in kept)
    return Coverage(
        included=names, excluded=[*excluded, *without_price], share_of_gross=covered / gross if gross > 0 else None
    )


def envelope(
    book: Book,
    *,
    method: str,
    window: Window,
    covered: Coverage,
    reasons: Reasons | None = None,
    warnings: Iterable[str] = (),
) -> dict[str, Any]:
    return {
        "portfolio_id": book.row.id,
        "portfolio_name": book.row.name,
        "base_currency": book.row.base_currency,
        "as_of": book.as_of,
        "window": window,
        "method": f"{method}; {OPTION_METHOD}" if any(lot.option for lot in book.open_lots) else method,
        "coverage": covered,
        "warnings": [*price_warnings(book), *warnings],
        "unavailable": reasons.unavailable if reasons else {},
    }


def price_warnings(book: Book) -> list[str]:
    as_of = book.as_of
    if as_of is None:
        return ["There are no prices at all." if book.row.lots else "The benchmark has no prices."]
    found = []
    if book.unpriced:
        found.append(f"Without a price and in no figure: {', '.join(book.unpriced)}.")
    late = sorted({lot.symbol for lot in book.row.lots if lot.entry_date > as_of})
    if late:
        found.append(f"Bought after the newest close and valued at the close of {as_of}: {', '.join(late)}.")
    for symbol in dict.fromkeys(holding.moves_with for holding in book.holdings):
        day = book.price_date(symbol) if symbol is not None else None
        if day is not None and day < as_of:
            found.append(f"{symbol} has had no price since {day}; it is valued at that close.")
    return found + _split_warnings(book) + _volatility_warnings(book)


def _split_warnings(book: Book) -> list[str]:
    found = []
    restated = {lot.symbol: lot.split_factor for lot in book.row.lots if lot.split_factor not in (None, 1.0)}
    if restated:
        named = ", ".join(f"{_plain(symbol)} ({factor:.6g} for 1)" for symbol, factor in sorted(restated.items()))
        found.append(f"Entered before a split and counted in shares of today: {named}.")
    if book.doubtful_entries:
        named = ", ".join(_plain(symbol) for symbol in book.doubtful_entries)
        found.append(f"Their entries do not go with the prices of their days, see the data quality: {named}.")
    return found


def _plain(symbol: str) -> str:
    """A contract's symbol without the blanks that pad its root."""
    return " ".join(symbol.split())


def _volatility_warnings(book: Book) -> list[str]:
    """Which options go by a volatility that nobody stated."""
    valued = {holding.symbol for holding in book.holdings}
    by_source: dict[VolatilitySource, set[str]] = {"implied": set(), "historical": set()}
    for lot in book.open_lots:
        if lot.symbol in valued and lot.option is not None and lot.option.volatility is None:
            by_source[book.options[lot.id].source].add(_plain(lot.symbol))
    return [
        f"No volatility is stated: {', '.join(sorted(symbols))} by {_SOURCES[source]}."
        for source, symbols in by_source.items()
        if symbols
    ]
