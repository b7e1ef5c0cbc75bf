from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Message


async def find(session: AsyncSession, message_id: UUID) -> Message | None:
    return await session.get(Message, message_id)


async def list_page(
    session: AsyncSession, conversation_id: UUID, *, after: int | None, limit: int
) -> Sequence[Message]:
    """In the order in which things were said."""
    query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.position).limit(limit)
    if after is not None:
        query = query.where(Message.position > after)
    return (await session.scalars(query)).all()


async def list_before(session: AsyncSession, conversation_id: UUID, *, before: int, limit: int) -> Sequence[Message]:
    """The newest `limit` messages before a position, oldest first."""
    query = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.position < before)
        .order_by(Message.position.desc())
        .limit(limit)
    )
    return list(reversed((await session.scalars(query)).all()))
