"""From a document's text to passages that are found: until the last of them is embedded, the former ones are served.

What is embedded is stored at once, not yet served, so that a job which was broken off goes on where it ended; and a
passage whose text has not changed keeps its row and its vector. Questions that the document says it answers are
embedded after its passages, since each belongs to the passage of its section that is nearest to it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import embedding_ledger
from app.agent.chunking import SECTION_SEPARATOR, Chunk, split
from app.agent.document_questions import DocumentQuestion
from app.agent.embeddings import Embedder, EmbeddingFailed, EmbeddingUnavailable, Paid, checked
from app.db import Database, Scope
from app.errors import NotFound
from app.models import KnowledgeChunk, KnowledgeQuestion, KnowledgeSource
from app.models.embedding_model import EmbeddingModel
from app.repositories import knowledge as knowledge_repository
from app.repositories.knowledge import ChunkPlace, StoredVector

# Embedded and stored together: about a second of work for the bundled model, one request for a provider
BATCH = 64


class DocumentNotFound(NotFound):
    code = "document_not_found"
    detail = "There is no such document."


@dataclass(frozen=True, slots=True)
class Indexed:
    """`embedded` passages are new, the others were there before. `is_outdated`: the text was replaced meanwhile."""

    passages: int
    embedded: int
    is_outdated: bool = False


async def index(database: Database, embedder: Embedder, scope: Scope | None, source_id: UUID) -> Indexed:
    """No connection is held while passages are embedded."""
    source, chunks, missing = await _begin(database, embedder.model, scope, source_id)
    if source.status == "ready" and source.embedding_model == embedder.model.name:
        return Indexed(source.chunk_count, 0)
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        rows, paid = await _embedded(embedder, source, batch)
        async with database.session(scope) as session:
            await knowledge_repository.add_chunks(session, rows)
            await embedding_ledger.record(session, scope, embedder.model, paid)
            await knowledge_repository.note_progress(
                session, source_id, embedded=start + len(batch), to_embed=len(missing)
            )
    await _index_questions(database, embedder, scope, source, chunks)
    return await _serve(database, embedder.model, scope, source, chunks, len(missing))


async def note_failure(database: Database, scope: Scope | None, source_id: UUID, error: EmbeddingFailed) -> None:
    """What is served stays. What will not go better by itself is not tried again until the document is sent again."""
    is_final = not isinstance(error, EmbeddingUnavailable)
    told = {"code": error.code, "message": error.sentence}
    async with database.session(scope) as session:
        await knowledge_repository.note_failure(session, source_id, told, is_final=is_final)


async def _begin(
    database: Database, model: EmbeddingModel, scope: Scope | None, source_id: UUID
) -> tuple[KnowledgeSource, list[Chunk], list[tuple[int, Chunk]]]:
    """The document, its passages, and those of them that are still to be embedded, with their places."""
    async with database.session(scope) as session:
        source = await knowledge_repository.find(session, source_id)
        if source is None:
            raise DocumentNotFound
        stored = await knowledge_repository.stored_chunks(session, source_id, model)
    chunks = await asyncio.to_thread(split, source.body, source.title)
    missing = _missing(source, chunks, stored)
    if missing:
        async with database.session(scope) as session:
            await knowledge_repository.note_progress(session, source_id, embedded=0, to_embed=len(missing))
    return source, chunks, missing


def _missing(
    source: KnowledgeSource, chunks: Sequence[Chunk], stored: dict[str, list[UUID]]
) -> list[tuple[int, Chunk]]:
    left = {digest: len(ids) for digest, ids in stored.items()}
    missing = []
    for place, chunk in enumerate(chunks):
        digest = chunk.digest(source.title)
        left[digest] = left.get(digest, 0) - 1
        if left[digest] < 0:
            missing.append((place, chunk))
    return missing


async def _embedded(
    embedder: Embedder, source: KnowledgeSource, batch: Sequence[tuple[int, Chunk]]
) -> tuple[list[KnowledgeChunk], Paid]:
    embedded = await embedder.embed_documents([chunk.embedded_text(source.title) for _, chunk in batch])
    vectors = checked(embedder.model, embedded.vectors)
    rows = [
        KnowledgeChunk(
            source_id=source.id,
            scope=source.scope,
            title=source.title,
            section=chunk.section,
            content=chunk.content,
            details={"tags": source.tags},
            chunk_index=place,
            span_start=chunk.span[0],
            span_end=chunk.span[1],
            content_hash=chunk.digest(source.title),
            embedding_model=embedder.model.name,
            embedding_dimension=embedder.model.dimension,
            embedding=vector,
        )
        for (place, chunk), vector in zip(batch, vectors, strict=True)
    ]
    return rows, embedded.paid


async def _index_questions(
    database: Database, embedder: Embedder, scope: Scope | None, source: KnowledgeSource, chunks: Sequence[Chunk]
) -> None:
    if not source.questions:
        return
    async with database.session(scope) as session:
        stored = await knowledge_repository.stored_questions(session, source.id, embedder.model)
        vectors = await knowledge_repository.stored_vectors(session, source.id, embedder.model)
    wanted = {chunk.digest(source.title) for chunk in chunks}
    passages = [vector for vector in vectors if vector.content_hash in wanted]
    known = {(each.chunk_id, each.question) for each in stored}
    missing = [
        question
        for question in (DocumentQuestion(**asked) for asked in source.questions)
        if not any((passage.chunk_id, question.text) in known for passage in answering(question, passages))
    ]
    for start in range(0, len(missing), BATCH):
        rows, paid = await _embedded_questions(embedder, source, missing[start : start + BATCH], passages)
        async with database.session(scope) as session:
            await knowledge_repository.add_questions(session, rows)
            await embedding_ledger.record(session, scope, embedder.model, paid)


def answering(question: DocumentQuestion, passages: Sequence[StoredVector]) -> list[StoredVector]:
    """The passages of its section; all where it names none, or one that is no longer there."""
    if question.section is None:
        return list(passages)
    path = SECTION_SEPARATOR + question.section
    return [passage for passage in passages if (SECTION_SEPARATOR + passage.section).endswith(path)] or list(passages)


async def _embedded_questions(
    embedder: Embedder,
    source: KnowledgeSource,
    batch: Sequence[DocumentQuestion],
    passages: Sequence[StoredVector],
) -> tuple[list[KnowledgeQuestion], Paid]:
    embedded = await embedder.embed_documents([question.text for question in batch])
    rows = []
    for question, vector in zip(batch, checked(embedder.model, embedded.vectors), strict=True):
        nearest = max(answering(question, passages), key=lambda passage: float(passage.embedding @ vector))
        rows.append(
            KnowledgeQuestion(
                chunk_id=nearest.chunk_id,
                scope=source.scope,
                question=question.text,
                embedding_model=embedder.model.name,
                embedding_dimension=embedder.model.dimension,
                embedding=vector,
            )
        )
    return rows, embedded.paid


async def _serve(
    database: Database,
    model: EmbeddingModel,
    scope: Scope | None,
    begun: KnowledgeSource,
    chunks: Sequence[Chunk],
    embedded: int,
) -> Indexed:
    async with database.session(scope) as session:
        source = await knowledge_repository.lock(session, begun.id)
        if source is None:
            raise DocumentNotFound
        if source.version != begun.version:
            return Indexed(source.chunk_count, embedded, is_outdated=True)
        stored = await knowledge_repository.stored_chunks(session, source.id, model)
        places = [
            ChunkPlace(stored[chunk.digest(source.title)].pop(), place, chunk.span)
            for place, chunk in enumerate(chunks)
        ]
        asked = await _asked(session, source, model, places)
        await knowledge_repository.serve(session, source, model, places, asked)
    return Indexed(len(places), embedded)


async def _asked(
    session: AsyncSession, source: KnowledgeSource, model: EmbeddingModel, places: Sequence[ChunkPlace]
) -> list[UUID]:
    """The stored questions that the document still states, each once, at passages that it still has."""
    kept = {place.chunk_id for place in places}
    stated = {question["text"] for question in source.questions}
    found = {
        each.question: each.id
        for each in await knowledge_repository.stored_questions(session, source.id, model)
        if each.chunk_id in kept and each.question in stated
    }
    return list(found.values())
