import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import CursorResult, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.models import Memory, Tenant, User
from app.models.embedding_model import EmbeddingModel

Key = tuple[dt.datetime, UUID]


@dataclass(frozen=True, slots=True)
class Embedding:
    model: EmbeddingModel
    vector: NDArray[np.float32]


async def find(session: AsyncSession, memory_id: UUID) -> Memory | None:
    """None for what does not exist or may not be read: row-level security hides it."""
    return await session.get(Memory, memory_id)


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
