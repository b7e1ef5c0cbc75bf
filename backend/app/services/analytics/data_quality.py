"""How far the prices behind a portfolio can be trusted."""

import datetime as dt

import numpy as np

from app.schemas.analytics import DataQuality, Exclusion
from app.services.analytics.book import NO_PRICE, Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of


def data_quality(book: Book) -> DataQuality:
    symbols = sorted(book.row.instruments | {book.row.benchmark})
    first = [day for symbol in symbols if (day := _first_price_date(book, symbol)) is not None]
    last = [day for symbol in symbols if (day := book.price_date(symbol)) is not None]
    gaps = [gap for symbol in symbols if (gap := _gap(book, symbol)) is not None]
    reasons = Reasons()
    if not first:
        reasons.unavailable |= dict.fromkeys(("first_price_date", "last_price_date"), NO_PRICE)
    return DataQuality(
        **envelope(
            book,
            method=(
                "Trading days are those on which any holding or the benchmark has a price; a day without one is filled "
                "with the last close"
            ),
            window=window_of(book.panel.dates),
            covered=coverage_of_valued(book),
            reasons=reasons,
        ),
        first_price_date=min(first, default=None),
        last_price_date=max(last, default=None),
        gaps=gaps,
        complete=not gaps and not book.unpriced,
    )


def _first_price_date(book: Book, symbol: str) -> dt.date | None:
    known = np.flatnonzero(np.isfinite(book.panel.closes[:, book.columns[symbol]]))
    return book.day(int(known[0])) if len(known) else None


def _gap(book: Book, symbol: str) -> Exclusion | None:
    """Days without a price since the first one, up to the newest day of any series."""
    if book.price_date(symbol) is None:
        return Exclusion(symbol=symbol, reason="There is no price at all.")
    filled = np.flatnonzero(book.filled.filled[:, book.columns[symbol]])
    if not len(filled):
        return None
    return Exclusion(
        symbol=symbol,
        reason=f"{len(filled)} trading days without a price, the newest on {book.day(int(filled[-1]))}.",
    )
