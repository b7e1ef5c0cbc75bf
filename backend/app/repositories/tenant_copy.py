"""What a tenant's answers are given by, read from one database and written to another.

Vectors are copied, not made again: that would take minutes, and with a provider money.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from app.models import KnowledgeChunk, KnowledgeQuestion, KnowledgeSource, Memory, ModelUsage
from app.models.embedding_model import EmbeddingModel
from app.repositories import knowledge
from app.repositories.knowledge import ChunkPlace

_SOURCE = ("key", "title", "media_type", "tags", "body", "questions", "content_hash")
_CHUNK = (
    "id", "title", "section", "content", "details", "chunk_index", "span_start", "span_end", "content_hash",
    "embedding_model", "embedding_dimension", "embedding",
)  # fmt: skip
_QUESTION = ("id", "chunk_id", "question", "embedding_model", "embedding_dimension", "embedding")
_MEMORY = ("kind", "content", "tags", "embedding_model", "embedding")
_CALL = tuple(column.name for column in ModelUsage.__table__.c if column.name not in ("tenant_id", "user_id", "run_id"))


@dataclass(frozen=True, slots=True)
class StoredDocument:
    source: KnowledgeSource
    chunks: Sequence[KnowledgeChunk]
    questions: Sequence[KnowledgeQuestion]


async def list_documents(session: AsyncSession, model: EmbeddingModel) -> list[tuple[UUID, int]]:
    """The product's and then the tenant's, the newest first, each with the number of its passages."""
    rows = await session.execute(
        select(KnowledgeSource.id, KnowledgeSource.chunk_count)
        .where(KnowledgeSource.user_id.is_(None), KnowledgeSource.embedding_model == model.name)
        .order_by(KnowledgeSource.tenant_id.is_not(None), KnowledgeSource.updated_at.desc(), KnowledgeSource.id)
    )
    return [(row.id, row.chunk_count) for row in rows]


async def read_document(session: AsyncSession, source_id: UUID) -> StoredDocument | None:
    source = await knowledge.find(session, source_id)
    if source is None:
        return None
    chunks = select(KnowledgeChunk).where(KnowledgeChunk.source_id == source_id, KnowledgeChunk.is_served)
    found = (await session.scalars(chunks.options(undefer(KnowledgeChunk.embedding)))).all()
    asked = select(KnowledgeQuestion).where(
        KnowledgeQuestion.chunk_id.in_([chunk.id for chunk in found]), KnowledgeQuestion.is_served
    )
    questions = (await session.scalars(asked.options(undefer(KnowledgeQuestion.embedding)))).all()
    return StoredDocument(source, found, questions)


async def write_document(session: AsyncSession, document: StoredDocument, scope: str, model: EmbeddingModel) -> None:
    source = KnowledgeSource(scope=scope, **_values(document.source, _SOURCE))
    await knowledge.add(session, source)
    owned = [KnowledgeChunk(source_id=source.id, scope=scope, **_values(each, _CHUNK)) for each in document.chunks]
    places = [ChunkPlace(each.id, each.chunk_index, (each.span_start, each.span_end)) for each in owned]
    await knowledge.add_chunks(session, owned)
    asked = [KnowledgeQuestion(scope=scope, **_values(each, _QUESTION)) for each in document.questions]
    question_ids = [each.id for each in asked]
    await knowledge.add_questions(session, asked)
    locked = await knowledge.lock(session, source.id)
    if locked is not None:
        await knowledge.serve(session, locked, model, places, question_ids)


async def read_memories(session: AsyncSession) -> Sequence[Memory]:
    query = select(Memory).where(Memory.scope == "tenant").options(undefer(Memory.embedding))
    return (await session.scalars(query)).all()


async def write_memories(session: AsyncSession, memories: Sequence[Memory], tenant_id: UUID) -> None:
    session.add_all(
        Memory(scope="tenant", tenant_id=tenant_id, status="active", **_values(each, _MEMORY)) for each in memories
    )
    await session.flush()


async def read_calls(session: AsyncSession) -> list[dict[str, Any]]:
    """Of the person on whose behalf it is read; they may be written to another's ledger."""
    return [_values(each, _CALL) for each in await session.scalars(select(ModelUsage))]


def _values(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
