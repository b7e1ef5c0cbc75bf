from collections.abc import Sequence

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.correlation import (
    MINIMUM_OVERLAP_DAYS,
    average_correlation,
    cluster_order,
    correlation_matrix,
    extreme_pairs,
    nearest_positive_semidefinite,
)
from app.analytics.correlation import CorrelationPair as Pair
from app.schemas.analytics import CorrelationMatrix, CorrelationPair, Exclusion
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage, envelope, window_of
from app.services.analytics.risk_base import private_positions

DEFAULT_WINDOW = 252
DEFAULT_SYMBOLS = 50
# As many as a person or a model takes in at a glance
PAIRS_SHOWN = 5


def correlations(book: Book, window: int, limit: int) -> CorrelationMatrix:
    """Of the largest `limit` holdings, with similar ones side by side."""
    largest = [holding.symbol for holding in book.holdings if holding.moves_with == holding.symbol][:limit]
    returns = book.returns[-window:, [book.columns[symbol] for symbol in largest]]
    matrix = correlation_matrix(returns)
    known = np.isfinite(np.diagonal(matrix))
    order = np.flatnonzero(known)[cluster_order(matrix[np.ix_(known, known)])]
    symbols = [largest[i] for i in order]
    values, warnings = _repaired(matrix[np.ix_(order, order)])
    reasons = Reasons()
    average = average_correlation(values)
    if average is None:
        reasons.unavailable["average"] = "A correlation needs two holdings with enough common days."
    return CorrelationMatrix(
        **envelope(
            book,
            method=(
                f"Pearson correlation of daily returns of adjusted closes, each pair on the days that both have, at "
                f"least {MINIMUM_OVERLAP_DAYS}; similar holdings stand together (average linkage)"
            ),
            window=window_of(book.panel.dates[1:][-window:]),
            covered=coverage(book, symbols, _excluded(book, largest, symbols)),
            reasons=reasons,
            warnings=warnings,
        ),
        symbols=symbols,
        values=[[float(value) if np.isfinite(value) else None for value in row] for row in values],
        average=average,
        **_extremes(symbols, values),
    )


def _repaired(matrix: FloatArray) -> tuple[FloatArray, list[str]]:
    if not np.isfinite(matrix).all():
        return matrix, ["Some pairs share too few days; their correlation is unknown."]
    repaired = nearest_positive_semidefinite(matrix)
    if repaired is matrix:
        return matrix, []
    return repaired, ["The pairs rest on different days; the matrix was repaired to be positive semi-definite."]


def _extremes(symbols: list[str], matrix: FloatArray) -> dict[str, list[CorrelationPair]]:
    found = extreme_pairs(matrix, PAIRS_SHOWN)
    return {"highest": _named(symbols, found.highest), "lowest": _named(symbols, found.lowest)}


def _named(symbols: list[str], pairs: Sequence[Pair]) -> list[CorrelationPair]:
    return [
        CorrelationPair(first=symbols[pair.first], second=symbols[pair.second], correlation=pair.correlation)
        for pair in pairs
    ]


def _excluded(book: Book, largest: list[str], symbols: list[str]) -> list[Exclusion]:
    small = [
        Exclusion(symbol=holding.symbol, reason=f"Only the {len(largest)} largest holdings are shown.")
        for holding in book.holdings
        if holding.moves_with == holding.symbol and holding.symbol not in largest
    ]
    options = [
        Exclusion(symbol=holding.symbol, reason=f"An option moves with its underlying, {holding.moves_with}.")
        for holding in book.holdings
        if holding.moves_with not in (None, holding.symbol)
    ]
    unknown = [
        Exclusion(symbol=symbol, reason=f"It has fewer than {MINIMUM_OVERLAP_DAYS} daily returns, or did not move.")
        for symbol in largest
        if symbol not in symbols
    ]
    return unknown + small + options + private_positions(book)
