"""Conversations and what was said in them. How a question is answered is `app.agent`'s."""

from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.question import UNTITLED, ConversationNotFound
from app.db import Scope
from app.models import Conversation, Feedback, Message
from app.repositories import conversation as conversation_repository
from app.repositories import feedback as feedback_repository
from app.repositories import message as message_repository
from app.repositories import run as run_repository
from app.schemas.chat import ConversationIn, ConversationOut, MessageOut, Mode
from app.schemas.feedback import FeedbackOut
from app.schemas.page import Cursor, Page, PageQuery
from app.services import portfolio

_conversation_cursor: Cursor[tuple[datetime, UUID]] = Cursor(tuple[datetime, UUID])
_message_cursor: Cursor[int] = Cursor(int)


async def create(session: AsyncSession, scope: Scope, wanted: ConversationIn) -> ConversationOut:
    if wanted.portfolio_id is not None:
        await portfolio.find(session, wanted.portfolio_id)
    conversation = Conversation(
        tenant_id=scope.tenant_id,
        user_id=scope.user_id,
        portfolio_id=wanted.portfolio_id,
        title=wanted.title or UNTITLED,
        mode=wanted.mode,
    )
    session.add(conversation)
    await session.flush()
    return _out(conversation, None)


async def get(session: AsyncSession, conversation_id: UUID) -> ConversationOut:
    return await _with_run(session, await _find(session, conversation_id))


async def list_page(session: AsyncSession, page: PageQuery) -> Page[ConversationOut]:
    before = _conversation_cursor.decode(page.cursor)
    rows = await conversation_repository.list_page(session, before=before, limit=page.limit + 1)
    shown = rows[: page.limit]
    running = await run_repository.list_active(session, [row.id for row in shown])
    return Page(
        items=[_out(row, running.get(row.id)) for row in shown],
        next_cursor=_conversation_cursor.encode((shown[-1].updated_at, shown[-1].id))
        if len(rows) > page.limit
        else None,
    )


async def list_messages(session: AsyncSession, conversation_id: UUID, page: PageQuery) -> Page[MessageOut]:
    await _find(session, conversation_id)
    after = _message_cursor.decode(page.cursor)
    rows = await message_repository.list_page(session, conversation_id, after=after, limit=page.limit + 1)
    shown = rows[: page.limit]
    opinions = await feedback_repository.list_of_messages(session, [row.id for row in shown])
    return Page(
        items=[_message_out(row, opinions.get(row.id)) for row in shown],
        next_cursor=_message_cursor.encode(shown[-1].position) if len(rows) > page.limit else None,
    )


async def set_mode(session: AsyncSession, conversation_id: UUID, mode: Mode) -> ConversationOut:
    conversation = await _find(session, conversation_id)
    conversation.mode = mode
    return await _stored(session, conversation)


async def rename(session: AsyncSession, conversation_id: UUID, title: str) -> ConversationOut:
    conversation = await _find(session, conversation_id)
    conversation.title = title
    return await _stored(session, conversation)


async def delete(session: AsyncSession, conversation_id: UUID) -> UUID | None:
    """Hidden at once; gives the turn that is still running in it, for that has to be stopped."""
    conversation = await _find(session, conversation_id)
    conversation.deleted_at = datetime.now(UTC)
    run = await run_repository.find_active(session, conversation_id)
    return run.id if run is not None else None


def _message_out(message: Message, opinion: Feedback | None) -> MessageOut:
    feedback = None if opinion is None else FeedbackOut.model_validate(opinion)
    return MessageOut.model_validate(message).model_copy(update={"feedback": feedback})


async def _find(session: AsyncSession, conversation_id: UUID) -> Conversation:
    conversation = await conversation_repository.find(session, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    return conversation


async def _stored(session: AsyncSession, conversation: Conversation) -> ConversationOut:
    await session.flush()
    await session.refresh(conversation)
    return await _with_run(session, conversation)


async def _with_run(session: AsyncSession, conversation: Conversation) -> ConversationOut:
    run = await run_repository.find_active(session, conversation.id)
    return _out(conversation, run.id if run is not None else None)


def _out(conversation: Conversation, active_run_id: UUID | None) -> ConversationOut:
    return ConversationOut(
        id=conversation.id,
        portfolio_id=conversation.portfolio_id,
        title=conversation.title,
        mode=cast(Mode, conversation.mode),
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        active_run_id=active_run_id,
    )
