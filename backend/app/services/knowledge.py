"""Documents of the knowledge base: taken, listed, changed, removed, searched. Indexing them is a job's work."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import document_text, embedding_ledger, rag
from app.agent.document_questions import DocumentQuestion
from app.agent.document_text import DocumentText
from app.agent.embeddings import Embedder
from app.agent.rag import Passage, Retrieval
from app.db import Database, Scope
from app.errors import Conflict, Forbidden, InvalidField
from app.models import KnowledgeSource
from app.repositories import knowledge as knowledge_repository
from app.schemas.knowledge import (
    ChunkOut,
    DocumentIn,
    DocumentOut,
    DocumentPatch,
    DocumentQuery,
    DocumentWhole,
    FoundPassage,
    Question,
    SearchQuery,
    SearchResult,
)
from app.schemas.page import Cursor, Page
from app.services.knowledge_indexing import DocumentNotFound

# Of one scope. More is a library, for which one person's or one tenant's share of a shared database is too small
MAX_DOCUMENTS = 5_000

_cursor: Cursor[knowledge_repository.Key] = Cursor(knowledge_repository.Key)


class ScopeNotYours(Forbidden):
    code = "scope_not_yours"


class TooManyDocuments(Conflict):
    code = "too_many_documents"
    detail = f"There are {MAX_DOCUMENTS:,} documents in this scope, which is the most. Delete some first."


class NotChangeable(Forbidden):
    code = "document_not_changeable"
    detail = "This document ships with the product, or is your tenant's: only an administrator changes the latter."


def writable_scope(scope: Scope, wanted: str, *, is_administrator: bool) -> str:
    """The scope by its full name. `user` and `tenant` stand for the caller's own."""
    own = {"user": f"user:{scope.user_id}", "tenant": f"tenant:{scope.tenant_id}"}
    named = own.get(wanted, wanted)
    if named == own["user"]:
        return named
    if named == own["tenant"]:
        if not is_administrator:
            raise ScopeNotYours("Only an administrator adds to what everybody of the tenant may read.")
        return named
    if wanted == "global" or wanted.startswith(("page:", "tenant:", "user:")):
        raise ScopeNotYours("You can add to your own scope (`user`), and an administrator to the tenant's (`tenant`).")
    raise InvalidField("scope", "is `user` or `tenant`")


async def take(
    session: AsyncSession,
    knowledge_scope: str,
    text: DocumentText,
    *,
    key: str | None = None,
    tags: list[str] | None = None,
) -> KnowledgeSource:
    """The document, to be indexed: a new one, or the one of that key with another text. What is the same stays."""
    key = key or text.title
    tags = tags or []
    questions = stored_questions(text.questions)
    digest = _digest(text.title, text.body, questions)
    await knowledge_repository.lock_scope(session, knowledge_scope)
    found = await knowledge_repository.find_by_key(session, knowledge_scope, key)
    if found is None:
        return await _add(session, knowledge_scope, key, text, tags)
    locked = await knowledge_repository.lock(session, found.id)
    if locked is None:
        return await _add(session, knowledge_scope, key, text, tags)
    if (locked.content_hash, locked.tags) != (digest, tags) or locked.status == "failed":
        locked.title, locked.body, locked.media_type, locked.tags = text.title, text.body, text.media_type, tags
        locked.questions = questions
        _renew(locked)
        await session.flush()
        await session.refresh(locked)
    return locked


async def take_text(session: AsyncSession, knowledge_scope: str, given: DocumentIn) -> KnowledgeSource:
    text = await document_text.read(given.content.encode(), given.media_type, title=given.title)
    return await take(session, knowledge_scope, text, key=given.key, tags=given.tags)


async def find(session: AsyncSession, source_id: UUID) -> KnowledgeSource:
    found = await knowledge_repository.find(session, source_id)
    if found is None:
        raise DocumentNotFound
    return found


async def read_whole(session: AsyncSession, source_id: UUID) -> DocumentWhole:
    source = await find(session, source_id)
    chunks = await knowledge_repository.chunks_of(session, source_id)
    return DocumentWhole(
        **DocumentOut.model_validate(source).model_dump(),
        body=source.body,
        questions=[Question.model_construct(**stored) for stored in source.questions],
        chunks=[ChunkOut.model_validate(chunk) for chunk in chunks],
    )


async def list_page(session: AsyncSession, scope: Scope, wanted: DocumentQuery) -> Page[DocumentOut]:
    before = _cursor.decode(wanted.cursor)
    rows = await knowledge_repository.list_page(
        session, _listed_scope(scope, wanted.scope), before=before, limit=wanted.limit + 1
    )
    shown = rows[: wanted.limit]
    last = shown[-1] if len(rows) > wanted.limit else None
    return Page(
        items=[DocumentOut.model_validate(row) for row in shown],
        next_cursor=None if last is None else _cursor.encode((last.created_at, last.id)),
    )


def _listed_scope(scope: Scope, wanted: str | None) -> str | None:
    """A full name; None for everything that one may read."""
    match wanted:
        case None:
            return None
        case "user":
            return f"user:{scope.user_id}"
        case "tenant":
            return f"tenant:{scope.tenant_id}"
        case _:
            return wanted


async def change(
    session: AsyncSession, scope: Scope, source_id: UUID, wanted: DocumentPatch, *, is_administrator: bool
) -> KnowledgeSource:
    source = await find_own(session, scope, source_id, is_administrator=is_administrator)
    if wanted.content is not None:
        text = await document_text.read(wanted.content.encode(), "text/markdown", title=source.title)
        source.body, source.questions = text.body, stored_questions(text.questions)
    if wanted.title is not None:
        source.title = wanted.title
    if wanted.tags is not None:
        source.tags = wanted.tags
    if wanted.questions is not None:
        source.questions = _each_once(wanted.questions)
    _renew(source)
    await session.flush()
    await session.refresh(source)
    return source


async def delete(session: AsyncSession, scope: Scope, source_id: UUID, *, is_administrator: bool) -> None:
    source = await find_own(session, scope, source_id, is_administrator=is_administrator)
    await knowledge_repository.remove(session, source)


async def preview(
    database: Database, embedder: Embedder, scope: Scope | None, query: SearchQuery, retrieval: Retrieval | None = None
) -> SearchResult:
    """What a search finds and what of it an answer would be given. No connection is held while it is embedded."""
    retrieval = retrieval or Retrieval()
    scopes = rag.readable_scopes(scope, [query.page] if query.page else [])
    asked = await rag.ask(embedder, query.q)
    async with database.session(scope) as session:
        found = await rag.candidates(session, embedder.model, asked, scopes, retrieval)
        await embedding_ledger.record(session, scope, embedder.model, asked.paid)
    used = {passage.chunk_id for passage in rag.chosen(found, retrieval)}
    return SearchResult(
        question=query.q,
        embedding_model=embedder.model.name,
        scopes=scopes,
        threshold=retrieval.threshold,
        passages=[
            _shown(passage, rank, is_used=passage.chunk_id in used)
            for rank, passage in enumerate(found[: query.limit], 1)
        ],
    )


async def _add(
    session: AsyncSession, knowledge_scope: str, key: str, text: DocumentText, tags: list[str]
) -> KnowledgeSource:
    if await knowledge_repository.count_in(session, knowledge_scope) >= MAX_DOCUMENTS:
        raise TooManyDocuments
    source = KnowledgeSource(
        scope=knowledge_scope,
        key=key,
        title=text.title,
        media_type=text.media_type,
        tags=tags,
        body=text.body,
        questions=stored_questions(text.questions),
        content_hash=_digest(text.title, text.body, stored_questions(text.questions)),
    )
    await knowledge_repository.add(session, source)
    return source


async def find_own(session: AsyncSession, scope: Scope, source_id: UUID, *, is_administrator: bool) -> KnowledgeSource:
    """One that the caller may change, and nobody else before the transaction ends."""
    source = await find(session, source_id)
    try:
        writable_scope(scope, source.scope, is_administrator=is_administrator)
    except ScopeNotYours as error:
        raise NotChangeable from error
    locked = await knowledge_repository.lock(session, source_id)
    if locked is None:
        raise DocumentNotFound
    return locked


def _renew(source: KnowledgeSource) -> None:
    source.content_hash = _digest(source.title, source.body, source.questions)
    source.version += 1
    source.status, source.error = "waiting", None
    source.chunks_embedded = source.chunks_to_embed = 0


def _each_once(questions: Iterable[Question]) -> list[Any]:
    return stored_questions(dict.fromkeys(DocumentQuestion(each.text, each.section) for each in questions))


def stored_questions(questions: Iterable[DocumentQuestion]) -> list[Any]:
    return [asdict(question) for question in questions]


def _digest(title: str, body: str, questions: list[Any]) -> str:
    whole = f"{title}\n{body}\n{json.dumps(questions, sort_keys=True)}" if questions else f"{title}\n{body}"
    return hashlib.sha256(whole.encode()).hexdigest()


def _shown(passage: Passage, rank: int, *, is_used: bool) -> FoundPassage:
    return FoundPassage(
        chunk_id=passage.chunk_id,
        document_id=passage.document_id,
        scope=passage.scope,
        title=passage.title,
        section=passage.section,
        content=passage.content,
        chunk_index=passage.chunk_index,
        vector_rank=passage.vector_rank,
        similarity=passage.similarity,
        text_rank=passage.text_rank,
        text_score=passage.text_score,
        coverage=passage.coverage,
        rank=rank,
        score=passage.score,
        relevance=passage.relevance,
        is_used=is_used,
    )
