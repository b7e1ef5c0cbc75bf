"""What of a person's message is worth keeping, picked out by a model from that message alone.

A model is shown no tool output, no passage and no other memory here: nothing that somebody else wrote can become one,
and whatever a model makes up is not in the person's words.
"""

import asyncio
import json
from contextlib import aclosing
from functools import lru_cache
from pathlib import Path
from typing import Literal

import structlog
from pydantic import BaseModel, Field, ValidationError

from app.agent import memory_statements
from app.agent.failover import ModelCalls
from app.agent.llm_client import CallMetadata, LLMMessage, SystemMessage, UserMessage
from app.agent.marks import marked
from app.agent.memory_statements import MAX_CHARS, MAX_READ_CHARS, MOST, Statement
from app.models.memory import MemoryKind

MAX_OUTPUT_TOKENS = 600
CALL_SECONDS = 60.0

_PROMPT = Path(__file__).parent / "prompts" / "memory.md"

log = structlog.get_logger()


class _Kept(BaseModel):
    content: str = Field(min_length=1, max_length=MAX_CHARS)
    kind: MemoryKind
    about: Literal["person", "portfolio"]


class _Answer(BaseModel):
    memories: list[_Kept]


async def extract(calls: ModelCalls, message: str, metadata: CallMetadata) -> list[Statement]:
    """Raises an `LLMError` or `TimeoutError`. An answer of another shape keeps nothing."""
    text = ""
    async with asyncio.timeout(CALL_SECONDS), aclosing(calls.stream_step(_messages(message), [], metadata)) as events:
        async for event in events:
            if event["type"] == "text_delta":
                text += event["delta"]
    return understood(text, message)


def understood(answer: str, message: str) -> list[Statement]:
    """What of a model's answer the person has said."""
    try:
        kept = _Answer.model_validate(_object(answer)).memories
    except (ValueError, ValidationError):
        log.warning("memories_unreadable", chars=len(answer))
        return []
    statements = [Statement(" ".join(each.content.split()), each.kind, each.about) for each in kept[:MOST]]
    return [statement for statement in statements if _is_theirs(statement, message)]


def _object(answer: str) -> object:
    """Some models put the object in a fence, or a word before it."""
    return json.loads(answer[answer.index("{") : answer.rindex("}") + 1])


def _is_theirs(statement: Statement, message: str) -> bool:
    return memory_statements.is_said_in(statement.content, message) and not memory_statements.holds_secret(
        statement.content
    )


def _messages(message: str) -> list[LLMMessage]:
    return [
        SystemMessage(role="system", content=_prompt()),
        UserMessage(role="user", content=marked({"message": message[:MAX_READ_CHARS]})),
    ]


@lru_cache
def _prompt() -> str:
    return _PROMPT.read_text(encoding="utf-8").strip()
