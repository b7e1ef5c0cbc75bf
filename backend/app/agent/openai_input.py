"""Neutral messages as input items of the Responses API.

A step's own items (reasoning with its encrypted content, and what follows each) go back as they came, but only to the
model that made them; for every other model the step is written anew from the transcript.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from app.agent.llm_client import AssistantMessage, LLMMessage, ToolSpec
from app.agent.wire_names import CallIds, accepted

Item = dict[str, Any]


def input_items(messages: Sequence[LLMMessage], *, provider: str, model: str) -> list[Item]:
    ids = CallIds()
    return [item for message in messages for item in _items(message, provider, model, ids)]


def tool_params(tools: Sequence[ToolSpec]) -> list[Item]:
    # Not strict: that would demand that every argument be required, and ours have defaults
    return [
        {
            "type": "function",
            "name": tool["name"],
            "description": tool["description"],
            "parameters": tool["parameters"],
            "strict": False,
        }
        for tool in tools
    ]


def _items(message: LLMMessage, provider: str, model: str, ids: CallIds) -> Iterable[Item]:
    match message["role"]:
        case "system" | "user":
            yield {"type": "message", "role": message["role"], "content": message["content"]}
        case "tool":
            call_id = ids.sent(message["tool_call_id"])
            yield {"type": "function_call_output", "call_id": call_id, "output": message["content"]}
        case "assistant":
            own = message.get("provider_items")
            if own is not None and (own["provider"], own["model"]) == (provider, model):
                ids.keep(call["id"] for call in message.get("tool_calls", []))
                yield from own["items"]
            else:
                yield from _rewritten(message, ids)


def _rewritten(message: AssistantMessage, ids: CallIds) -> Iterable[Item]:
    if message["content"]:
        # Compatible servers tell an answer from a question by `type`, and read it from a list only
        part = {"type": "output_text", "text": message["content"], "annotations": []}
        yield {"type": "message", "role": "assistant", "content": [part]}
    for call in message.get("tool_calls", []):
        arguments = json.dumps(call["arguments"], ensure_ascii=False)
        yield {
            "type": "function_call",
            "call_id": ids.sent(call["id"]),
            "name": accepted(call["name"]),
            "arguments": arguments,
        }
