"""From questions to topics: read, embedded, clustered, named."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.agent.embeddings import Embedder, Vectors
from app.learning.topics import naming, subjects
from app.learning.topics.clustering import STANDARD, Clustering, Labels, cluster

# Of the direction that a named subject gives, beside that of the question itself
SUBJECT_WEIGHT = 0.5
# Embedded at once, so that progress can be told; two calls side by side keep two cores busy
BATCH = 512
AT_ONCE = 2

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Topic:
    """`places` are those of its questions, `nearest` the question that stands for it."""

    terms: tuple[str, ...]
    nearest: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Topics:
    """The largest topic first. `unsorted` are alone with what they ask; `unread` are in a script that the bundled
    embedding model has no words for, so that nothing can be said of what they are about."""

    topics: tuple[Topic, ...]
    unsorted: tuple[int, ...]
    unread: tuple[int, ...]


async def find_topics(
    embedder: Embedder, questions: Sequence[str], how: Clustering = STANDARD, progress: Progress | None = None
) -> Topics:
    """Raises `EmbeddingFailed`. The same questions give the same topics."""
    counts = Counter(question for question in map(_spoken, questions) if is_read(question))
    texts = list(counts)
    vectors = await vectors_of(embedder, texts, progress)
    labels = await _labels(embedder, vectors, list(counts.values()), how)
    return _told(questions, dict(zip(texts, labels.tolist(), strict=True)), _named(texts, vectors, labels))


def is_read(question: str) -> bool:
    """Whether at least half of its letters are Latin: the bundled model was trained on English."""
    letters = [char for char in question if char.isalpha()]
    return bool(letters) and 2 * sum(_is_latin(char) for char in letters) >= len(letters)


def _is_latin(char: str) -> bool:
    # Basic Latin to Latin Extended-B
    return ord(char) < 0x250


def _spoken(question: str) -> str:
    return " ".join(question.split())


async def _labels(embedder: Embedder, vectors: Vectors, counts: Sequence[int], how: Clustering) -> Labels:
    """Among what is usually asked: where all ask the same few things, nothing would tell what hangs together."""
    if not counts:
        return np.empty(0, dtype=np.int64)
    background = await vectors_of(embedder, subjects.usual_questions())
    asked = np.array([*counts, *([0] * len(background))], dtype=np.int64)
    labels = await asyncio.to_thread(cluster, np.concatenate([vectors, background]), asked, how)
    return labels[: len(vectors)]


async def vectors_of(embedder: Embedder, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
    if not texts:
        return np.empty((0, embedder.model.dimension), dtype=np.float32)
    said = await _embedded(embedder, texts, progress)
    of_subjects = (await embedder.embed_documents(subjects.names())).vectors
    about = np.zeros_like(said)
    for row, text in enumerate(texts):
        about[row] = of_subjects[subjects.named(text)].sum(axis=0)
    return _unit(said + SUBJECT_WEIGHT * _unit(about))


async def _embedded(embedder: Embedder, texts: Sequence[str], progress: Progress | None) -> Vectors:
    parts: list[Vectors] = []
    step = BATCH * AT_ONCE
    for start in range(0, len(texts), step):
        batches = [texts[first : first + BATCH] for first in range(start, min(start + step, len(texts)), BATCH)]
        parts += [found.vectors for found in await asyncio.gather(*map(embedder.embed_documents, batches))]
        if progress is not None:
            progress(min(start + step, len(texts)), len(texts))
    return np.concatenate(parts)


def _unit(vectors: Vectors) -> Vectors:
    """Rows of length one; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit


def _named(texts: Sequence[str], vectors: Vectors, labels: Labels) -> list[tuple[tuple[str, ...], str]]:
    """The terms and the nearest question of each topic, by its label."""
    terms = naming.terms(texts, labels)
    return [(tuple(terms[label]), texts[naming.nearest(vectors, labels, label)]) for label in sorted(terms)]


def _told(questions: Sequence[str], labels: dict[str, int], named: Sequence[tuple[tuple[str, ...], str]]) -> Topics:
    places: dict[int | None, list[int]] = {}
    for place, question in enumerate(questions):
        places.setdefault(labels.get(_spoken(question)), []).append(place)
    return Topics(
        topics=tuple(Topic(terms, nearest, tuple(places[label])) for label, (terms, nearest) in enumerate(named)),
        unsorted=tuple(places.get(-1, ())),
        unread=tuple(places.get(None, ())),
    )
