"""Questions that people ask of such a product and that nothing which ships with it answers.

Something is always nearest to a question. Whether it is near enough shows best beside these: a question about taxes is
near what is written on gains, and nearer still to other questions about taxes.
"""

from functools import lru_cache
from pathlib import Path

from app.agent import document_questions
from app.agent.embeddings import Embedder, Vectors

_QUESTIONS = Path(__file__).parent / "knowledge" / "unanswered.txt"

# Embedded with the first question that a process asks: about a second for the bundled model
_vectors: dict[tuple[type[Embedder], str], Vectors] = {}


async def likeness(embedder: Embedder, question: Vectors) -> float:
    """How near the nearest of them is. Raises `EmbeddingFailed`."""
    key = type(embedder), embedder.model.name
    if key not in _vectors:
        _vectors[key] = (await embedder.embed_documents(texts())).vectors
    return float((_vectors[key] @ question).max())


@lru_cache
def texts() -> tuple[str, ...]:
    return tuple(question.text for question in document_questions.in_file(_QUESTIONS.read_text(encoding="utf-8")))
