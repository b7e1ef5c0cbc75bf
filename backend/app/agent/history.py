"""What was said before, as the model is shown it: the newest turns whole, and a summary in the place of older ones."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from app.agent import token_estimate
from app.agent.llm_client import AssistantMessage, LLMMessage, SystemMessage, UserMessage
from app.agent.marks import marked
from app.agent.sections import BUDGETS, Piece, Section, newest_within, piece
from app.db import Read
from app.repositories import message as message_repository
from app.repositories.message import Shown

# Twenty-five questions back: beyond that an answer should not depend on the very words
MAX_MESSAGES = 50
GAP = "Earlier questions of this conversation that are not shown here: {left_out}."


def read(conversation_id: UUID, *, after: int, before: int) -> Read:
    """The turns between two positions of the conversation, the newest that fit."""
    return message_repository.read_newest(
        conversation_id, after=after, before=before, tokens=BUDGETS["history"], limit=MAX_MESSAGES
    )


def of_rows(rows: Sequence[Any]) -> Section:
    """What `read` has found."""
    found = message_repository.newest(rows)
    return section(found.messages, asked=found.questions)


def section(messages: Sequence[Shown], *, asked: int) -> Section:
    """`asked` is the number of questions that there were to show."""
    kept = newest_within(_turns(messages), BUDGETS["history"])
    return Section("history", kept, left_out=asked - len(kept), gap=GAP)


def summary(text: str) -> Section:
    """A model's own words about what people said: data, as everything that they said is."""
    shown = marked({"summary": text})
    message = SystemMessage(role="system", content=f"What was said before in this conversation:\n{shown}")
    return Section("summary", (piece(message),), text=text)


def tokens_of(message: Shown) -> int:
    """What a stored message will cost when it is shown again."""
    return token_estimate.of_messages(_messages(message))


def _turns(messages: Sequence[Shown]) -> list[Piece]:
    """Each question with what followed it, whole: a provider refuses a tool call without its output."""
    turns: list[Piece] = []
    for message in messages:
        if message.role == "user":
            turns.append(Piece((), 0))
        if turns:
            turns[-1] = _joined(turns[-1], message)
    return turns


def _joined(turn: Piece, message: Shown) -> Piece:
    return Piece((*turn.messages, *_messages(message)), turn.tokens + message.tokens, (*turn.sources, str(message.id)))


def _messages(message: Shown) -> list[LLMMessage]:
    if message.role == "user":
        return [UserMessage(role="user", content=message.content)]
    if message.transcript:
        return cast(list[LLMMessage], message.transcript)
    # Without one the content is our own sentence about a turn that ended early: not something that the model said
    return (
        []
        if message.finish_reason in ("error", "stopped")
        else [AssistantMessage(role="assistant", content=message.content)]
    )
