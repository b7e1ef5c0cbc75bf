"""Neutral messages as a request to the Messages API.

A step's own blocks (thinking with its signature, and what follows it) go back as they came, but only to the model that
made them and only within the turn that they belong to: a signature covers everything before its block, and in a later
turn that is no longer the same, for where the person was then is not told again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from app.agent.llm_client import AssistantMessage, LLMMessage, ToolSpec
from app.agent.wire_names import CallIds, accepted

Block = dict[str, Any]
Message = dict[str, Any]

_CACHED = {"type": "ephemeral"}


def system_blocks(messages: Sequence[LLMMessage]) -> list[Block]:
    """The rules, which are the same for everyone: with the tools before them, what a cache keeps longest."""
    return [{"type": "text", "text": messages[0]["content"], "cache_control": _CACHED}] if _has_rules(messages) else []


def conversation(messages: Sequence[LLMMessage], *, provider: str, model: str) -> list[Message]:
    """What follows the rules, as turns of two speakers. A cache keeps what was said before this turn, and the turn."""
    said = messages[1:] if _has_rules(messages) else messages
    asked_at = _question(said)
    ids = CallIds()
    earlier = [_spoken(message, None, ids) for message in said[:asked_at]]
    now = [_spoken(message, (provider, model), ids) for message in said[asked_at:]]
    turns = _alternating([*earlier, *now])
    for block in (_last_block(earlier), _last_block(now)):
        if block is not None:
            block["cache_control"] = _CACHED
    return turns


def tool_params(tools: Sequence[ToolSpec]) -> list[Block]:
    return [
        {"name": tool["name"], "description": tool["description"], "input_schema": tool["parameters"]} for tool in tools
    ]


def _has_rules(messages: Sequence[LLMMessage]) -> bool:
    return bool(messages) and messages[0]["role"] == "system"


def _question(messages: Sequence[LLMMessage]) -> int:
    """Where this turn begins: at its question, or at what stands before it and holds for it only."""
    asked_at = max((at for at, message in enumerate(messages) if message["role"] == "user"), default=0)
    while asked_at > 0 and messages[asked_at - 1]["role"] == "system":
        asked_at -= 1
    return asked_at


def _spoken(message: LLMMessage, reader: tuple[str, str] | None, ids: CallIds) -> Message:
    match message["role"]:
        case "system":
            # In its place and not with the rules, where it would spoil the cache; many models take no other role here
            return _turn("user", [_text(f"<system>\n{message['content']}\n</system>")])
        case "user":
            return _turn("user", [_text(message["content"])])
        case "tool":
            call_id = ids.sent(message["tool_call_id"])
            return _turn("user", [{"type": "tool_result", "tool_use_id": call_id, "content": message["content"]}])
        case "assistant":
            own = message.get("provider_items")
            if own is not None and (own["provider"], own["model"]) == reader:
                ids.keep(call["id"] for call in message.get("tool_calls", []))
                return _turn("assistant", [dict(block) for block in own["items"]])
            return _turn("assistant", _rewritten(message, ids))


def _rewritten(message: AssistantMessage, ids: CallIds) -> list[Block]:
    blocks = [_text(message["content"])]
    for call in message.get("tool_calls", []):
        name, arguments = accepted(call["name"]), call["arguments"]
        blocks.append({"type": "tool_use", "id": ids.sent(call["id"]), "name": name, "input": arguments})
    return blocks


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _turn(role: str, blocks: Iterable[Block]) -> Message:
    # A block of white space would have the request refused
    return {"role": role, "content": [block for block in blocks if block["type"] != "text" or block["text"].strip()]}


def _alternating(turns: Sequence[Message]) -> list[Message]:
    """Results of tools and words that follow each other are one turn of the user."""
    merged: list[Message] = []
    for turn in turns:
        if not turn["content"]:
            continue
        if merged and merged[-1]["role"] == turn["role"]:
            merged[-1] = {**turn, "content": [*merged[-1]["content"], *turn["content"]]}
        else:
            merged.append(turn)
    return merged


def _last_block(turns: Sequence[Message]) -> Block | None:
    blocks: list[Block] = [block for turn in turns for block in turn["content"]]
    return blocks[-1] if blocks else None
