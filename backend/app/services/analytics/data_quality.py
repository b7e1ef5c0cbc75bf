"""How far the prices behind a portfolio can be trusted."""

import datetime as dt

import numpy as np

from app.analytics import prices
from app.schemas.analytics import DataQuality, Exclusion
from app.services.analytics.book import NO_PRICE, Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of


def data_quality(book: Book) -> DataQuality:
    symbols = sorted(book.row.instruments | {book.row.benchmark})
    first = [day for symbol in symbols if (day := _first_price_date(book, symbol)) is not None]
    last = [day for symbol in symbols if (day := book.price_date(symbol)) is not None]
    gaps = _gaps(book, symbols)
    reasons = Reasons()
    if not first:
        reasons.unavailable |= dict.fromkeys(("first_price_date", "last_price_date"), NO_PRICE)
    return DataQuality(
        **envelope(
            book,
            method=(
                "Trading days are those on which at least half of the holdings and the benchmark have a price, of "
                "those that exist at the time; a day without one is filled with the last close"
            ),
            window=window_of(book.panel.dates),
            covered=coverage_of_valued(book),
            reasons=reasons,
        ),
        first_price_date=min(first, default=None),
        last_price_date=max(last, default=None),
        gaps=gaps,
        doubtful_entries=[Exclusion(symbol=symbol, reason=reason) for symbol, reason in book.doubtful_entries.items()],
        complete=not gaps and not book.unpriced and not book.doubtful_entries,
    )


def _first_price_date(book: Book, symbol: str) -> dt.date | None:
    known = np.flatnonzero(np.isfinite(book.panel.closes[:, book.columns[symbol]]))
    return book.day(int(known[0])) if len(known) else None


def _gaps(book: Book, symbols: list[str]) -> list[Exclusion]:
    """One line a symbol: days without a price since its first one, up to the newest day of any series."""
    columns = [book.columns[symbol] for symbol in symbols]
    by_column: dict[int, list[prices.Gap]] = {}
    for gap in prices.gaps(book.panel.closes[:, columns]):
        by_column.setdefault(gap.column, []).append(gap)
    found = []
    for column, symbol in enumerate(symbols):
        if book.price_date(symbol) is None:
            found.append(Exclusion(symbol=symbol, reason="There is no price at all."))
        elif column in by_column:
            found.append(Exclusion(symbol=symbol, reason=_reason(book, by_column[column])))
    return found


def _reason(book: Book, gaps: list[prices.Gap]) -> str:
    count = sum(gap.days for gap in gaps)
    counted = "1 trading day" if count == 1 else f"{count} trading days"
    return f"{counted} without a price, the newest on {book.day(gaps[-1].last)}."
