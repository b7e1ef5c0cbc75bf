import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import Vector
from pgvector.sqlalchemy import VECTOR
from sqlalchemy import (
    ARRAY,
    Boolean,
    CursorResult,
    Double,
    Float,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Read, Scope
from app.models import Memory, Tenant, User
from app.models.embedding_model import EmbeddingModel
from app.models.memory import MemoryKind, MemoryScope
from app.repositories.knowledge import NO_PERSON

Key = tuple[dt.datetime, UUID]

SECONDS_PER_DAY = 86_400
# A person's and their tenant's, at their limits, and what ships
MOST_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Embedding:
    model: EmbeddingModel
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Beside:
    """Another memory, and how near it lies; null where that is unknown."""

    id: UUID
    content: str
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Usable:
    """A memory that may be used in a turn. `days` since it was changed or used; `similarity` is null where unknown."""

    id: UUID
    scope: MemoryScope
    kind: MemoryKind
    content: str
    is_about_portfolio: bool
    days: float
    similarity: float | None = None


_SINCE = func.greatest(Memory.updated_at, Memory.last_used_at)
_USABLE = (
    select(
        Memory.id,
        Memory.scope,
        Memory.kind,
        Memory.content,
        Memory.portfolio_id.is_not(None).label("is_about_portfolio"),
        (func.extract("epoch", func.now() - _SINCE) / SECONDS_PER_DAY).cast(Double).label("days"),
    )
    .where(
        Memory.status == "active",
        or_(Memory.portfolio_id.is_(None), Memory.portfolio_id == bindparam("portfolio_id", type_=Uuid)),
        or_(
            Memory.user_id.is_(None),
            and_(
                bindparam("with_own", type_=Boolean),
                select(User.id).where(User.id == Memory.user_id, User.memory_enabled).exists(),
            ),
        ),
    )
    .order_by(Memory.created_at.desc(), Memory.id)
    .limit(MOST_LOOKED_AT)
)
_DISTANCE = Memory.embedding.op("<=>", return_type=Float)(bindparam("vector", type_=VECTOR()))
_IS_OF_MODEL = Memory.embedding_model == bindparam("model", type_=Text)
# Of another model's vector not even the length is the same: it must not be compared before it is sorted out
_SIMILARITIES = select(Memory.id, case((_IS_OF_MODEL, 1.0 - _DISTANCE)).label("near")).where(
    Memory.id == any_(bindparam("memory_ids", type_=ARRAY(Uuid))), _IS_OF_MODEL
)


async def find(session: AsyncSession, memory_id: UUID) -> Memory | None:
    """None for what does not exist or may not be read: row-level security hides it."""
    return await session.get(Memory, memory_id)


async def list_by_id(session: AsyncSession, memory_ids: Sequence[UUID]) -> Sequence[Memory]:
    """Those that are still there."""
    return (await session.scalars(select(Memory).where(Memory.id.in_(memory_ids)))).all()


async def list_page(
    session: AsyncSession,
    *,
    status: str | None,
    scope: str | None,
    portfolio_id: UUID | None,
    before: Key | None,
    limit: int,
) -> Sequence[Memory]:
    """Newest first: one's own, the tenant's and the product's."""
    order = (Memory.created_at, Memory.id)
    statement = select(Memory).limit(limit)
    wanted = ((Memory.status, status), (Memory.scope, scope), (Memory.portfolio_id, portfolio_id))
    for column, value in wanted:
        if value is not None:
            statement = statement.where(column == value)
    if before is not None:
        statement = statement.where(tuple_(*order) < before)
    return (await session.scalars(statement.order_by(*(column.desc() for column in order)))).all()


def read_usable(portfolio_id: UUID | None, *, with_own: bool) -> Read:
    """What may be used for a question about this portfolio, or about none: never what is about another one.

    A person who has switched memory off has none of their own; what is the tenant's holds.
    """
    return Read(_USABLE, {"portfolio_id": portfolio_id, "with_own": with_own})


def usable(rows: Sequence[Any]) -> list[Usable]:
    """Of the rows of `read_usable`."""
    return [Usable(*row) for row in rows]


def read_similarities(memory_ids: Sequence[UUID], model: EmbeddingModel, vector: NDArray[np.float32]) -> Read:
    """Of those that this model has embedded: vectors of different models mean nothing to each other."""
    values = {"memory_ids": list(memory_ids), "model": model.name, "vector": Vector(vector).to_text()}
    return Read(_SIMILARITIES, values)


def similarities(rows: Sequence[Any]) -> dict[UUID, float]:
    """Of the rows of `read_similarities`."""
    return {row.id: float(row.near) for row in rows}


async def list_beside(session: AsyncSession, portfolio_id: UUID | None, embedding: Embedding | None) -> list[Beside]:
    """A person's own of the same portfolio, drafts among them; the nearest first."""
    rows = await session.execute(
        select(Memory.id, Memory.content).where(
            Memory.scope == "user", Memory.portfolio_id.is_not_distinct_from(portfolio_id)
        )
    )
    contents = {row.id: row.content for row in rows}
    near = await _compared(session, list(contents), embedding) if embedding else {}
    found = [Beside(memory_id, content, near.get(memory_id)) for memory_id, content in contents.items()]
    return sorted(found, key=lambda beside: -(beside.similarity or 0.0))


async def _compared(session: AsyncSession, memory_ids: list[UUID], embedding: Embedding) -> dict[UUID, float]:
    values = {"memory_ids": memory_ids, "model": embedding.model.name, "vector": embedding.vector}
    return similarities((await session.execute(_SIMILARITIES, values)).all())


async def list_to_embed(session: AsyncSession, model: EmbeddingModel) -> list[tuple[UUID, Scope | None]]:
    """Everybody's that this model has not embedded; with who works on them."""
    rows = await session.execute(
        text("select memory_id, user_id, tenant_id from memories_to_embed(:model)"), {"model": model.name}
    )
    return [(row.memory_id, Scope(row.user_id or NO_PERSON, row.tenant_id) if row.tenant_id else None) for row in rows]


async def set_embedding(session: AsyncSession, memory_id: UUID, content: str, embedding: Embedding) -> None:
    """Where it still has these words. That is no change of it."""
    await session.execute(
        sql_update(Memory)
        .where(Memory.id == memory_id, Memory.content == content)
        .values(embedding_model=embedding.model.name, embedding=embedding.vector, updated_at=Memory.updated_at)
    )


_NOTE_USED = text("select note_memories_used(cast(:memory_ids as uuid[]))")


def use(memory_ids: Sequence[UUID]) -> Read:
    """Notes that they were used. By way of a door: who uses a tenant's memory may not write it."""
    return Read(_NOTE_USED, {"memory_ids": list(memory_ids)})


async def lock_owner(session: AsyncSession, scope: Scope, memory_scope: str) -> None:
    """Of one owner, memories are added one transaction after the other: else two at once would pass the limit."""
    owner = select(Tenant.id).where(Tenant.id == scope.tenant_id)
    if memory_scope == "user":
        owner = select(User.id).where(User.id == scope.user_id)
    await session.execute(owner.with_for_update(key_share=True))


async def count(session: AsyncSession, memory_scope: str, *, status: str | None = None) -> int:
    statement = select(func.count()).select_from(Memory).where(Memory.scope == memory_scope)
    if status is not None:
        statement = statement.where(Memory.status == status)
    return (await session.scalars(statement)).one()


async def find_same(session: AsyncSession, memory_scope: str, portfolio_id: UUID | None, content: str) -> Memory | None:
    """The same words, whatever their case."""
    statement = select(Memory).where(
        Memory.scope == memory_scope,
        Memory.portfolio_id.is_not_distinct_from(portfolio_id),
        func.lower(Memory.content) == content.lower(),
    )
    return await session.scalar(statement.limit(1))


def place(memory: Memory, content: str, embedding: Embedding | None) -> None:
    """New words, with their vector; without one it is made later."""
    memory.content = content
    memory.embedding_model = embedding.model.name if embedding is not None else None
    memory.embedding = embedding.vector if embedding is not None else None


async def add(session: AsyncSession, memory: Memory) -> None:
    session.add(memory)
    await session.flush()
    await session.refresh(memory)


async def update(session: AsyncSession, memory: Memory) -> None:
    await session.flush()
    await session.refresh(memory)


async def delete_by_id(session: AsyncSession, memory_id: UUID) -> None:
    await session.execute(delete(Memory).where(Memory.id == memory_id))


async def delete_own(session: AsyncSession, *, status: str | None) -> int:
    statement = delete(Memory).where(Memory.scope == "user")
    if status is not None:
        statement = statement.where(Memory.status == status)
    result = await session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0
