"""Questions that people ask of such a product and that nothing which ships with it answers.

Something is always nearest to a question. Whether it is near enough shows best beside these: a question about taxes is
near what is written on gains, and nearer still to other questions about taxes.
"""

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from app.agent import document_questions
from app.agent.embeddings import Embedded, Embedder, Vectors

_QUESTIONS = Path(__file__).parent / "knowledge" / "unanswered.txt"

Key: TypeAlias = tuple[type[Embedder], str]

# Embedded with the first question that a process asks, which takes the bundled model seconds
_vectors: dict[Key, Vectors] = {}
_coming: dict[Key, asyncio.Task[Embedded]] = {}


async def likeness(embedder: Embedder, question: Vectors) -> float:
    """How near the nearest of them is. Raises `EmbeddingFailed`."""
    key = type(embedder), embedder.model.name
    if key not in _vectors:
        _vectors[key] = (await asyncio.shield(_asked_once(key, embedder))).vectors
    return float((_vectors[key] @ question).max())


def _asked_once(key: Key, embedder: Embedder) -> asyncio.Task[Embedded]:
    """However many questions come while they are being embedded."""
    if key not in _coming:
        _coming[key] = asyncio.create_task(embedder.embed_documents(texts()))
        _coming[key].add_done_callback(lambda _: _coming.pop(key))
    return _coming[key]


@lru_cache
def texts() -> tuple[str, ...]:
    return tuple(question.text for question in document_questions.in_file(_QUESTIONS.read_text(encoding="utf-8")))
