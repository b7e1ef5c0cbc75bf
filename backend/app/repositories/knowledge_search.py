"""The one statement that searches: by vector and by words, fused by reciprocal rank, within the given scopes.

A passage may be found by its own vector or by that of a question which it is said to answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import Vector
from pgvector.sqlalchemy import VECTOR
from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Double,
    Float,
    Integer,
    Row,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.db import Read
from app.models import KnowledgeChunk, KnowledgeQuestion, KnowledgeScope
from app.models.embedding_model import EmbeddingModel

Table: TypeAlias = type[KnowledgeChunk | KnowledgeQuestion]
Way: TypeAlias = Literal["compared", "sifted", "walked"]

# Up to here every vector of the scopes is compared: what ships is far below
MOST_COMPARED = 10_000
# Up to here they are sifted by one bit of each number, which an index keeps together by scope, and the most alike are
# compared: a few times faster, and as fast whatever others have stored. Above it the index of vectors is walked, which
# finds its way through other people's passages as well
MOST_SIFTED = 250_000
# So many of each table are compared after sifting: a share of all vectors, and never fewer than this
SIFTED_SHARE = 0.02
FEWEST_SIFTED = 1_000
# So deep are questions looked at for each passage of the window: several near ones may be of one passage
QUESTIONS_A_PASSAGE = 4
SETTINGS = {
    # How widely the index is walked, and how far on where the scopes' own passages lie far apart
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.ef_search": "400",
    "hnsw.max_scan_tuples": "40000",
    # To compile the statement takes longer than to carry it out
    "jit": "off",
    # A plan for any scope and any number reads the whole table, a few times as long as it takes to make one for these
    "plan_cache_mode": "force_custom_plan",
}

_SCOPES: BindParameter[Any] = bindparam("scopes", type_=ARRAY(Text))
_VECTOR: BindParameter[Any] = bindparam("vector", type_=VECTOR())
_COUNTED = cast(KnowledgeScope.chunk_count + KnowledgeScope.question_count, Integer)
_SIZES = select(KnowledgeScope.scope, _COUNTED.label("vectors")).where(KnowledgeScope.scope == any_(_SCOPES))
# For the transaction
_SET = select(*(func.set_config(name, value, True).label(name.replace(".", "_")) for name, value in SETTINGS.items()))


@dataclass(frozen=True, slots=True)
class Fusion:
    """`window`: how deep each arm looks. `smoothing`: by how much the first rank counts more than the next ones."""

    vector_weight: float = 1.0
    text_weight: float = 1.2
    window: int = 40
    smoothing: int = 5
    # Of a word in the title path, and of one in its questions, beside one in the text
    title_weight: float = 0.5
    asked_weight: float = 0.75
    # How much of a passage's similarity is that of a question which is nearer than itself; the rest is its own
    question_share: float = 0.8
    # The rarest words of a question that stand in no more passages than this altogether: common ones tell nothing apart
    most_text_matches: int = 2_000


class Chunk(NamedTuple):
    """What of a passage is told."""

    id: UUID
    source_id: UUID
    scope: str
    title: str
    section: str
    content: str
    chunk_index: int
    span_start: int
    span_end: int


@dataclass(frozen=True, slots=True)
class Found:
    """`nearest_similarity` is of the passage or one of its questions; `similarity` lies between it and its own."""

    chunk: Chunk
    own_similarity: float
    nearest_similarity: float
    similarity: float
    coverage: float
    vector_rank: int | None
    text_rank: int | None
    text_score: float | None
    score: float


async def search(
    session: AsyncSession,
    vectors: int,
    *,
    model: EmbeddingModel,
    vector: NDArray[np.float32],
    question: str,
    scopes: Sequence[str],
    fusion: Fusion,
) -> list[Found]:
    """The best `window` of both arms together, the best first. `vectors`: how many the scopes hold, as `sizes` says."""
    if vectors > MOST_COMPARED:
        await session.execute(_SET)
    statement = _statement(model, fusion, way_for(vectors))
    values = {"vector": vector, "question": question, "scopes": list(scopes), "sifted": sifted_of(vectors)}
    return found(list(await session.execute(statement, values)))


async def sizes(session: AsyncSession, scopes: Sequence[str]) -> dict[str, int]:
    """Of each scope that holds anything, how many vectors there are to search."""
    rows = await session.execute(_SIZES, {"scopes": list(scopes)})
    return {row.scope: row.vectors for row in rows}


def way_for(vectors: int) -> Way:
    """How the nearest of so many are found."""
    if vectors <= MOST_COMPARED:
        return "compared"
    return "sifted" if vectors <= MOST_SIFTED else "walked"


def sifted_of(vectors: int) -> int:
    return max(FEWEST_SIFTED, round(vectors * SIFTED_SHARE))


def read_sizes(scopes: Sequence[str]) -> Read:
    """As `sizes`."""
    return Read(_SIZES, {"scopes": list(scopes)})


def read_settings(vectors: int) -> list[Read]:
    """What has to be sent before a search among so many."""
    return [Read(_SET, {})] if vectors > MOST_COMPARED else []


def read(
    vectors: int,
    *,
    model: EmbeddingModel,
    vector: NDArray[np.float32],
    question: str,
    scopes: Sequence[str],
    fusion: Fusion,
) -> Read:
    """What `search` reads, among so many vectors; `found` makes of its rows what `search` gives."""
    values = {
        "vector": Vector(vector).to_text(), "question": question, "scopes": list(scopes), "sifted": sifted_of(vectors),
    }  # fmt: skip
    return Read(_statement(model, fusion, way_for(vectors)), values)


def found(rows: Sequence[Row[Any]]) -> list[Found]:
    return [Found(Chunk(*row[: len(Chunk._fields)]), *row[len(Chunk._fields) :]) for row in rows]


# Putting it together takes longer than carrying it out
@lru_cache(maxsize=16)
def _statement(model: EmbeddingModel, fusion: Fusion, way: Way) -> Select[Any]:
    by_words = _by_words(model, fusion)
    near = _near(model, fusion, way)
    likened = _likened(near, by_words, fusion)
    by_vector = _by_vector(near, likened)
    # By how much of the question's rare words it has: else a common word in many passages would outvote a rare one
    words_weight = fusion.text_weight * by_words.c.coverage
    score = _share(fusion.vector_weight, by_vector, fusion) + _share(words_weight, by_words, fusion)
    fused = (
        select(
            likened,
            func.coalesce(by_words.c.coverage, 0.0).label("coverage"),
            by_vector.c.rank.label("vector_rank"),
            by_words.c.rank.label("text_rank"),
            by_words.c.score.label("text_score"),
            score.label("score"),
        )
        .outerjoin(by_vector, by_vector.c.id == likened.c.id)
        .outerjoin(by_words, by_words.c.id == likened.c.id)
        .order_by(score.desc(), likened.c.id)
        .limit(fusion.window)
        .cte("fused")
    )
    told = (
        fused.c.own, fused.c.nearest, fused.c.similarity, fused.c.coverage, fused.c.vector_rank, fused.c.text_rank,
        fused.c.text_score, fused.c.score,
    )  # fmt: skip
    return (
        select(*(getattr(KnowledgeChunk, name) for name in Chunk._fields), *told)
        .join(fused, fused.c.id == KnowledgeChunk.id)
        .order_by(fused.c.score.desc(), KnowledgeChunk.id)
    )


def _near(model: EmbeddingModel, fusion: Fusion, way: Way) -> CTE:
    """The passages that lie nearest themselves, and those of the questions that do."""
    asked = _nearest(KnowledgeQuestion, model, QUESTIONS_A_PASSAGE * fusion.window, way)
    own = _nearest(KnowledgeChunk, model, fusion.window, way)
    return select(own.c.id).union(select(asked.c.id)).cte("near")


def _nearest(table: Table, model: EmbeddingModel, limit: int, way: Way) -> CTE:
    within = (*_served(table, model), table.scope == any_(_SCOPES))
    if way == "sifted":
        return _nearest_sifted(table, within, limit)
    return (
        select(_passage_id(table).label("id"))
        .where(*within)
        .order_by(_distance(table.embedding if way == "compared" else _indexed(table, model)))
        .limit(limit)
        .cte(f"nearest_{table.__tablename__}")
    )


def _nearest_sifted(table: Table, within: Sequence[ColumnElement[bool]], limit: int) -> CTE:
    """By signs alone, which the index of the scope holds; then by distance, row by row."""
    signs = func.binary_quantize(cast(_VECTOR, VECTOR()))
    alike = (
        select(table.id)
        .where(*within)
        .order_by(table.embedding_signs.op("<~>", return_type=Float)(signs))
        .limit(bindparam("sifted", type_=Integer))
        .cte(f"alike_{table.__tablename__}")
    )
    compared = (
        select(_passage_id(table).label("id"), _distance(table.embedding).label("distance"))
        .where(table.id == alike.c.id)
        .limit(1)
        .lateral(f"compared_{table.__tablename__}")
    )
    nearest = select(compared.c.id).select_from(alike).join(compared, true()).order_by(compared.c.distance)
    return nearest.limit(limit).cte(f"nearest_{table.__tablename__}")


def _likened(near: CTE, by_words: CTE, fusion: Fusion) -> CTE:
    """How near the passages of both arms are, with the nearest of the questions of each.

    Passage by passage: joined as tables, they are read whole, those of all others included.
    """
    found = select(near.c.id).union(select(by_words.c.id)).cte("found")
    passage = (
        select(_distance(KnowledgeChunk.embedding).label("distance"))
        .where(KnowledgeChunk.id == found.c.id)
        .limit(1)
        .lateral("passage")
    )
    asked = (
        select(func.min(_distance(KnowledgeQuestion.embedding)).label("distance"))
        .where(KnowledgeQuestion.chunk_id == found.c.id, KnowledgeQuestion.is_served)
        .lateral("asked")
    )
    own = passage.c.distance
    # No question makes its passage less near: `least` passes over the null of one that has none
    nearest = func.least(own, asked.c.distance)
    distance = (1.0 - fusion.question_share) * own + fusion.question_share * nearest
    return (
        select(
            found.c.id,
            (1.0 - own).label("own"),
            (1.0 - nearest).label("nearest"),
            (1.0 - distance).label("similarity"),
        )
        .join(passage, true())
        .join(asked, true())
        .cte("likened")
    )


def _by_vector(near: CTE, likened: CTE) -> CTE:
    rank = func.row_number().over(order_by=(likened.c.similarity.desc(), likened.c.id))
    return select(near.c.id, rank.label("rank")).join(likened, likened.c.id == near.c.id).cte("by_vector")


def _by_words(model: EmbeddingModel, fusion: Fusion) -> CTE:
    # Weights of places marked D, C, B and A: text is D, questions are B, the title path is A
    weights = [1.0 - fusion.title_weight, 0.0, fusion.asked_weight, fusion.title_weight]
    matches = func.kb_text_matches(
        _SCOPES,
        bindparam("question", type_=Text),
        model.name,
        cast(weights, ARRAY(REAL)),
        fusion.most_text_matches,
        fusion.window,
    ).table_valued(column("id", KnowledgeChunk.id.type), column("score", Double), column("coverage", Double))
    rank = func.row_number().over(order_by=(matches.c.score.desc(), matches.c.id))
    return select(matches.c.id, matches.c.score, matches.c.coverage, rank.label("rank")).cte("by_words")


def _share(weight: float | ColumnElement[float], arm: CTE, fusion: Fusion) -> ColumnElement[float]:
    return func.coalesce(weight / cast(fusion.smoothing + arm.c.rank, Double), 0.0)


def _passage_id(table: Table) -> InstrumentedAttribute[UUID]:
    return table.chunk_id if issubclass(table, KnowledgeQuestion) else table.id


def _served(table: Table, model: EmbeddingModel) -> tuple[ColumnElement[bool], ...]:
    # Written out, as the index's own condition is: of a parameter PostgreSQL cannot tell that it is the same
    name: ColumnElement[str] = literal_column(f"'{model.name}'")
    return table.is_served == literal_column("true"), table.embedding_model == name


def _indexed(table: Table, model: EmbeddingModel) -> ColumnElement[Any]:
    column = f"{table.__tablename__}.embedding::vector({model.dimension})"
    return literal_column(column, VECTOR(model.dimension))


def _distance(embedding: Any) -> ColumnElement[float]:
    distance: ColumnElement[float] = embedding.op("<=>", return_type=Float)(_VECTOR)
    return distance
