"""Questions that are about the same thing: communities of their nearest neighbours.

A graph joins each question to its nearest ones, and Leiden (Traag et al., 2019) parts it into communities. Only blocks
of rows are compared at once, so that memory grows with the number of questions and not with its square. What this is
measured against stands in `benchmarks/clustering.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.agent.embeddings import Vectors

Labels = NDArray[np.int64]

# In no topic: too few others ask the like
UNSORTED = -1
# Rows compared at once: with 100,000 questions a block takes 100 MB
BLOCK_ROWS = 256
SEED = 7


@dataclass(frozen=True, slots=True)
class Clustering:
    """Chosen on `evaluation/topics`. `floor` is the similarity below which two questions have nothing in common."""

    neighbours: int = 20
    floor: float = 0.3
    # Above 1, more and smaller topics: one that is two things is worse than two that are one
    resolution: float = 3.0
    # What so few ask is no topic
    smallest: int = 3


STANDARD = Clustering()


def cluster(vectors: Vectors, counts: NDArray[np.int64], how: Clustering = STANDARD) -> Labels:
    """The topic of each row, 0 the largest; `UNSORTED` for none.

    Parameters
    ----------
    vectors : (n, d), one row of unit length for each different question
    counts : (n,), how often each was asked; 0 for one that only shows what belongs together
    """
    if len(vectors) == 0:
        return np.empty(0, dtype=np.int64)
    found = _communities(_graph(vectors, how), how)
    asked = np.bincount(found, weights=counts)
    order = [int(label) for label in np.argsort(-asked, kind="stable") if asked[label] >= how.smallest]
    renamed = np.full(len(asked), UNSORTED, dtype=np.int64)
    renamed[order] = np.arange(len(order))
    labels: Labels = renamed[found]
    return labels


def _communities(graph: sparse.csr_matrix, how: Clustering) -> Labels:
    if graph.nnz == 0:
        return np.arange(graph.shape[0], dtype=np.int64)
    from sknetwork.clustering import Leiden

    leiden = Leiden(resolution=how.resolution, return_probs=False, return_aggregate=False, random_state=SEED)
    return np.asarray(leiden.fit_predict(graph), dtype=np.int64)


def _graph(vectors: Vectors, how: Clustering) -> sparse.csr_matrix:
    """Joined where either is among the other's nearest, as strongly as they are alike."""
    rows, columns, weights = (np.concatenate(parts) for parts in zip(*_edges(vectors, how), strict=True))
    size = (len(vectors), len(vectors))
    directed = sparse.csr_matrix((weights, (rows, columns)), shape=size)
    return sparse.csr_matrix(directed.maximum(directed.T))


def _edges(vectors: Vectors, how: Clustering) -> Iterator[tuple[Labels, Labels, Vectors]]:
    kept = min(how.neighbours, len(vectors) - 1)
    for start in range(0, len(vectors), BLOCK_ROWS):
        alike = vectors[start : start + BLOCK_ROWS] @ vectors.T
        own = np.arange(len(alike))
        alike[own, start + own] = -1.0
        nearest = np.argpartition(alike, len(vectors) - 1 - kept, axis=1)[:, len(vectors) - kept :]
        weights = np.take_along_axis(alike, nearest, axis=1)
        is_near = weights > how.floor
        rows = np.broadcast_to((start + own)[:, None], nearest.shape)
        yield rows[is_near], nearest[is_near], weights[is_near]
