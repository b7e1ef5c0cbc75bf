import numpy as np

from app.analytics.concentration import Concentration as Shares
from app.analytics.concentration import concentration as shares_of
from app.schemas.analytics import Concentration, ConcentrationItem
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of

LARGEST_SHOWN = 10


def concentration(book: Book) -> Concentration:
    reasons = Reasons()
    shares = reasons.attempt("herfindahl_index", lambda: shares_of(_exposures(book)))
    if shares is None:
        reasons.same_for(("effective_positions", "top_1", "top_3", "top_10"), "herfindahl_index")
    return Concentration(
        **envelope(
            book,
            method="Gross weights: |market value| over the sum of |market values|, lots of a symbol added up, no cash",
            window=window_of(book.panel.dates[-1:]),
            covered=coverage_of_valued(book),
            reasons=reasons,
        ),
        herfindahl_index=shares.herfindahl_index if shares else None,
        effective_positions=shares.effective_positions if shares else None,
        top_1=shares.top(1) if shares else None,
        top_3=shares.top(3) if shares else None,
        top_10=shares.top(10) if shares else None,
        largest=_largest(book, shares) if shares else [],
    )


def _exposures(book: Book) -> np.ndarray:
    return np.array([holding.exposure for holding in book.holdings], dtype=np.float64)


def _largest(book: Book, shares: Shares) -> list[ConcentrationItem]:
    return [
        ConcentrationItem(
            symbol=book.holdings[i].symbol,
            gross_weight=float(shares.gross_weights[i]),
            market_value=book.holdings[i].value,
        )
        for i in shares.order[:LARGEST_SHOWN]
    ]
