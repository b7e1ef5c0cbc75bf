"""Grouping questions into topics: how well on the labelled sets, and how time and memory grow with their number.

`rand_index` is the adjusted Rand index against `evaluation/topics`, where questions in no topic count as one group; of
`singletons` each counts as a group of its own. What one hand wrote is grouped by what the others taught: the examples
that are its own are left out. `untaught` rows leave out a whole subject as well, one after the other: the mean F1 of
the topic that fits its questions best, taught and untaught. The growth rows group made-up questions: the labelled ones
with names of companies, amounts and days put in, so that each is different. `SIZES=1000,3000` sets how many.

There is no floor; `peer` is HDBSCAN on the same vectors, or average linkage, of scikit-learn.
"""

import asyncio
import os
import random
import resource
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN, AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

from app.agent.embedding_local import LocalEmbedder
from app.agent.embeddings import Vectors
from app.learning.topics import clustering, finding, subjects
from app.learning.topics.finding import Topics, find_topics
from app.learning.topics.subjects import Example
from benchmarks._measuring import Row, publish
from evaluation.topics import labelled_set
from evaluation.topics.labelled_set import Labelled
from evaluation.topics.remembering import Remembering

SIZES = "10000,30000,100000"
SEED = 11
_ENDINGS = (
    "for {name}", "since {month}", "compared with {name}", "in {month}", "on a {amount} position", "please, for {name}",
    "before {month} {day}", "if I add {amount}", "between {month} and {name}'s report", "with {amount} at stake",
    "and what about {name}", "(I mean {name})", "as of {month} {day}", "next to my {amount} of {name}",
    "now that {name} fell", "if {name} is left out", "this time without {name}",
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

_COLUMNS = (
    "set", "method", "topics", "in_none", "rand_index", "singletons", "f1_taught", "f1_untaught", "embedding_s",
    "grouping_s", "peak_gb", "floor", "ratio_to_floor", "peer", "ratio_to_peer",
)  # fmt: skip
_NOTHING: Row = dict.fromkeys(_COLUMNS)
_EMBEDDER = Remembering()


def quality() -> Iterator[Row]:
    for name, (rows, known) in _held_out().items():
        questions = [row.question for row in rows]
        said = asyncio.run(_EMBEDDER.embed_documents(questions)).vectors
        vectors = asyncio.run(finding.learned(_EMBEDDER, known)).hear(questions, said)
        peer = max(_index(rows, _hdbscan(vectors)), _index(rows, _average_linkage(vectors)))
        yield _row(name, "ours", rows, _found(rows, known), peer)
        yield _row(name, "HDBSCAN", rows, _hdbscan(vectors), None)
        yield _row(name, "average linkage", rows, _average_linkage(vectors), None)
        alone = clustering.cluster(said, np.ones(len(rows), dtype=np.int64))
        yield _row(name, "ours, no examples", rows, alone, None)


def untaught() -> Iterator[Row]:
    for name, (rows, known) in _held_out().items():
        if name.startswith("20"):
            labels = _found(rows, known)
            pairs = [_taught_and_not(topic, rows, known, labels) for topic in sorted({row.topic for row in rows})]
            taught, left_out = np.array([pair for pair in pairs if pair is not None]).mean(axis=0)
            yield {**_NOTHING, "set": name, "method": "untaught", "f1_taught": taught, "f1_untaught": left_out}


def _held_out() -> dict[str, tuple[tuple[Labelled, ...], tuple[Example, ...]]]:
    """Each set with the examples of the other hands."""
    first = labelled_set.HANDS["first"]
    others = {hand: rows for hand, rows in labelled_set.HANDS.items() if hand != "first"}
    return {
        "20 topics": (labelled_set.load("questions"), labelled_set.of_others(first)),
        "29 topics, close ones too": (first, labelled_set.of_others(first)),
        **{f"20 topics, {hand} hand": (rows, labelled_set.of_others(rows)) for hand, rows in others.items()},
    }


def _taught_and_not(
    topic: str, rows: Sequence[Labelled], known: tuple[Example, ...], taught: Labels
) -> tuple[float, float] | None:
    """`taught` is how they are grouped after all of `known`. None where the other hands have no examples of it."""
    own = {row.question for row in rows if row.topic == topic}
    subject = Counter(example.subject for example in subjects.examples() if example.question in own).most_common(1)[0][
        0
    ]
    others = tuple(example for example in known if example.subject != subject)
    if len(others) == len(known):
        return None
    return _f1(topic, rows, taught), _f1(topic, rows, _found(rows, others))


def _f1(topic: str, rows: Sequence[Labelled], labels: Labels) -> float:
    """Of the group that fits the topic best."""
    is_own = np.array([row.topic == topic for row in rows])
    groups = [labels == label for label in set(labels.tolist()) - {-1}]
    return max(2 * float((group & is_own).sum()) / float(group.sum() + is_own.sum()) for group in groups)


def _found(rows: Sequence[Labelled], known: tuple[Example, ...]) -> Labels:
    return _labels(len(rows), asyncio.run(find_topics(_EMBEDDER, [row.question for row in rows], known=known)))


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
            **_NOTHING, "set": f"{size:,} questions", "method": "ours", "topics": len(topics.topics),
            "in_none": len(topics.unsorted) / size,
            "embedding_s": embedded - started, "grouping_s": ended - embedded,
            "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
        }  # fmt: skip


def made_up(size: int) -> list[str]:
    """Different questions, about as alike as a year of them would be."""
    draw = random.Random(SEED)  # noqa: S311 - makes test data
    labelled = [row for part in labelled_set.PARTS for row in labelled_set.load(part)]
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


def _index(rows: Sequence[Labelled], labels: Labels) -> float:
    return float(adjusted_rand_score([row.topic for row in rows], labels))


def _row(name: str, method: str, rows: Sequence[Labelled], labels: Labels, peer: float | None) -> Row:
    apart = np.where(labels < 0, len(labels) + np.arange(len(labels)), labels)
    index = _index(rows, labels)
    return {
        **_NOTHING, "set": name, "method": method, "topics": len(set(labels.tolist()) - {-1}),
        "in_none": float((labels < 0).mean()), "rand_index": index, "singletons": _index(rows, apart),
        "peer": peer, "ratio_to_peer": None if peer is None else index / peer,
    }  # fmt: skip


def main() -> None:
    sizes = [int(size) for size in os.environ.get("SIZES", SIZES).split(",")]
    # Memory is that of the process at its highest: the smaller sizes come first
    publish("clustering", [*growth(sorted(sizes)), *quality(), *untaught()])


if __name__ == "__main__":
    main()
