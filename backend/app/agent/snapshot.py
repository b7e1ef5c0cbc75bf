"""A turn as it stands after some of its events: the one way in which parts come about, live, on replay and in tests."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.schemas.chat import (
    DoneData,
    DoneEvent,
    ErrorData,
    ErrorEvent,
    MessageEvent,
    RunEvent,
    StartEvent,
    TextPart,
    ToolCallEvent,
    ToolPart,
    ToolResultData,
    ToolResultEvent,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    parts: tuple[TextPart | ToolPart, ...] = ()
    ending: DoneData | ErrorData | None = None

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def pending_tools(self) -> list[ToolPart]:
        return [part for part in self.parts if isinstance(part, ToolPart) and part.duration_ms is None]


def apply(snapshot: Snapshot, event: RunEvent) -> Snapshot:
    match event:
        case StartEvent():
            return snapshot
        case MessageEvent():
            return replace(snapshot, parts=_with_text(snapshot.parts, event.data.delta))
        case ToolCallEvent():
            return replace(snapshot, parts=(*snapshot.parts, ToolPart(**dict(event.data))))
        case ToolResultEvent():
            return replace(snapshot, parts=tuple(_with_result(part, event.data) for part in snapshot.parts))
        case DoneEvent() | ErrorEvent():
            return replace(snapshot, ending=event.data)


def replay(events: Iterable[RunEvent]) -> Snapshot:
    snapshot = Snapshot()
    for event in events:
        snapshot = apply(snapshot, event)
    return snapshot


def model_calls(events: Iterable[RunEvent]) -> int:
    """How many a turn that is not over has made, with the one that it waits for: the next comes after the tools."""
    calls = 0
    pending: set[str] = set()
    for event in events:
        match event:
            case StartEvent():
                calls = 1
            case ToolCallEvent():
                pending.add(event.data.tool_call_id)
            case ToolResultEvent():
                pending.discard(event.data.tool_call_id)
                calls += not pending
            case MessageEvent() | DoneEvent() | ErrorEvent():
                pass
    return calls


def _with_text(parts: tuple[TextPart | ToolPart, ...], delta: str) -> tuple[TextPart | ToolPart, ...]:
    if parts and isinstance(parts[-1], TextPart):
        return (*parts[:-1], TextPart(text=parts[-1].text + delta))
    return (*parts, TextPart(text=delta))


def _with_result(part: TextPart | ToolPart, data: ToolResultData) -> TextPart | ToolPart:
    if not isinstance(part, ToolPart) or part.tool_call_id != data.tool_call_id:
        return part
    return part.model_copy(update={"result": data.result, "error": data.error, "duration_ms": data.duration_ms})
