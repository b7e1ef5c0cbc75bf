"""What people said, beyond one conversation: exported, forgotten, purged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Interval, bindparam, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Conversation, Feedback, Memory, Message, Run


@dataclass(frozen=True, slots=True)
class Said:
    """`run` is that of the turn; a question has the same as its answer."""

    conversation: Conversation
    message: Message
    run: Run | None
    feedback: Feedback | None


async def list_said(session: AsyncSession, user_id: UUID, *, after: int, limit: int) -> Sequence[Said]:
    """In the order in which it was said, what was replaced as well; nothing of deleted conversations."""
    query = (
        select(Conversation, Message, Run, Feedback)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Run, Run.id == Message.run_id)
        .outerjoin(Feedback, Feedback.message_id == Message.id)
        .where(Message.user_id == user_id, Message.position > after, Conversation.deleted_at.is_(None))
        .order_by(Message.position)
        .limit(limit)
    )
    return [Said(*row) for row in await session.execute(query)]


async def list_running(session: AsyncSession, user_id: UUID) -> Sequence[UUID]:
    return (await session.scalars(select(Run.id).where(Run.user_id == user_id, Run.status == "running"))).all()


async def forget(session: AsyncSession, user_id: UUID) -> None:
    """All in the caller's transaction. Reports first: what they hold is found by the messages."""
    await session.execute(text("select forget_in_learning()"))
    await session.execute(delete(Conversation).where(Conversation.user_id == user_id))
    await session.execute(delete(Feedback).where(Feedback.user_id == user_id))
    await session.execute(delete(Memory).where(Memory.user_id == user_id))


async def purge_conversations(session: AsyncSession, older_than: timedelta | None) -> int:
    """Everybody's. None keeps all that was not deleted."""
    query = text("select purge_conversations(:older_than)").bindparams(bindparam("older_than", type_=Interval))
    return int(await session.scalar(query, {"older_than": older_than}) or 0)
