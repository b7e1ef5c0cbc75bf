"""The conversation as the offline analyst reads it: turns, each a question with the calls made and the answer given."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.agent.llm_client import AssistantMessage, LLMMessage, ToolMessage
from app.agent.marks import CLOSING, OPENING

_DATA = re.compile(f"{OPENING}(.*){CLOSING}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Failure:
    code: str
    message: str


@dataclass(slots=True)
class CallRecord:
    """A tool call. Without its output yet, `result` and `failure` are both None."""

    name: str
    arguments: dict[str, Any]
    result: dict[str, Any] | None = None
    failure: Failure | None = None


@dataclass(slots=True)
class Turn:
    question: str
    calls: list[CallRecord] = field(default_factory=list)
    answer: str = ""


@dataclass(frozen=True, slots=True)
class KnownPassage:
    """A passage of the knowledge base that was found for the present question, the best first."""

    mark: int
    title: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class KnownMemory:
    """Something that the person, or an administrator, wants kept in mind, the best first."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """`page_portfolio` is the name of the portfolio that the person is looking at."""

    earlier: tuple[Turn, ...]
    present: Turn
    page_portfolio: str | None
    passages: tuple[KnownPassage, ...] = ()
    memories: tuple[KnownMemory, ...] = ()


def read(messages: Sequence[LLMMessage]) -> Transcript:
    turns: list[Turn] = []
    page_portfolio: str | None = None
    passages: tuple[KnownPassage, ...] = ()
    memories: tuple[KnownMemory, ...] = ()
    open_calls: dict[str, CallRecord] = {}
    for message in messages:
        match message["role"]:
            case "system":
                page_portfolio = _page_portfolio(message["content"]) or page_portfolio
                passages = _passages(message["content"]) or passages
                memories = _memories(message["content"]) or memories
            case "user":
                turns.append(Turn(question=message["content"]))
            case "assistant":
                _add_step(_last(turns), message, open_calls)
            case "tool":
                _add_output(message, open_calls)
    present = turns.pop() if turns else Turn(question="")
    return Transcript(tuple(turns), present, page_portfolio, passages, memories)


def _last(turns: list[Turn]) -> Turn:
    if not turns:
        # A history that was cut may begin with an answer
        turns.append(Turn(question=""))
    return turns[-1]


def _add_step(turn: Turn, message: AssistantMessage, open_calls: dict[str, CallRecord]) -> None:
    turn.answer += message["content"]
    for call in message.get("tool_calls", []):
        record = CallRecord(name=call["name"], arguments=call["arguments"])
        turn.calls.append(record)
        open_calls[call["id"]] = record


def _add_output(message: ToolMessage, open_calls: dict[str, CallRecord]) -> None:
    record = open_calls.get(message["tool_call_id"])
    if record is None:
        return
    output = _object(message["content"])
    error = output.get("error")
    if isinstance(error, dict):
        record.failure = Failure(code=str(error.get("code", "")), message=str(error.get("message", "")))
    else:
        record.result = output


def marked_data(text: str) -> dict[str, Any]:
    """What code tells a model comes between marks, as one JSON object."""
    marked = _DATA.search(text)
    return _object(marked[1]) if marked else {}


def _page_portfolio(text: str) -> str | None:
    portfolio = marked_data(text).get("portfolio")
    named = portfolio.get("name") if isinstance(portfolio, dict) else None
    return named if isinstance(named, str) else None


def _passages(text: str) -> tuple[KnownPassage, ...]:
    return tuple(
        KnownPassage(int(row["mark"]), str(row["title"]), str(row["section"]), str(row["text"]))
        for row in _rows(text, "passages")
    )


def _memories(text: str) -> tuple[KnownMemory, ...]:
    return tuple(KnownMemory(str(row["kind"]), str(row["text"])) for row in _rows(text, "memories"))


def _rows(text: str, name: str) -> list[dict[str, Any]]:
    listed = marked_data(text).get(name)
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []


def _object(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except ValueError:
        return {"error": {"code": "unreadable", "message": "The tool's answer could not be read."}}
    return parsed if isinstance(parsed, dict) else {"value": parsed}
