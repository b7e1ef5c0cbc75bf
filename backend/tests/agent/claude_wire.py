"""Events of the Messages API as the provider sends them."""

import json
from typing import Any

Event = dict[str, Any]

THINKING = {"type": "thinking", "thinking": "Beta first.", "signature": "c2ln"}
REDACTED = {"type": "redacted_thinking", "data": "ZW5j"}


def message_start(**usage: int) -> Event:
    return {"type": "message_start", "message": {"type": "message", "role": "assistant", "content": [], "usage": usage}}


def block_start(index: int, block: Event) -> Event:
    return {"type": "content_block_start", "index": index, "content_block": block}


def block_delta(index: int, **delta: str) -> Event:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def block_stop(index: int) -> Event:
    return {"type": "content_block_stop", "index": index}


def text_block(index: int, *deltas: str) -> list[Event]:
    return [
        block_start(index, {"type": "text", "text": ""}),
        *(block_delta(index, type="text_delta", text=delta) for delta in deltas),
        block_stop(index),
    ]


def thinking_block(index: int, text: str, signature: str) -> list[Event]:
    return [
        block_start(index, {"type": "thinking", "thinking": "", "signature": ""}),
        block_delta(index, type="thinking_delta", thinking=text),
        block_delta(index, type="signature_delta", signature=signature),
        block_stop(index),
    ]


def tool_block(index: int, call_id: str, *pieces: str, name: str = "get_beta") -> list[Event]:
    return [
        block_start(index, {"type": "tool_use", "id": call_id, "name": name, "input": {}}),
        *(block_delta(index, type="input_json_delta", partial_json=piece) for piece in pieces),
        block_stop(index),
    ]


def closing(stop_reason: str | None = "end_turn", **usage: Any) -> list[Event]:
    delta = {"stop_reason": stop_reason, "stop_sequence": None}
    return [{"type": "message_delta", "delta": delta, "usage": usage}, {"type": "message_stop"}]


def error(kind: str, message: str = "x") -> Event:
    return {"type": "error", "error": {"type": kind, "message": message}}


def tool_use(call_id: str, arguments: Event) -> Event:
    return {"type": "tool_use", "id": call_id, "name": "get_beta", "input": arguments}


def sent_text(request: Event) -> str:
    """All that a request says, for what must not be in it."""
    return json.dumps(request, ensure_ascii=False)
