"""Documents of the knowledge base and their passages. What a search reads is in `knowledge_search`."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.models import KnowledgeChunk, KnowledgeLexeme, KnowledgeQuestion, KnowledgeScope, KnowledgeSource
from app.models.embedding_model import EmbeddingModel

Key = tuple[dt.datetime, UUID]
# A job of a tenant's document runs on behalf of no person of it
NO_PERSON = UUID(int=0)


@dataclass(frozen=True, slots=True)
class ChunkPlace:
    """Where a stored passage stands in the newest text of its document."""

    chunk_id: UUID
    chunk_index: int
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class StoredVector:
    """A stored passage, and where it lies."""

    chunk_id: UUID
    section: str
    content_hash: str
    embedding: NDArray[np.float32]


async def find(session: AsyncSession, source_id: UUID) -> KnowledgeSource | None:
    """None for what does not exist or may not be read: row-level security hides it."""
    return await session.get(KnowledgeSource, source_id)


async def find_by_key(session: AsyncSession, scope: str, key: str) -> KnowledgeSource | None:
    statement = select(KnowledgeSource).where(KnowledgeSource.scope == scope, KnowledgeSource.key == key)
    found: KnowledgeSource | None = await session.scalar(statement)
    return found


async def lock_scope(session: AsyncSession, scope: str) -> None:
    """Into one scope, documents are taken one transaction after the other.

    Two at once would both add one of the same key, or pass the limit.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(scope, 0))))


async def lock(session: AsyncSession, source_id: UUID) -> KnowledgeSource | None:
    """The document as it is now; nobody changes it before the transaction ends."""
    statement = select(KnowledgeSource).where(KnowledgeSource.id == source_id).with_for_update()
    found: KnowledgeSource | None = await session.scalar(statement.execution_options(populate_existing=True))
    return found


async def list_page(
    session: AsyncSession, scope: str | None, *, before: Key | None, limit: int
) -> Sequence[KnowledgeSource]:
    """Newest first; of one scope, or of all that may be read."""
    order = (KnowledgeSource.created_at, KnowledgeSource.id)
    statement = select(KnowledgeSource).limit(limit)
    if scope is not None:
        statement = statement.where(KnowledgeSource.scope == scope)
    if before is not None:
        statement = statement.where(tuple_(*order) < before)
    return (await session.scalars(statement.order_by(*(column.desc() for column in order)))).all()


async def count_in(session: AsyncSession, scope: str) -> int:
    statement = select(func.count()).select_from(KnowledgeSource).where(KnowledgeSource.scope == scope)
    return (await session.scalars(statement)).one()


async def list_shipped(session: AsyncSession) -> Sequence[KnowledgeSource]:
    """What came with the product."""
    is_shipped = or_(KnowledgeSource.scope == "global", KnowledgeSource.scope.startswith("page:"))
    return (await session.scalars(select(KnowledgeSource).where(is_shipped))).all()


async def add(session: AsyncSession, source: KnowledgeSource) -> None:
    await session.execute(insert(KnowledgeScope).values(scope=source.scope).on_conflict_do_nothing())
    session.add(source)
    await session.flush()
    await session.refresh(source)


async def remove(session: AsyncSession, source: KnowledgeSource) -> None:
    """With its passages, and without them in the count of words. It is locked by the caller."""
    await _lock_scope(session, source.scope)
    await _count_words(session, source, sign=-1)
    await _forget_unused_words(session, source.scope)
    await _recount(session, source, passages=0, questions=0)
    await session.execute(delete(KnowledgeSource).where(KnowledgeSource.id == source.id))


async def list_to_index(session: AsyncSession, model: EmbeddingModel) -> list[tuple[UUID, Scope | None]]:
    """Everybody's documents that wait for it, or that another model embedded; with who works on them."""
    rows = await session.execute(
        text("select source_id, user_id, tenant_id from kb_sources_to_index(:model)"), {"model": model.name}
    )
    return [(row.source_id, Scope(row.user_id or NO_PERSON, row.tenant_id) if row.tenant_id else None) for row in rows]


async def stored_chunks(session: AsyncSession, source_id: UUID, model: EmbeddingModel) -> dict[str, list[UUID]]:
    """Passages that this model has embedded, served or not, by the hash of their text."""
    statement = select(KnowledgeChunk.content_hash, KnowledgeChunk.id).where(
        KnowledgeChunk.source_id == source_id, KnowledgeChunk.embedding_model == model.name
    )
    found: dict[str, list[UUID]] = {}
    for content_hash, chunk_id in await session.execute(statement.order_by(KnowledgeChunk.id)):
        found.setdefault(content_hash, []).append(chunk_id)
    return found


async def add_chunks(session: AsyncSession, chunks: Sequence[KnowledgeChunk]) -> None:
    session.add_all(chunks)
    await session.flush()
    session.expunge_all()


async def note_progress(session: AsyncSession, source_id: UUID, *, embedded: int, to_embed: int) -> None:
    await session.execute(
        update(KnowledgeSource)
        .where(KnowledgeSource.id == source_id)
        .values(status="indexing", error=None, chunks_embedded=embedded, chunks_to_embed=to_embed)
    )


async def note_failure(session: AsyncSession, source_id: UUID, error: dict[str, Any], *, is_final: bool) -> None:
    changed: dict[str, Any] = {"error": error} | ({"status": "failed"} if is_final else {})
    await session.execute(update(KnowledgeSource).where(KnowledgeSource.id == source_id).values(**changed))


async def stored_vectors(session: AsyncSession, source_id: UUID, model: EmbeddingModel) -> list[StoredVector]:
    rows = await session.execute(
        select(KnowledgeChunk.id, KnowledgeChunk.section, KnowledgeChunk.content_hash, KnowledgeChunk.embedding)
        .where(KnowledgeChunk.source_id == source_id, KnowledgeChunk.embedding_model == model.name)
        .order_by(KnowledgeChunk.id)
    )
    return [StoredVector(*row) for row in rows]


async def stored_questions(session: AsyncSession, source_id: UUID, model: EmbeddingModel) -> list[KnowledgeQuestion]:
    """Served or not."""
    statement = (
        select(KnowledgeQuestion)
        .join(KnowledgeChunk, KnowledgeChunk.id == KnowledgeQuestion.chunk_id)
        .where(KnowledgeChunk.source_id == source_id, KnowledgeQuestion.embedding_model == model.name)
    )
    return list((await session.scalars(statement.order_by(KnowledgeQuestion.id))).all())


async def add_questions(session: AsyncSession, questions: Sequence[KnowledgeQuestion]) -> None:
    session.add_all(questions)
    await session.flush()
    session.expunge_all()


async def serve(
    session: AsyncSession,
    source: KnowledgeSource,
    model: EmbeddingModel,
    places: Sequence[ChunkPlace],
    questions: Collection[UUID] = (),
) -> None:
    """From now on these passages, and no others, are what is found of the document. It is locked by the caller."""
    kept = [place.chunk_id for place in places]
    await _lock_scope(session, source.scope)
    await _count_words(session, source, sign=-1)
    await session.execute(
        delete(KnowledgeChunk).where(KnowledgeChunk.source_id == source.id, KnowledgeChunk.id.not_in(kept))
    )
    await _place(session, places)
    if questions or source.question_count:
        await _ask(session, kept, questions)
    await _count_words(session, source, sign=1)
    await _forget_unused_words(session, source.scope)
    await _recount(session, source, passages=len(places), questions=len(questions))
    source.status, source.error = "ready", None
    source.embedding_model = model.name
    await session.flush()


async def chunks_of(session: AsyncSession, source_id: UUID) -> Sequence[KnowledgeChunk]:
    statement = select(KnowledgeChunk).where(KnowledgeChunk.source_id == source_id, KnowledgeChunk.is_served)
    return (await session.scalars(statement.order_by(KnowledgeChunk.chunk_index))).all()


async def chunks_by_id(session: AsyncSession, chunk_ids: Collection[UUID]) -> Sequence[KnowledgeChunk]:
    """Those that are still there."""
    return (await session.scalars(select(KnowledgeChunk).where(KnowledgeChunk.id.in_(chunk_ids)))).all()


async def _lock_scope(session: AsyncSession, scope: str) -> None:
    # Word counts of a scope are changed by one transaction after the other: in another order they would deadlock
    await session.execute(select(KnowledgeScope.scope).where(KnowledgeScope.scope == scope).with_for_update())


async def _recount(session: AsyncSession, source: KnowledgeSource, *, passages: int, questions: int) -> None:
    await session.execute(
        update(KnowledgeScope)
        .where(KnowledgeScope.scope == source.scope)
        .values(
            chunk_count=KnowledgeScope.chunk_count + passages - source.chunk_count,
            question_count=KnowledgeScope.question_count + questions - source.question_count,
        )
    )
    source.chunk_count, source.question_count = passages, questions


async def _place(session: AsyncSession, places: Sequence[ChunkPlace]) -> None:
    rows = [
        {
            "id": place.chunk_id, "is_served": True, "chunk_index": place.chunk_index,
            "span_start": place.span[0], "span_end": place.span[1],
        }
        for place in places
    ]  # fmt: skip
    if rows:
        await session.execute(update(KnowledgeChunk), rows)


async def _ask(session: AsyncSession, chunk_ids: Sequence[UUID], questions: Collection[UUID]) -> None:
    """From now on these passages are found under these questions and no others."""
    of_passages = KnowledgeQuestion.chunk_id.in_(chunk_ids)
    await session.execute(delete(KnowledgeQuestion).where(of_passages, KnowledgeQuestion.id.not_in(questions)))
    await session.execute(update(KnowledgeQuestion).where(of_passages).values(is_served=True))
    asked = (
        select(func.coalesce(func.string_agg(KnowledgeQuestion.question, "\n"), ""))
        .where(KnowledgeQuestion.chunk_id == KnowledgeChunk.id)
        .scalar_subquery()
    )
    # Only where it changes: every word of such a passage is indexed anew
    await session.execute(
        update(KnowledgeChunk)
        .where(KnowledgeChunk.id.in_(chunk_ids), KnowledgeChunk.questions != asked)
        .values(questions=asked)
    )


async def _count_words(session: AsyncSession, source: KnowledgeSource, *, sign: Literal[-1, 1]) -> None:
    """Add the words of the document's served passages, or take them off."""
    await session.execute(
        text("""
            insert into ai_kb_lexemes (scope, lexeme, chunk_count)
            select d.scope, w.lexeme, count(*) * :sign
            from ai_kb_documents d, unnest(tsvector_to_array(d.search)) as w (lexeme)
            where d.source_id = :source_id and d.is_served
            group by d.scope, w.lexeme
            on conflict (scope, lexeme) do update set chunk_count = ai_kb_lexemes.chunk_count + excluded.chunk_count
        """),
        {"source_id": source.id, "sign": sign},
    )


async def _forget_unused_words(session: AsyncSession, scope: str) -> None:
    await session.execute(
        delete(KnowledgeLexeme).where(KnowledgeLexeme.scope == scope, KnowledgeLexeme.chunk_count == 0)
    )
