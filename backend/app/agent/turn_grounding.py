"""The check that a turn ends with: every figure of its answer against what the model was shown."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import structlog

from app.agent import grounding
from app.agent.grounding import Document
from app.agent.llm_client import AssistantMessage, AssistantToolCall, LLMMessage, SystemMessage
from app.agent.sections import Context, SectionName
from app.schemas.chat import TextPart, ToolPart
from app.schemas.grounding import Grounding

log = structlog.get_logger()

# What is done about figures: nothing; they are checked and marked; or the model is made to mend its answer once as well
GroundingMode = Literal["off", "check", "strict"]

# A check takes some ten milliseconds: too long for the event loop. The largest answer over much evidence takes a second
CONCURRENT_CHECKS = 2
CHECK_SECONDS = 5.0
# Figures named to the model when it is asked to mend its answer
MAX_NAMED = 20

_CITED: frozenset[SectionName] = frozenset({"knowledge", "memories", "page"})
_pool = ThreadPoolExecutor(CONCURRENT_CHECKS, thread_name_prefix="grounding")


async def check(text: str, parts: Iterable[TextPart | ToolPart], given: Context) -> Grounding | None:
    """None where the text could not be checked: an answer is never lost over it."""
    evidence = [*_of_turn(parts), *_of_context(given)]
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await asyncio.get_running_loop().run_in_executor(_pool, grounding.check, text, evidence)
    except (TimeoutError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        log.exception("grounding_failed", cause=type(error).__name__)
        return None


def correction(found: Grounding) -> SystemMessage:
    """What a model is told of figures without a source."""
    untraced = dict.fromkeys(figure.text for figure in found.figures if figure.origin.status == "untraced")
    named = ", ".join(json.dumps(text, ensure_ascii=False) for text in list(untraced)[:MAX_NAMED])
    return SystemMessage(
        role="system",
        content="These figures of your answer are in no tool result, at least not for what you say they are of: "
        f"{named}. Write the whole answer once more, with the figures that the tools gave, and without what they did "
        "not give. Do not mention this check.",
    )


def _of_turn(parts: Iterable[TextPart | ToolPart]) -> Iterator[Document]:
    for part in parts:
        if isinstance(part, ToolPart) and part.result is not None:
            yield Document("tool", part.tool_name, part.result, part.tool_call_id, part.tool_args)


def _of_context(given: Context) -> Iterator[Document]:
    for section in given.sections:
        match section.name:
            case "question" | "history":
                yield from _of_messages(section.messages)
            case name if name in _CITED:
                yield from (Document("snippet", name, message["content"]) for message in section.messages)


def _of_messages(messages: Sequence[LLMMessage]) -> Iterator[Document]:
    """What was asked, and what tools gave in earlier turns; never what a model said."""
    calls: dict[str, AssistantToolCall] = {}
    for message in messages:
        match message["role"]:
            case "user":
                yield Document("question", "question", message["content"])
            case "assistant":
                calls |= _calls(message)
            case "tool":
                call = calls.get(message["tool_call_id"])
                arguments = call["arguments"] if call is not None else {}
                value = _parsed(message["content"])
                yield Document("tool", message["name"], value, message["tool_call_id"], arguments)


def _calls(message: AssistantMessage) -> dict[str, AssistantToolCall]:
    return {call["id"]: call for call in message.get("tool_calls", [])}


def _parsed(content: str) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return content
