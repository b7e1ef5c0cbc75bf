"""Grouping questions into topics: how well on the labelled set, and how time and memory grow with their number.

`rand_index` is the adjusted Rand index against `evaluation/topics`, where questions in no topic count as one group; of
`singletons` each counts as a group of its own. The growth rows group made-up questions: the labelled ones with names of
companies, amounts and days put in, so that each is different. `SIZES=1000,3000` sets how many.

There is no floor; `peer` is HDBSCAN on the same vectors, or average linkage, of scikit-learn.
"""

import asyncio
import os
import random
import resource
import time
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN, AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

from app.agent.embedding_local import LocalEmbedder
from app.agent.embeddings import Vectors
from app.learning.topics import clustering, finding
from app.learning.topics.finding import Topics, find_topics
from benchmarks._measuring import Row, publish
from evaluation.topics import labelled_set
from evaluation.topics.labelled_set import Labelled

SIZES = "10000,30000,100000"
SEED = 11
_ENDINGS = (
    "for {name}", "since {month}", "compared with {name}", "in {month}", "on a {amount} position", "please, for {name}",
    "before {month} {day}", "if I add {amount}", "between {month} and {name}'s report", "with {amount} at stake",
)  # fmt: skip
_NAMES = (
    "Apple",
    "Nvidia",
    "Amazon",
    "Tesla",
    "Meta",
    "Boeing",
    "Disney",
    "Pfizer",
    "Walmart",
    "Intel",
    "Netflix",
    "Nike",
)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")

Labels = NDArray[np.int64]


def quality() -> Iterator[Row]:
    near, all_of_them = labelled_set.load("questions"), (*labelled_set.load("questions"), *labelled_set.load("close"))
    others = {
        "20 topics, second hand": labelled_set.load("second"),
        "20 topics, third hand": labelled_set.load("third"),
    }
    for name, rows in {"20 topics": near, "29 topics, close ones too": all_of_them, **others}.items():
        questions = [row.question for row in rows]
        vectors = asyncio.run(finding.vectors_of(LocalEmbedder(), questions))
        bare = asyncio.run(LocalEmbedder().embed_documents(questions)).vectors
        peer = _best_peer(rows, vectors)
        yield _row(name, "ours", rows, _labels(len(rows), asyncio.run(find_topics(LocalEmbedder(), questions))), peer)
        yield _row(name, "HDBSCAN", rows, _hdbscan(vectors), None)
        yield _row(name, "average linkage", rows, _average_linkage(vectors), None)
        alone = clustering.cluster(bare, np.ones(len(rows), dtype=np.int64))
        yield _row(name, "ours, no subjects", rows, alone, None)
        yield _row(name, "HDBSCAN, no subjects", rows, _hdbscan(bare), None)
        yield _row(name, "average linkage, no subjects", rows, _average_linkage(bare), None)


def growth(sizes: Sequence[int]) -> Iterator[Row]:
    for size in sizes:
        questions = made_up(size)
        started = time.perf_counter()
        embedded = started

        def note(_done: int, _total: int) -> None:
            nonlocal embedded
            embedded = time.perf_counter()

        topics = asyncio.run(find_topics(LocalEmbedder(), questions, progress=note))
        ended = time.perf_counter()
        yield {
            "set": f"{size:,} questions", "method": "ours", "topics": len(topics.topics),
            "in_none": len(topics.unsorted) / size, "rand_index": None, "singletons": None,
            "embedding_s": embedded - started, "grouping_s": ended - embedded,
            "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
            "floor": None, "ratio_to_floor": None, "peer": None, "ratio_to_peer": None,
        }  # fmt: skip


def made_up(size: int) -> list[str]:
    """Different questions, about as alike as a year of them would be."""
    draw = random.Random(SEED)  # noqa: S311 - makes test data
    labelled = [*labelled_set.load("questions"), *labelled_set.load("close")]
    found: dict[str, None] = {}
    while len(found) < size:
        ending = draw.choice(_ENDINGS).format(
            name=draw.choice(_NAMES), month=draw.choice(_MONTHS), day=draw.randint(1, 28),
            amount=f"{draw.randint(1, 990)}00",
        )  # fmt: skip
        found[f"{draw.choice(labelled).question.rstrip('?.')} {ending}?"] = None
    return list(found)


def _labels(size: int, topics: Topics) -> Labels:
    labels = np.full(size, -1, dtype=np.int64)
    for number, topic in enumerate(topics.topics):
        labels[list(topic.places)] = number
    return labels


def _hdbscan(vectors: Vectors) -> Labels:
    return np.asarray(HDBSCAN(min_cluster_size=5, min_samples=3, copy=True).fit_predict(vectors))


def _average_linkage(vectors: Vectors) -> Labels:
    linkage = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=0.6)
    return np.asarray(linkage.fit_predict(vectors))


def _best_peer(rows: Sequence[Labelled], vectors: Vectors) -> float:
    return max(_index(rows, _hdbscan(vectors)), _index(rows, _average_linkage(vectors)))


def _index(rows: Sequence[Labelled], labels: Labels) -> float:
    return float(adjusted_rand_score([row.topic for row in rows], labels))


def _row(name: str, method: str, rows: Sequence[Labelled], labels: Labels, peer: float | None) -> Row:
    apart = np.where(labels < 0, len(labels) + np.arange(len(labels)), labels)
    index = _index(rows, labels)
    return {
        "set": name, "method": method, "topics": len(set(labels.tolist()) - {-1}),
        "in_none": float((labels < 0).mean()), "rand_index": index, "singletons": _index(rows, apart),
        "embedding_s": None, "grouping_s": None, "peak_gb": None,
        "floor": None, "ratio_to_floor": None, "peer": peer, "ratio_to_peer": None if peer is None else index / peer,
    }  # fmt: skip


def main() -> None:
    sizes = [int(size) for size in os.environ.get("SIZES", SIZES).split(",")]
    # Memory is that of the process at its highest: the smaller sizes come first
    publish("clustering", [*growth(sorted(sizes)), *quality()])


if __name__ == "__main__":
    main()
