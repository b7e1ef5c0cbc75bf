"""Finding the passages that answer a question: by meaning and by words at once, within what the caller may read."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import plain_words, unanswered
from app.agent.chunking import count_tokens
from app.agent.embeddings import Embedder, EmbeddingFailed, Paid, Vectors
from app.agent.unanswered import Standing
from app.db import Scope
from app.models.embedding_model import EmbeddingModel
from app.repositories import knowledge_search
from app.repositories.knowledge_search import Found, Fusion

GLOBAL = "global"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answering:
    """How a passage's relevance, from 0 to 1, is made of what is known of it: a logistic regression.

    `evaluation/retrieval/tuning.py` fits the weights.
    """

    constant: float = -4.8
    own: float = 1.6
    nearest: float = 6.2
    coverage: float = 6.5
    unanswered: float = -5.3
    side: float = 0.9
    # Nearer to the list of unanswered questions than this counts as this
    most_unanswered: float = 1.0


# Documents of a person or a tenant may answer what nothing that ships does, and are found under few questions or none:
# fitted on the shipped pages without their questions
UPLOADED = Answering(constant=2.9, own=2.0, nearest=4.8, coverage=3.0, unanswered=-12.0, side=0.0, most_unanswered=0.55)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What may be turned. The values were chosen on the tuning set of `evaluation/retrieval`."""

    fusion: Fusion = field(default_factory=Fusion)
    shipped: Answering = field(default_factory=Answering)
    uploaded: Answering = UPLOADED
    most_passages: int = 5
    token_budget: int = 1_200
    # Below this relevance nothing is said to be known
    threshold: float = 0.58
    # Passages that share this much of their words say the same
    same_words: float = 0.8


@dataclass(frozen=True, slots=True)
class Passage:
    """`span` gives the places of `content` in the document's body. Ranks are null where an arm did not find it.

    `score` puts it before others; `relevance` says how surely it is about the question at all, which no rank can tell.
    """

    chunk_id: UUID
    document_id: UUID
    scope: str
    title: str
    section: str
    content: str
    chunk_index: int
    span: tuple[int, int]
    similarity: float
    coverage: float
    vector_rank: int | None
    text_rank: int | None
    text_score: float | None
    score: float
    relevance: float


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is searched for itself: passages are ranked, and words told to be rare, among those beside them.

    What ships is found under hundreds of questions a page and would stand before what people have uploaded.
    """

    scopes: tuple[str, ...]
    vectors: int


def shelves(scopes: Sequence[str], sizes: Mapping[str, int]) -> list[Shelf]:
    """What ships, and what was uploaded; none where it holds nothing."""
    parts = [tuple(scope for scope in scopes if is_shipped(scope) is wanted) for wanted in (True, False)]
    found = [Shelf(part, sum(sizes.get(scope, 0) for scope in part)) for part in parts]
    return [shelf for shelf in found if shelf.vectors]


def is_shipped(scope: str) -> bool:
    return scope == GLOBAL or scope.startswith("page:")


def readable_scopes(scope: Scope | None, pages: Iterable[str] = ()) -> list[str]:
    """What ships, what belongs to these pages, and what is the caller's own."""
    own = [] if scope is None else [f"tenant:{scope.tenant_id}", f"user:{scope.user_id}"]
    return [GLOBAL, *(f"page:{page}" for page in pages), *own]


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched for: in the words of its subject, and in those of the knowledge base.

    `said` is the vector of its own words alone. `standing` is that among the questions which nothing that ships
    answers.
    """

    words: str
    vector: Vectors
    said: Vectors
    standing: Standing = unanswered.UNTOLD
    paid: Paid = field(default_factory=Paid)


async def ask(embedder: Embedder, question: str) -> Query:
    """Between what was said and what it is called here: each of them alone misses more. Raises `EmbeddingFailed`."""
    terms, subject = plain_words.terms(question), plain_words.subject(question)
    if not terms:
        embedded = await embedder.embed_query(question)
        said = embedded.vectors[0]
        return Query(subject, said, said, await unanswered.standing(embedder, said), embedded.paid)
    embedded = await embedder.embed_documents([question, terms])
    said, called = embedded.vectors
    between: Vectors = said + called
    standing = await unanswered.standing(embedder, said)
    return Query(f"{subject} {terms}", between / np.linalg.norm(between), said, standing, embedded.paid)


async def ask_if_possible(embedder: Embedder | None, question: str) -> Query | None:
    """An answer without the knowledge base is better than none."""
    if embedder is None:
        return None
    try:
        return await ask(embedder, question)
    except EmbeddingFailed as error:
        log.warning("question_not_embedded", code=error.code)
        return None


async def retrieve(
    session: AsyncSession,
    model: EmbeddingModel,
    query: Query,
    scopes: Sequence[str],
    retrieval: Retrieval | None = None,
) -> list[Passage]:
    """The best first; empty where nothing is near enough. Row-level security holds whatever `scopes` say."""
    retrieval = retrieval or Retrieval()
    return chosen(await candidates(session, model, query, scopes, retrieval), retrieval)


def chosen(found: Sequence[Passage], retrieval: Retrieval) -> list[Passage]:
    """What of it an answer is given: near enough, each thing once, within number and budget."""
    near = [passage for passage in found if passage.relevance >= retrieval.threshold]
    return _within_budget(_distinct(near, retrieval), retrieval)


async def candidates(
    session: AsyncSession, model: EmbeddingModel, query: Query, scopes: Sequence[str], retrieval: Retrieval
) -> list[Passage]:
    """What both arms found on each shelf, fused, before anything is left out."""
    sizes = await knowledge_search.sizes(session, scopes)
    found = [
        await knowledge_search.search(
            session, shelf.vectors, model=model, vector=query.vector, question=query.words, scopes=shelf.scopes,
            fusion=retrieval.fusion,
        )
        for shelf in shelves(scopes, sizes)
    ]  # fmt: skip
    return passages(found, query, retrieval)


def passages(found: Sequence[Sequence[Found]], query: Query, retrieval: Retrieval) -> list[Passage]:
    """Of all shelves, the best first. Of one alone its order stays: a rank tells there which of two is better.

    The ranks of two shelves tell nothing of each other. How surely a passage is about the question does.
    """
    of_shelves = [[_passage(row, relevance(row, query, retrieval)) for row in rows] for rows in found if rows]
    everything = [passage for of_shelf in of_shelves for passage in of_shelf]
    if len(of_shelves) < 2:
        return everything
    return sorted(everything, key=lambda passage: passage.score * passage.relevance, reverse=True)


def relevance(row: Found, query: Query, retrieval: Retrieval) -> float:
    answering = retrieval.shipped if is_shipped(row.chunk.scope) else retrieval.uploaded
    weighed = (
        answering.constant
        + answering.own * row.own_similarity
        + answering.nearest * row.nearest_similarity
        + answering.coverage * row.coverage
        + answering.unanswered * min(query.standing.likeness, answering.most_unanswered)
        + answering.side * query.standing.side
    )
    return 1.0 / (1.0 + math.exp(-weighed))


def _passage(row: Found, relevance: float) -> Passage:
    chunk = row.chunk
    return Passage(
        chunk_id=chunk.id,
        document_id=chunk.source_id,
        scope=chunk.scope,
        title=chunk.title,
        section=chunk.section,
        content=chunk.content,
        chunk_index=chunk.chunk_index,
        span=(chunk.span_start, chunk.span_end),
        similarity=row.similarity,
        coverage=row.coverage,
        vector_rank=row.vector_rank,
        text_rank=row.text_rank,
        text_score=row.text_score,
        score=row.score,
        relevance=relevance,
    )


def _distinct(passages: Sequence[Passage], retrieval: Retrieval) -> list[Passage]:
    kept: list[tuple[Passage, frozenset[str]]] = []
    for passage in passages:
        words = frozenset(re.findall(r"\w+", passage.content.lower()))
        if all(_shared(words, others) < retrieval.same_words for _, others in kept):
            kept.append((passage, words))
    return [passage for passage, _ in kept]


def _shared(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / max(1, len(first | second))


def _within_budget(passages: Sequence[Passage], retrieval: Retrieval) -> list[Passage]:
    """A passage that does not fit is left out whole; a shorter one behind it may still fit."""
    kept: list[Passage] = []
    left = retrieval.token_budget
    for passage in passages:
        tokens = count_tokens(passage.content)
        if len(kept) < retrieval.most_passages and tokens <= left:
            kept.append(passage)
            left -= tokens
    return kept
