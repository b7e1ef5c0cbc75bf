from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Read
from app.models import Conversation


async def find(session: AsyncSession, conversation_id: UUID) -> Conversation | None:
    return await session.scalar(_present().where(Conversation.id == conversation_id))


async def list_page(
    session: AsyncSession, *, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Conversation]:
    """The most recently used first."""
    query = _present().order_by(Conversation.updated_at.desc(), Conversation.id.desc()).limit(limit)
    if before is not None:
        query = query.where(tuple_(Conversation.updated_at, Conversation.id) < before)
    return (await session.scalars(query)).all()


_TOUCH = text("update agent.conversations set updated_at = clock_timestamp() where id = :conversation_id")


def touch(conversation_id: UUID) -> Read:
    """Something was said in it."""
    return Read(_TOUCH, {"conversation_id": conversation_id})


async def set_summary(session: AsyncSession, conversation_id: UUID, text: str, *, before: int, position: int) -> bool:
    """Whether it took the place of the one that ended at `before`; another may have been quicker."""
    statement = (
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.summary_position == before)
        # Not `updated_at`: nothing was said
        .values(summary=text, summary_position=position, updated_at=Conversation.updated_at)
        .returning(Conversation.id)
    )
    return await session.scalar(statement) is not None


async def purge(session: AsyncSession, conversation_ids: Sequence[UUID]) -> None:
    """For good, with their messages, runs and feedback."""
    await session.execute(delete(Conversation).where(Conversation.id.in_(conversation_ids)))


def _present() -> Select[Conversation]:
    return select(Conversation).where(Conversation.deleted_at.is_(None))
