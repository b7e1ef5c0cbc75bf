"""Writes the turns that the web app's decoder and reducer are held to: as they go over the wire, and as stored.

Run as `python -m scripts.write_contract_fixture`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi.sse import format_sse_event

from app.agent.grounding import Document, check
from app.agent.run_log import LoggedEvent
from app.agent.snapshot import replay
from app.api import sse
from app.schemas.chat import (
    Attempt,
    DoneData,
    DoneEvent,
    ErrorData,
    ErrorEvent,
    FinishReason,
    MessageData,
    MessageEvent,
    RunEvent,
    StartData,
    StartEvent,
    ToolCallData,
    ToolCallEvent,
    ToolError,
    ToolPart,
    ToolResultData,
    ToolResultEvent,
    Usage,
)
from app.schemas.grounding import Grounding
from app.schemas.memory import UsedMemory

FIXTURE = Path(__file__).resolve().parents[2] / "frontend/src/features/chat/stream/__fixtures__/turns.json"


def turns() -> list[dict[str, Any]]:
    return [_recorded(name, events) for name, events in _TURNS.items()]


def wire(events: Sequence[LoggedEvent]) -> str:
    """What a reader receives, but for pings."""
    frames = [sse.encode(logged) for logged in events]
    encoded = [
        format_sse_event(data_str=frame.data.model_dump_json(), event=frame.event, id=frame.id) for frame in frames
    ]
    return b"".join(encoded).decode()


def rendered() -> str:
    return json.dumps(turns(), indent=2, ensure_ascii=False) + "\n"


def _recorded(name: str, events: Sequence[RunEvent]) -> dict[str, Any]:
    logged = [LoggedEvent(sequence, event) for sequence, event in enumerate(events, start=1)]
    final = replay(events)
    ending = final.ending
    return {
        "name": name,
        "sse": wire(logged),
        "events": [{"id": entry.sequence, **entry.event.model_dump(mode="json")} for entry in logged],
        "parts": [part.model_dump(mode="json") for part in final.parts],
        "final_text": final.text,
        "message": {
            "content": final.text,
            "finish_reason": ending.finish_reason if isinstance(ending, DoneData) else "error",
        },
    }


def _identifier(number: int) -> UUID:
    return UUID(int=number)


def _start() -> StartEvent:
    return StartEvent(
        data=StartData(
            conversation_id=_identifier(1),
            run_id=_identifier(2),
            user_message_id=_identifier(3),
            assistant_message_id=_identifier(4),
            provider="offline",
            model="offline-analyst",
            mode="standard",
        )
    )


def _says(*deltas: str) -> list[RunEvent]:
    return [MessageEvent(data=MessageData(delta=delta)) for delta in deltas]


def _calls(call_id: str, name: str, **arguments: Any) -> ToolCallEvent:
    return ToolCallEvent(data=ToolCallData(tool_call_id=call_id, tool_name=name, tool_args=arguments))


def _gives(call_id: str, name: str, result: Any) -> ToolResultEvent:
    return ToolResultEvent(data=ToolResultData(tool_call_id=call_id, tool_name=name, result=result, duration_ms=12))


def _fails(call_id: str, name: str, code: str, message: str) -> ToolResultEvent:
    error = ToolError(code=code, message=message)
    return ToolResultEvent(data=ToolResultData(tool_call_id=call_id, tool_name=name, error=error, duration_ms=7))


def _done(
    said: Sequence[RunEvent], finish_reason: FinishReason = "stop", *, memories: Sequence[UsedMemory] = ()
) -> list[RunEvent]:
    done = DoneData(
        final_text=replay(said).text,
        tool_calls_count=sum(isinstance(event, ToolCallEvent) for event in said),
        finish_reason=finish_reason,
        usage=Usage(input_tokens=1200, cached_input_tokens=1000, output_tokens=80),
        attempts=[Attempt(provider="offline", model="offline-analyst", outcome="answered")],
        grounding=_grounding(said),
        memories=list(memories),
    )
    return [_start(), *said, DoneEvent(data=done)]


def _grounding(said: Sequence[RunEvent]) -> Grounding:
    final = replay(said)
    tools = [part for part in final.parts if isinstance(part, ToolPart) and part.result is not None]
    evidence = [Document("tool", part.tool_name, part.result, part.tool_call_id) for part in tools]
    return check(final.text, evidence)


def _failed(said: Sequence[RunEvent]) -> list[RunEvent]:
    error = ErrorData(code="provider_stream_cut", message="The connection broke. Try again.", retryable=True)
    return [_start(), *said, ErrorEvent(data=error)]


_TURNS: dict[str, list[RunEvent]] = {
    "plain text": _done(_says("Your portfolio ", "holds ", "five positions.")),
    "with what it was told before": _done(
        _says("You want no more than 5 % in one stock."),
        memories=[UsedMemory(id=_identifier(5), content="I want no more than 5 % in any one stock.")],
    ),
    "two tools side by side, then text": _done(
        [
            _calls("c1", "get_beta", portfolio="Growth", window=252),
            _calls("c2", "get_volatility", portfolio="Growth"),
            _gives("c2", "get_volatility", {"volatility_63d": 0.184, "as_of": "2025-06-30"}),
            _gives("c1", "get_beta", {"beta": 1.21, "r_squared": None, "coverage": []}),
            *_says("Beta is **1.21**", " and volatility 18.4 %, up from 16.9 %."),
        ]
    ),
    "a tool that fails": _done(
        [
            _calls("c1", "get_beta", portfolio="Nothing"),
            _fails("c1", "get_beta", "portfolio_not_found", "This person has no such portfolio."),
            *_says("There is no portfolio of that name."),
        ]
    ),
    "text, a tool, text": _done(
        [
            *_says("Let me look."),
            _calls("c1", "list_portfolios"),
            _gives("c1", "list_portfolios", [{"name": "Growth"}]),
            *_says("\n\nYou have ", "one portfolio.\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        ]
    ),
    "stopped while a tool ran": _done(
        [
            *_says("Let me look."),
            _calls("c1", "get_beta"),
            _fails("c1", "get_beta", "turn_ended", "The turn ended before this tool had answered."),
        ],
        "stopped",
    ),
    "an error after text": _failed(_says("Half an ", "answer")),
    "every kind of character": _done(
        _says(
            "Größe 12\u202f% \u2014 ",
            "\U0001f4c8\U0001f1e8\U0001f1ed e\u0301 \u4e2d\u6587 \u0645\u062e",
            '\r\nline\u2028separator\ttab "quoted" \\ data: x\n\nevent: done\n',
        )
    ),
}


if __name__ == "__main__":
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text(rendered(), encoding="utf-8")
