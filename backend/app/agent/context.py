"""What the model is shown: rules, what was said before, where the person is, the question.

What changes from turn to turn stands last, so that a provider's cache keeps the rest.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from app.agent.llm_client import AssistantMessage, LLMMessage, SystemMessage, UserMessage
from app.db import Database, Scope
from app.models import Message
from app.repositories import message as message_repository
from app.schemas.chat import UiContext

# About 30,000 tokens: the tool outputs of a long conversation, and far below the window of any model in use
HISTORY_CHARS = 120_000
# Twenty-five questions back: beyond that an answer should not depend on what was said
HISTORY_MESSAGES = 50

_SYSTEM_PROMPT = Path(__file__).parent / "prompts" / "system.md"


@dataclass(frozen=True, slots=True)
class PagePortfolio:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """A stored question. `position` is its place in the conversation; `portfolio` is one of the person's own."""

    conversation_id: UUID
    position: int
    text: str
    ui_context: UiContext | None
    portfolio: PagePortfolio | None


async def assemble(database: Database, scope: Scope, question: Question) -> list[LLMMessage]:
    async with database.session(scope) as session:
        earlier = await message_repository.list_before(
            session, question.conversation_id, before=question.position, limit=HISTORY_MESSAGES
        )
    return [
        SystemMessage(role="system", content=system_prompt()),
        *history(earlier),
        SystemMessage(role="system", content=surroundings(question, datetime.now(UTC))),
        UserMessage(role="user", content=question.text),
    ]


@lru_cache
def system_prompt() -> str:
    return _SYSTEM_PROMPT.read_text(encoding="utf-8").strip()


def history(messages: Sequence[Message], *, budget: int = HISTORY_CHARS) -> list[LLMMessage]:
    """The newest turns that fit, whole: a tool call without its output would be refused by a provider."""
    kept: list[list[LLMMessage]] = []
    for turn in reversed(_turns(messages)):
        budget -= len(json.dumps(turn, ensure_ascii=False))
        if budget < 0:
            break
        kept.append(turn)
    return [message for turn in reversed(kept) for message in turn]


def surroundings(question: Question, now: datetime) -> str:
    """What holds for this question only. Names and selections are other people's text, and are marked as such."""
    page = question.ui_context
    facts: dict[str, Any] = {"today": now.date().isoformat()}
    if question.portfolio is not None:
        facts["portfolio"] = {"id": str(question.portfolio.id), "name": question.portfolio.name}
    if page is not None:
        facts |= {key: value for key, value in page.model_dump(include={"page", "route", "selection"}).items() if value}
    return f"Where the person is now:\n<data>{_inert(facts)}</data>"


def _turns(messages: Sequence[Message]) -> list[list[LLMMessage]]:
    """Each question with what followed it."""
    turns: list[list[LLMMessage]] = []
    for message in messages:
        if message.role == "user":
            turns.append([UserMessage(role="user", content=message.content)])
        elif turns:
            turns[-1] += _answer(message)
    return turns


def _answer(message: Message) -> list[LLMMessage]:
    if message.transcript:
        return cast(list[LLMMessage], message.transcript)
    # Without one the content is our own sentence about a turn that ended early: not something that the model said
    return (
        []
        if message.finish_reason in ("error", "stopped")
        else [AssistantMessage(role="assistant", content=message.content)]
    )


def _inert(facts: dict[str, Any]) -> str:
    # No text inside can close the marks
    return json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")
