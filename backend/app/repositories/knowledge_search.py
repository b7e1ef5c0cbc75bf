"""The one statement that searches: by vector and by words, fused by reciprocal rank, within the given scopes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector.sqlalchemy import VECTOR
from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Float,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import KnowledgeChunk, KnowledgeScope
from app.models.embedding_model import EmbeddingModel

# Up to here every vector of the scopes is compared: complete, and as fast whatever others have stored. Above it the
# index is walked, which finds its way through other people's passages as well
MOST_COMPARED = 20_000
# How widely the index is walked, and how far on where the scopes' own passages lie far apart
HNSW_SETTINGS = {"hnsw.iterative_scan": "relaxed_order", "hnsw.ef_search": "100", "hnsw.max_scan_tuples": "40000"}


@dataclass(frozen=True, slots=True)
class Fusion:
    """`window`: how deep each arm looks. `smoothing`: by how much the first rank counts more than the next ones."""

    vector_weight: float = 1.0
    text_weight: float = 1.2
    window: int = 40
    smoothing: int = 20
    # Of a word in the title path beside one in the text
    title_weight: float = 0.5
    # The rarest words of a question that stand in no more passages than this altogether: common ones tell nothing apart
    most_text_matches: int = 2_000


@dataclass(frozen=True, slots=True)
class Found:
    chunk: KnowledgeChunk
    similarity: float
    coverage: float
    vector_rank: int | None
    text_rank: int | None
    text_score: float | None
    score: float


async def search(
    session: AsyncSession,
    *,
    model: EmbeddingModel,
    vector: NDArray[np.float32],
    question: str,
    scopes: Sequence[str],
    fusion: Fusion,
) -> list[Found]:
    """The best `window` of both arms together, the best first."""
    is_exact = await _prepare(session, scopes)
    by_vector = _by_vector(model, scopes, fusion, is_exact=is_exact)
    by_words = _by_words(model, scopes, fusion)
    # By how much of the question's rare words it has: else a common word in many passages would outvote a rare one
    words_weight = fusion.text_weight * by_words.c.coverage
    score = _share(fusion.vector_weight, by_vector, fusion) + _share(words_weight, by_words, fusion)
    fused = (
        select(
            func.coalesce(by_vector.c.id, by_words.c.id).label("id"),
            by_vector.c.rank.label("vector_rank"),
            by_words.c.rank.label("text_rank"),
            by_words.c.score.label("text_score"),
            func.coalesce(by_words.c.coverage, 0.0).label("coverage"),
            score.label("score"),
        )
        .select_from(by_vector.outerjoin(by_words, by_vector.c.id == by_words.c.id, full=True))
        .order_by(score.desc(), column("id"))
        .limit(fusion.window)
        .cte("fused")
    )
    similarity = 1.0 - _distance(KnowledgeChunk.embedding)
    statement = (
        select(
            KnowledgeChunk,
            similarity.label("similarity"),
            fused.c.coverage,
            fused.c.vector_rank,
            fused.c.text_rank,
            fused.c.text_score,
            fused.c.score,
        )
        .join(fused, fused.c.id == KnowledgeChunk.id)
        .order_by(fused.c.score.desc(), KnowledgeChunk.id)
    )
    rows = await session.execute(statement, {"vector": vector, "question": question})
    return [Found(*row) for row in rows]


async def _prepare(session: AsyncSession, scopes: Sequence[str]) -> bool:
    """Whether every vector is to be compared. Sets for this transaction how an index is walked."""
    chunks = select(func.coalesce(func.sum(KnowledgeScope.chunk_count), 0)).where(KnowledgeScope.scope.in_(scopes))
    settings = [func.set_config(name, value, True) for name, value in HNSW_SETTINGS.items()]
    row = (await session.execute(select(chunks.scalar_subquery(), *settings))).one()
    return bool(row[0] <= MOST_COMPARED)


def _by_vector(model: EmbeddingModel, scopes: Sequence[str], fusion: Fusion, *, is_exact: bool) -> CTE:
    distance = _distance(KnowledgeChunk.embedding if is_exact else _indexed(model))
    nearest = (
        select(KnowledgeChunk.id, distance.label("distance"))
        .where(*_served(model), KnowledgeChunk.scope.in_(scopes))
        .order_by(distance)
        .limit(fusion.window)
        .cte("nearest")
    )
    rank = func.row_number().over(order_by=(nearest.c.distance, nearest.c.id))
    return select(nearest.c.id, rank.label("rank")).cte("by_vector")


def _by_words(model: EmbeddingModel, scopes: Sequence[str], fusion: Fusion) -> CTE:
    # Weights of places marked D, C, B and A: text is D, the title path A
    weights = [1.0 - fusion.title_weight, 0.0, 0.0, fusion.title_weight]
    matches = func.kb_text_matches(
        cast(list(scopes), ARRAY(KnowledgeChunk.scope.type)),
        bindparam("question"),
        model.name,
        cast(weights, ARRAY(REAL)),
        fusion.most_text_matches,
        fusion.window,
    ).table_valued(column("id", KnowledgeChunk.id.type), column("score", Double), column("coverage", Double))
    rank = func.row_number().over(order_by=(matches.c.score.desc(), matches.c.id))
    return select(matches.c.id, matches.c.score, matches.c.coverage, rank.label("rank")).cte("by_words")


def _share(weight: float | ColumnElement[float], arm: CTE, fusion: Fusion) -> ColumnElement[float]:
    return func.coalesce(weight / cast(fusion.smoothing + arm.c.rank, Double), 0.0)


def _served(model: EmbeddingModel) -> tuple[ColumnElement[bool], ...]:
    # Written out, as the index's own condition is: of a parameter PostgreSQL cannot tell that it is the same
    name: ColumnElement[str] = literal_column(f"'{model.name}'")
    return KnowledgeChunk.is_served == literal_column("true"), KnowledgeChunk.embedding_model == name


def _indexed(model: EmbeddingModel) -> ColumnElement[Any]:
    return literal_column(f"ai_kb_documents.embedding::vector({model.dimension})", VECTOR(model.dimension))


def _distance(embedding: Any) -> ColumnElement[float]:
    distance: ColumnElement[float] = embedding.op("<=>", return_type=Float)(bindparam("vector", type_=VECTOR()))
    return distance
