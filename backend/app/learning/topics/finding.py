"""From questions to topics: read, embedded, clustered, named."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.agent.embeddings import Embedder, Vectors
from app.learning.topics import example_vectors, naming, subjects
from app.learning.topics.clustering import STANDARD, Clustering, Labels, cluster
from app.learning.topics.subjects import Ear, Example
from app.models.embedding_model import BUNDLED

# Embedded at once, so that progress can be told; two calls side by side keep two cores busy
BATCH = 512
AT_ONCE = 2
# About one example of each subject, however many questions there are
LEAST_BACKGROUND = 60

Progress = Callable[[int, int], None]

# By the name of the embedding model
_ears: dict[str, Ear] = {}


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
    embedder: Embedder,
    questions: Sequence[str],
    how: Clustering = STANDARD,
    progress: Progress | None = None,
    known: Sequence[Example] | None = None,
) -> Topics:
    """Raises `EmbeddingFailed`. The same questions give the same topics. `known` stands for the examples that ship."""
    counts = Counter(question for question in map(_spoken, questions) if is_read(question))
    texts = list(counts)
    if not texts:
        return _told(questions, {}, ())
    ear = await (_shipped(embedder) if known is None else learned(embedder, known))
    vectors = await asyncio.to_thread(ear.hear, texts, await _embedded(embedder, texts, progress))
    labels = await asyncio.to_thread(_labels, ear, vectors, list(counts.values()), how)
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


def _labels(ear: Ear, vectors: Vectors, counts: Sequence[int], how: Clustering) -> Labels:
    """Few are seen among what is usually asked: nothing else would tell what hangs together."""
    background = ear.usual[: max(LEAST_BACKGROUND, len(ear.usual) - len(vectors))]
    asked = np.array([*counts, *([0] * len(background))], dtype=np.int64)
    return cluster(np.concatenate([vectors, background]), asked, how)[: len(vectors)]


async def learned(embedder: Embedder, known: Sequence[Example]) -> Ear:
    """What the bundled model makes of the examples that ship is not asked of it again."""
    said = example_vectors.kept(known) if embedder.model == BUNDLED else None
    if said is None:
        said = await _embedded(embedder, [example.question for example in known])
    return await asyncio.to_thread(subjects.learn, known, said)


async def _shipped(embedder: Embedder) -> Ear:
    """Learnt once in the life of a process: the examples are the same for everybody."""
    name = embedder.model.name
    if name not in _ears:
        _ears[name] = await learned(embedder, subjects.examples())
    return _ears[name]


async def _embedded(embedder: Embedder, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
    parts: list[Vectors] = []
    step = BATCH * AT_ONCE
    for start in range(0, len(texts), step):
        batches = [texts[first : first + BATCH] for first in range(start, min(start + step, len(texts)), BATCH)]
        parts += [found.vectors for found in await asyncio.gather(*map(embedder.embed_documents, batches))]
        if progress is not None:
            progress(min(start + step, len(texts)), len(texts))
    return np.concatenate(parts)


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
