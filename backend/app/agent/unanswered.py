"""Questions that people ask of such a product and that nothing which ships with it answers.

Something is always nearest to a question. Whether it is near enough shows best beside these: a question about taxes is
near what is written on gains, and nearer still to other questions about taxes. The nearest of them tells of what is on
the list; a plane between them and the questions of the pages tells of what is only of their kind.

`evaluation/retrieval/plane.py` embeds the list and fits the plane with the bundled model, and writes `unanswered.npz`.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np

from app.agent import document_questions, embedding_ledger
from app.agent.embeddings import Embedded, Embedder, Vectors
from app.models.embedding_model import BUNDLED

_FOLDER = Path(__file__).parent / "knowledge"
_QUESTIONS = _FOLDER / "unanswered.txt"
WRITTEN = _FOLDER / "unanswered.npz"

Key: TypeAlias = tuple[type[Embedder], str]

# Of models other than the bundled one, with the first question that a process asks
_vectors: dict[Key, Vectors] = {}
_coming: dict[Key, asyncio.Task[Embedded]] = {}


@dataclass(frozen=True, slots=True)
class Standing:
    """`likeness`: how near the nearest example is. `side`: above 0 among what the pages answer, below 0 among these.

    Of a model for which no plane was fitted, `side` is 0: it tells nothing.
    """

    likeness: float
    side: float


UNTOLD = Standing(likeness=0.0, side=0.0)


@dataclass(frozen=True, slots=True)
class Examples:
    """`digest` is that of the list which was embedded."""

    vectors: Vectors
    plane: Vectors
    constant: float
    digest: str


async def standing(embedder: Embedder, question: Vectors) -> Standing:
    """Raises `EmbeddingFailed`."""
    if embedder.model.name == BUNDLED.name:
        known = examples()
        side = float(known.plane @ question) + known.constant
        return Standing(float((known.vectors @ question).max()), side)
    key = type(embedder), embedder.model.name
    if key not in _vectors:
        _vectors[key] = (await asyncio.shield(_asked_once(key, embedder))).vectors
    return Standing(float((_vectors[key] @ question).max()), side=0.0)


def _asked_once(key: Key, embedder: Embedder) -> asyncio.Task[Embedded]:
    """However many questions come while they are being embedded."""
    if key not in _coming:
        _coming[key] = asyncio.create_task(_embedded(embedder))
        _coming[key].add_done_callback(lambda _: _coming.pop(key))
    return _coming[key]


async def _embedded(embedder: Embedder) -> Embedded:
    embedded = await embedder.embed_documents(texts())
    # Once for all who will ask: a row in the ledger of the first of them would be wrong
    embedding_ledger.tell(embedder.model, embedded.paid)
    return embedded


@lru_cache
def texts() -> tuple[str, ...]:
    return tuple(question.text for question in document_questions.in_file(_QUESTIONS.read_text(encoding="utf-8")))


@lru_cache
def examples(file: Path = WRITTEN) -> Examples:
    with np.load(file, allow_pickle=False) as stored:
        return Examples(
            vectors=_unit(stored["vectors"].astype(np.float32)),
            plane=stored["plane"],
            constant=float(stored["constant"]),
            digest=str(stored["digest"]),
        )


def write(vectors: Vectors, plane: Vectors, constant: float, file: Path = WRITTEN) -> None:
    """A byte for each number: what that loses is in the third place of a likeness."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    np.savez(
        file,
        vectors=np.round(vectors / largest * 127).astype(np.int8),
        plane=plane.astype(np.float32),
        constant=np.float64(constant),
        digest=np.str_(digest(texts())),
    )


def digest(of: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(of).encode()).hexdigest()


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
