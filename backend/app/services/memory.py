"""What a person, or an administrator for everybody of the tenant, has the analyst remember."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import embedding_ledger
from app.agent.embeddings import Embedder, EmbeddingFailed
from app.db import Database, Scope
from app.errors import Conflict, Forbidden, InvalidField, NotFound
from app.models import Memory
from app.models.memory import MemoryStatus
from app.repositories import memory as memory_repository
from app.repositories.memory import Embedding
from app.schemas.memory import MemoriesDeleted, MemoryIn, MemoryOut, MemoryPatch, MemoryQuery
from app.schemas.page import Cursor, Page
from app.services import portfolio as portfolio_service

# Of one person, or one tenant. All of them are looked at for each question, and no one can keep more in mind
MAX_MEMORIES = 200

_cursor: Cursor[memory_repository.Key] = Cursor(memory_repository.Key)

log = structlog.get_logger()


class MemoryNotFound(NotFound):
    code = "memory_not_found"
    detail = "There is no such memory."


class MemoryExists(Conflict):
    code = "memory_exists"
    detail = "This is remembered already. Change or confirm that memory instead."


class TooManyMemories(Conflict):
    code = "too_many_memories"
    detail = f"There are {MAX_MEMORIES} memories, which is the most. Delete some first."


class MemoryNotYours(Forbidden):
    code = "memory_not_yours"
    detail = "This memory is your tenant's or the product's. An administrator changes the tenant's."


async def list_page(session: AsyncSession, wanted: MemoryQuery) -> Page[MemoryOut]:
    rows = await memory_repository.list_page(
        session,
        status=wanted.status,
        scope=wanted.scope,
        portfolio_id=wanted.portfolio_id,
        before=_cursor.decode(wanted.cursor),
        limit=wanted.limit + 1,
    )
    shown = rows[: wanted.limit]
    more = _cursor.encode((shown[-1].created_at, shown[-1].id)) if len(rows) > wanted.limit else None
    return Page(items=[MemoryOut.model_validate(row) for row in shown], next_cursor=more)


async def get(session: AsyncSession, memory_id: UUID) -> MemoryOut:
    return MemoryOut.model_validate(await _find(session, memory_id))


async def create(
    database: Database, embedder: Embedder, scope: Scope, wanted: MemoryIn, *, is_administrator: bool
) -> MemoryOut:
    """Somebody's own words, used from now on. No connection is held while they are embedded."""
    if wanted.scope == "tenant" and not is_administrator:
        raise MemoryNotYours("Only an administrator adds to what holds for everybody of the tenant.")
    (embedding,) = await embed(database, embedder, scope, [line(wanted.content)])
    async with database.session(scope) as session:
        return MemoryOut.model_validate(await add(session, scope, wanted, embedding))


async def add(session: AsyncSession, scope: Scope, wanted: MemoryIn, embedding: Embedding | None = None) -> Memory:
    """Without a vector it gets one later. Row-level security lets only an administrator add to the tenant's."""
    if wanted.portfolio_id is not None:
        await _check_portfolio(session, wanted.scope, wanted.portfolio_id)
    memory = Memory(
        scope=wanted.scope,
        tenant_id=scope.tenant_id,
        user_id=scope.user_id if wanted.scope == "user" else None,
        portfolio_id=wanted.portfolio_id,
        kind=wanted.kind,
        tags=wanted.tags,
        status="active",
    )
    memory_repository.place(memory, line(wanted.content), embedding)
    await store(session, scope, memory)
    return memory


async def store(session: AsyncSession, scope: Scope, memory: Memory) -> None:
    await memory_repository.lock_owner(session, scope, memory.scope)
    await _check_is_new(session, memory, memory.content)
    if await memory_repository.count(session, memory.scope) >= MAX_MEMORIES:
        raise TooManyMemories
    await memory_repository.add(session, memory)


async def change(
    database: Database,
    embedder: Embedder,
    scope: Scope,
    memory_id: UUID,
    wanted: MemoryPatch,
    *,
    is_administrator: bool,
) -> MemoryOut:
    content = line(wanted.content) if wanted.content is not None else None
    embeddings = await embed(database, embedder, scope, [content]) if content is not None else [None]
    async with database.session(scope) as session:
        memory = await _changeable(session, memory_id, is_administrator=is_administrator)
        for name, value in (await _changes(session, memory, wanted)).items():
            setattr(memory, name, value)
        if content is not None:
            await _check_is_new(session, memory, content)
            memory_repository.place(memory, content, embeddings[0])
        if memory.status == "active" and memory.replaces_id is not None:
            await memory_repository.delete_by_id(session, memory.replaces_id)
        await memory_repository.update(session, memory)
        return MemoryOut.model_validate(memory)


async def delete(session: AsyncSession, memory_id: UUID, *, is_administrator: bool) -> None:
    memory = await _changeable(session, memory_id, is_administrator=is_administrator)
    await memory_repository.delete_by_id(session, memory.id)


async def delete_own(session: AsyncSession, status: MemoryStatus | None = None) -> MemoriesDeleted:
    """All that is remembered of this person, or what of it waits to be confirmed."""
    return MemoriesDeleted(deleted=await memory_repository.delete_own(session, status=status))


async def embed(
    database: Database, embedder: Embedder, scope: Scope, contents: Sequence[str]
) -> list[Embedding | None]:
    """What could not be embedded now is remembered all the same, and found by its meaning later."""
    if not contents:
        return []
    try:
        embedded = await embedder.embed_documents(contents)
    except EmbeddingFailed as error:
        log.warning("memory_not_embedded", code=error.code)
        return [None] * len(contents)
    await embedding_ledger.record_paid(database, scope, embedder.model, embedded.paid)
    return [Embedding(embedder.model, vector) for vector in embedded.vectors]


def line(content: str) -> str:
    return " ".join(content.split())


async def _find(session: AsyncSession, memory_id: UUID) -> Memory:
    memory = await memory_repository.find(session, memory_id)
    if memory is None:
        raise MemoryNotFound
    return memory


async def _changeable(session: AsyncSession, memory_id: UUID, *, is_administrator: bool) -> Memory:
    memory = await _find(session, memory_id)
    if memory.scope == "global" or (memory.scope == "tenant" and not is_administrator):
        raise MemoryNotYours
    return memory


async def _check_is_new(session: AsyncSession, memory: Memory, content: str) -> None:
    same = await memory_repository.find_same(session, memory.scope, memory.portfolio_id, content)
    if same is not None and same.id != memory.id:
        raise MemoryExists


async def _changes(session: AsyncSession, memory: Memory, wanted: MemoryPatch) -> dict[str, Any]:
    """Besides the words themselves."""
    sent = wanted.model_dump(exclude_unset=True)
    for name, value in sent.items():
        if value is None and name != "portfolio_id":
            raise InvalidField(name, "must not be null")
    sent.pop("content", None)
    if sent.get("portfolio_id") is not None:
        await _check_portfolio(session, memory.scope, sent["portfolio_id"])
    return sent


async def _check_portfolio(session: AsyncSession, memory_scope: str, portfolio_id: UUID) -> None:
    if memory_scope != "user":
        raise InvalidField("portfolio_id", "is for one's own memories: nobody else sees this portfolio")
    await portfolio_service.find(session, portfolio_id)
