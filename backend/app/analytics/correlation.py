"""How holdings move together."""

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from app.analytics.arrays import FloatArray, IntArray
from app.analytics.beta import moves
from app.analytics.errors import InvalidInput

MINIMUM_OVERLAP_DAYS = 30


@dataclass(frozen=True)
class CorrelationPair:
    first: int
    second: int
    correlation: float


def correlation_matrix(returns: FloatArray, minimum_overlap: int = MINIMUM_OVERLAP_DAYS) -> FloatArray:
    """Pearson correlation of each pair of columns, over the days that both are known.

    Parameters
    ----------
    returns : (T, N) array of fractions, NaN where unknown
    minimum_overlap : int, at least 2
        Days that a pair must share.

    Returns
    -------
    (N, N) symmetric array in [-1, 1] with ones on the diagonal. NaN for a pair that shares fewer days or of which one
    does not move on them; the diagonal follows the same rule.
    """
    if minimum_overlap < 2:
        raise InvalidInput("A correlation needs an overlap of at least two days.")
    complete = bool(np.isfinite(returns).all())
    matrix = _complete(returns, minimum_overlap) if complete else _pairwise(returns, minimum_overlap)
    known = np.isfinite(np.diagonal(matrix))
    matrix[known, known] = 1.0
    return matrix


def nearest_positive_semidefinite(matrix: FloatArray) -> FloatArray:
    """Repair a correlation matrix that pairwise overlaps left with negative eigenvalues.

    Negative eigenvalues are set to zero and the diagonal is scaled back to one (Rebonato and Jaeckel's spectral
    method). A matrix that is already positive semi-definite is returned as it is. No NaN.
    """
    values, vectors = np.linalg.eigh(matrix)
    if values.min(initial=0.0) >= -1e-12:
        return matrix
    repaired = (vectors * np.maximum(values, 0.0)) @ vectors.T
    scale = 1.0 / np.sqrt(np.diagonal(repaired))
    repaired = repaired * np.outer(scale, scale)
    np.fill_diagonal(repaired, 1.0)
    return np.asarray((repaired + repaired.T) / 2.0, dtype=np.float64)


def cluster_order(matrix: FloatArray) -> IntArray:
    """Order in which similar columns stand together: average linkage on the distance sqrt((1 - rho) / 2).

    Unknown pairs count as uncorrelated for the ordering only. Shape (N,), a permutation of 0 .. N-1.
    """
    count = matrix.shape[0]
    if count < 3:
        return np.arange(count, dtype=np.intp)
    distance = np.sqrt(np.clip((1.0 - np.nan_to_num(matrix, nan=0.0)) / 2.0, 0.0, 1.0))
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average", optimal_ordering=count <= 100)
    return np.asarray(leaves_list(tree), dtype=np.intp)


@dataclass(frozen=True)
class ExtremePairs:
    """`highest` begins with the most correlated pair, `lowest` with the least; each pair has first < second."""

    highest: tuple[CorrelationPair, ...]
    lowest: tuple[CorrelationPair, ...]


def extreme_pairs(matrix: FloatArray, count: int) -> ExtremePairs:
    """The `count` known pairs at either end; the same ones where there are no more. Unknown (NaN) pairs are left out.

    Of pairs that are correlated alike, those of earlier columns come first in `highest` and last in `lowest`.
    """
    first, second = np.triu_indices(matrix.shape[0], k=1)
    values = matrix[first, second]
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(-values[known], kind="stable")]

    def pairs(chosen: IntArray) -> tuple[CorrelationPair, ...]:
        return tuple(CorrelationPair(int(first[k]), int(second[k]), float(values[k])) for k in chosen)

    return ExtremePairs(highest=pairs(order[:count]), lowest=pairs(order[::-1][:count]))


def average_correlation(matrix: FloatArray) -> float | None:
    """Mean over the known pairs; None where there is no pair."""
    values = matrix[np.triu_indices(matrix.shape[0], k=1)]
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def _complete(returns: FloatArray, minimum_overlap: int) -> FloatArray:
    count = returns.shape[1]
    if returns.shape[0] < minimum_overlap or count == 0:
        return np.full((count, count), np.nan)
    centred = returns - returns.mean(axis=0)
    lengths = np.sqrt(np.square(centred).sum(axis=0))
    lengths = np.where(moves(returns), lengths, np.nan)
    scaled = centred / lengths
    return np.asarray(np.clip(scaled.T @ scaled, -1.0, 1.0), dtype=np.float64)


def _pairwise(returns: FloatArray, minimum_overlap: int) -> FloatArray:
    """Sums over each pair's own days, all as matrix products with unknown returns set to zero."""
    known = np.isfinite(returns).astype(np.float64)
    # Shifting by each column's mean keeps the sums small, so that little is lost when products of sums are subtracted
    counts = np.maximum(known.sum(axis=0), 1.0)
    filled = np.nan_to_num(returns, nan=0.0)
    filled = (filled - filled.sum(axis=0) / counts) * known
    overlap = known.T @ known
    safe = np.maximum(overlap, 1.0)
    sums = filled.T @ known
    products = filled.T @ filled - sums * sums.T / safe
    squares = np.square(filled).T @ known - np.square(sums) / safe
    scale = np.sqrt(np.maximum(squares, 0.0)) * np.sqrt(np.maximum(squares.T, 0.0))
    usable = (overlap >= minimum_overlap) & (scale > 1e-18)
    matrix = np.full(overlap.shape, np.nan)
    np.divide(products, scale, out=matrix, where=usable)
    return np.asarray(np.clip(matrix, -1.0, 1.0), dtype=np.float64)
