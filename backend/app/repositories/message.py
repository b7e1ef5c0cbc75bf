from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, Uuid, and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Read
from app.models import Message, Run
from app.repositories.insertion import into, values

# How far back it is counted what there was
LOOK_BACK = 500


async def find(session: AsyncSession, message_id: UUID) -> Message | None:
    return await session.get(Message, message_id)


async def list_by_id(session: AsyncSession, message_ids: Sequence[UUID]) -> list[Message]:
    return list(await session.scalars(select(Message).where(Message.id.in_(message_ids)).order_by(Message.position)))


async def list_page(
    session: AsyncSession, conversation_id: UUID, *, after: int | None, limit: int
) -> Sequence[Message]:
    """In the order in which things were said, as the conversation stands now: what was replaced is left out.

    An answer that is being given again is left out as long as the other one is in the making.
    """
    being_replaced = select(Run.replaces_message_id).where(
        Run.conversation_id == conversation_id, Run.status == "running", Run.replaces_message_id.is_not(None)
    )
    query = (
        select(Message)
        .where(_stands(conversation_id), Message.id.not_in(being_replaced))
        .order_by(Message.position)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Message.position > after)
    return (await session.scalars(query)).all()


async def list_last_turn(session: AsyncSession, conversation_id: UUID) -> list[Message]:
    """The last question and what followed it; empty where nothing was asked yet."""
    last_question = select(func.max(Message.position)).where(_stands(conversation_id), Message.role == "user")
    query = (
        select(Message)
        .where(_stands(conversation_id), Message.position >= last_question.scalar_subquery())
        .order_by(Message.position)
    )
    return list(await session.scalars(query))


class Shown(Protocol):
    """What of a message a model is shown again."""

    @property
    def id(self) -> UUID: ...
    @property
    def role(self) -> str: ...
    @property
    def content(self) -> str: ...
    @property
    def transcript(self) -> list[Any]: ...
    @property
    def finish_reason(self) -> str | None: ...
    @property
    def tokens(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Newest:
    """`questions` counts those that were there, also where their messages were not taken."""

    messages: list[Shown]
    questions: int


def read_newest(conversation_id: UUID, *, after: int, before: int, tokens: int, limit: int) -> Read:
    """What was said between two positions, oldest first: the newest `limit` messages of no more than `tokens`.

    Further back only roles are read, and of no more than `LOOK_BACK` messages: a conversation has no end.
    """
    between = {"conversation_id": conversation_id, "after": after, "before": before}
    return Read(_NEWEST, between | {"tokens": tokens, "limit": limit})


def newest(rows: Sequence[Any]) -> Newest:
    """Of the rows of `read_newest`."""
    return Newest([row for row in rows if row.id is not None], sum(row.said_by == "user" for row in rows))


class Said(NamedTuple):
    """A message in short. `content` is its beginning."""

    position: int
    role: str
    tokens: int
    content: str


async def list_said(session: AsyncSession, conversation_id: UUID, *, after: int, max_chars: int) -> list[Said]:
    """Oldest first, at most `LOOK_BACK` messages."""
    query = (
        select(Message.position, Message.role, Message.tokens, func.left(Message.content, max_chars))
        .where(Message.conversation_id == conversation_id, Message.position > after, Message.is_superseded.is_(False))
        .order_by(Message.position)
        .limit(LOOK_BACK)
    )
    return [Said(*row) for row in await session.execute(query)]


async def list_questions(session: AsyncSession, conversation_id: UUID, *, limit: int) -> Sequence[str]:
    """The person's own words, the newest first."""
    query = (
        select(Message.content)
        .where(_stands(conversation_id), Message.role == "user")
        .order_by(Message.position.desc())
        .limit(limit)
    )
    return (await session.scalars(query)).all()


_QUESTION = ("id", "user_id", "conversation_id", "role", "content", "parts", "ui_context", "tokens")
_ANSWER = (
    *_QUESTION, "run_id", "transcript", "is_superseded", "provider", "model", "variant", "mode", "finish_reason",
    "usage", "attempts", "timings", "grounding", "citations", "memories", "error",
)  # fmt: skip
_INSERTIONS = {
    "user": into(Message, _QUESTION).returning(Message.position),
    "assistant": into(Message, _ANSWER).returning(Message.position),
}


def insertion(message: Message) -> Read:
    """Stores it; the row is its position."""
    names = _QUESTION if message.role == "user" else _ANSWER
    return Read(_INSERTIONS[message.role], values(message, names))


async def supersede(session: AsyncSession, message_id: UUID) -> None:
    await session.execute(update(Message).where(Message.id == message_id).values(is_superseded=True))


def _stands(conversation_id: UUID | BindParameter[UUID]) -> ColumnElement[bool]:
    return and_(Message.conversation_id == conversation_id, Message.is_superseded.is_(False))


def _newest() -> Select[Any]:
    said = (
        select(
            Message.id,
            Message.role,
            Message.position,
            func.sum(Message.tokens).over(order_by=Message.position.desc()).label("tokens"),
            func.row_number().over(order_by=Message.position.desc()).label("place"),
        )
        .where(
            _stands(bindparam("conversation_id", type_=Uuid)),
            Message.position > bindparam("after"),
            Message.position < bindparam("before"),
        )
        .order_by(Message.position.desc())
        .limit(LOOK_BACK)
        .subquery()
    )
    is_taken = and_(Message.id == said.c.id, said.c.tokens <= bindparam("tokens"), said.c.place <= bindparam("limit"))
    shown = (
        Message.id, Message.role, Message.content, Message.transcript, Message.finish_reason, Message.tokens
    )  # fmt: skip
    return (
        select(said.c.role.label("said_by"), *shown).outerjoin_from(said, Message, is_taken).order_by(said.c.position)
    )


_NEWEST = _newest()
