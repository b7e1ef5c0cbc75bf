"""Questions that a section of a document answers, drafted by a model that is shown this section and nothing else.

They are drafts: whoever may change the document takes them or not, and nothing is found under them before.
"""

import asyncio
import json
import re
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from app.agent.chunking import split
from app.agent.document_questions import MAX_CHARS
from app.agent.failover import ModelCalls
from app.agent.llm_client import CallMetadata, LLMMessage, SystemMessage, UserMessage
from app.agent.marks import marked
from app.agent.plain_json import MAX_OBJECT_CHARS, storable_text

# For one section: more say the same again
MOST = 8
# About 3,000 tokens; of a longer section its beginning is read
MAX_READ_CHARS = 12_000
MAX_OUTPUT_TOKENS = 1_200
CALL_SECONDS = 60.0

_PROMPT = Path(__file__).parent / "prompts" / "questions.md"
_WORD = re.compile(r"\w+")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Section:
    """`path` is of the headings above the text; empty where there are none."""

    title: str
    path: str
    text: str


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    questions: list[str]


def sections(title: str, body: str) -> list[Section]:
    """In their order, each path once."""
    texts: dict[str, list[str]] = {}
    for chunk in split(body, title):
        texts.setdefault(chunk.section, []).append(chunk.content)
    return [Section(title, path, "\n".join(parts)) for path, parts in texts.items()]


async def draft(calls: ModelCalls, section: Section, known: Iterable[str], metadata: CallMetadata) -> list[str]:
    """None that is `known`. Raises an `LLMError` or `TimeoutError`. An answer of another shape drafts nothing."""
    text = ""
    async with asyncio.timeout(CALL_SECONDS), aclosing(calls.stream_step(_messages(section), [], metadata)) as events:
        async for event in events:
            if event["type"] == "text_delta":
                text += event["delta"]
    return understood(text, known)


def understood(answer: str, known: Iterable[str] = ()) -> list[str]:
    """What of a model's answer can be a question, each once."""
    try:
        drafted = _Answer.model_validate(_object(answer)).questions
    except (ValueError, ValidationError):
        log.warning("questions_unreadable", chars=len(answer))
        return []
    seen = {_same(question) for question in known}
    found = []
    for question in (" ".join(storable_text(each).split()) for each in drafted):
        if (key := _same(question)) and key not in seen and len(question) <= MAX_CHARS:
            seen.add(key)
            found.append(question)
    return found[:MOST]


def _object(answer: str) -> object:
    """Some models put the object in a fence, or a word before it."""
    if len(answer) > MAX_OBJECT_CHARS:
        raise ValueError
    return json.loads(answer[answer.index("{") : answer.rindex("}") + 1])


def _same(question: str) -> tuple[str, ...]:
    """Its words, however they are written."""
    return tuple(_WORD.findall(question.casefold()))


def _messages(section: Section) -> list[LLMMessage]:
    facts = {"title": section.title, "heading": section.path, "text": section.text[:MAX_READ_CHARS]}
    return [
        SystemMessage(role="system", content=_prompt()),
        UserMessage(role="user", content=marked(facts)),
    ]


@lru_cache
def _prompt() -> str:
    return _PROMPT.read_text(encoding="utf-8").strip()
