"""Older turns in short, so that a long conversation fits its budget.

Made after a turn, never while somebody waits for one: until it is there, and where it cannot be made, the newest turns
alone are shown and the model is told how many are missing. A summary is extended, not made anew: it covers everything
up to a position, and what comes after stands in the history word by word.
"""

import asyncio
import re
from collections.abc import Sequence
from contextlib import aclosing
from functools import lru_cache
from pathlib import Path
from typing import cast
from uuid import UUID

from app.agent import history, plain_json, routing_rules, token_estimate
from app.agent.failover import ModelCalls
from app.agent.ledger import Account
from app.agent.limits import STANDARD, Limits
from app.agent.llm_client import (
    CallMetadata,
    ClientSource,
    LLMMessage,
    SystemMessage,
    UserMessage,
    provider_key,
)
from app.agent.marks import marked
from app.agent.metering import metered
from app.agent.sections import BUDGETS, Context
from app.db import Database, Scope
from app.models import Conversation
from app.repositories import conversation as conversation_repository
from app.repositories import message as message_repository
from app.repositories.message import Said
from app.schemas.chat import Mode

# Of the history's budget: from here on there may be no room for another turn
DUE_SHARE = 0.8
# What is left word by word. The wide step keeps the beginning of the prompt the same for many turns
KEPT_SHARE = 0.4
# Turns that one call is given; a backlog takes several, one after each turn
MAX_TURNS = 40
# Of a question or an answer, as much as a summary needs
MAX_SAID_CHARS = 1_500
MAX_OUTPUT_TOKENS = 1_000
CALL_SECONDS = 60.0
# Of the section's budget, what stands around the text
FRAME_TOKENS = 40

_PROMPT = Path(__file__).parent / "prompts" / "summary.md"


def is_due(given: Context) -> bool:
    """Whether the history that a turn was given has all but reached its limits."""
    return any(
        section.left_out > 0
        or section.tokens > BUDGETS["history"] * DUE_SHARE
        or len(section.pieces) * 2 > history.MAX_MESSAGES * DUE_SHARE
        for section in given.sections
        if section.name == "history"
    )


async def extend(
    database: Database, clients: ClientSource, scope: Scope, conversation_id: UUID, limits: Limits = STANDARD
) -> bool:
    """Whether more is in the summary than before. Raises an `LLMError` or `TimeoutError`."""
    async with database.session(scope) as session:
        conversation = await conversation_repository.find(session, conversation_id)
        if conversation is None:
            return False
        said = await message_repository.list_said(
            session, conversation_id, after=conversation.summary_position, max_chars=MAX_SAID_CHARS
        )
        mode = cast(Mode, conversation.mode)
        choice = await routing_rules.choose(session, clients, scope, task="summary", mode=mode)
    turns = older(said)
    if not turns:
        return False
    async with metered(database, choice, Account(scope), limits) as calls:
        said_in_short = await _words(calls, _messages(conversation.summary, turns), _metadata(conversation))
    text = within_budget(said_in_short)
    if not text:
        return False
    async with database.session(scope) as session:
        return await conversation_repository.set_summary(
            session, conversation_id, text, before=conversation.summary_position, position=turns[-1][-1].position
        )


def older(said: Sequence[Said]) -> list[list[Said]]:
    """The turns to be summed up: whole, oldest first, as many as it takes for the rest to be small, never the last."""
    turns = _turns(said)
    tokens, messages = sum(message.tokens for message in said), len(said)
    taken = 0
    while taken < len(turns) - 1 and not _is_small(tokens, messages):
        tokens -= sum(message.tokens for message in turns[taken])
        messages -= len(turns[taken])
        taken += 1
    return turns[: min(taken, MAX_TURNS)]


def within_budget(text: str) -> str:
    """Whole lines or sentences; the oldest go first."""
    parts = re.split(r"(?<=[.!?\u3002])\s+|\n", plain_json.storable_text(text).strip())
    while parts and token_estimate.of_text("\n".join(parts)) > BUDGETS["summary"] - FRAME_TOKENS:
        del parts[0]
    return "\n".join(parts)


def _is_small(tokens: int, messages: int) -> bool:
    return tokens <= BUDGETS["history"] * KEPT_SHARE and messages <= history.MAX_MESSAGES * KEPT_SHARE


def _turns(said: Sequence[Said]) -> list[list[Said]]:
    turns: list[list[Said]] = []
    for message in said:
        if message.role == "user" or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def _messages(summary: str | None, turns: Sequence[Sequence[Said]]) -> list[LLMMessage]:
    shown = [{message.role: message.content for message in turn} for turn in turns]
    return [
        SystemMessage(role="system", content=_prompt()),
        UserMessage(role="user", content=marked({"summary": summary or "", "turns": shown})),
    ]


async def _words(calls: ModelCalls, messages: Sequence[LLMMessage], metadata: CallMetadata) -> str:
    text = ""
    stream = calls.stream_step(messages, [], metadata)
    async with asyncio.timeout(CALL_SECONDS), aclosing(stream) as events:
        async for event in events:
            if event["type"] == "text_delta":
                text += event["delta"]
    return text


def _metadata(conversation: Conversation) -> CallMetadata:
    return CallMetadata(
        task="summary",
        user_key=provider_key(conversation.user_id),
        conversation_key=provider_key(conversation.id),
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )


@lru_cache
def _prompt() -> str:
    return _PROMPT.read_text(encoding="utf-8").strip()
