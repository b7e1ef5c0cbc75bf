"""One message of the Messages API, event by event, as neutral events. Knows no SDK: events come as plain objects.

Relied upon are only an event's `type`, a block's own index and the closing event. Blocks may interleave; unknown events
and blocks pass by.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.agent import plain_json
from app.agent.llm_client import (
    PARAGRAPH,
    BadRequest,
    ContextTooLong,
    LLMError,
    LLMEvent,
    Overloaded,
    ProviderItems,
    RateLimited,
    StepEnd,
    StepFinish,
    TextDelta,
    TimedOut,
    TokenUsage,
    ToolCall,
    Unauthorized,
    UnknownModel,
)

Event = dict[str, Any]
Block = dict[str, Any]


_FAILURES: dict[str, type[LLMError]] = {
    "authentication_error": Unauthorized,
    "billing_error": Unauthorized,
    "permission_error": Unauthorized,
    "invalid_request_error": BadRequest,
    "not_found_error": UnknownModel,
    "rate_limit_error": RateLimited,
    "request_too_large": ContextTooLong,
    "exceed_context_size_error": ContextTooLong,
    "timeout_error": TimedOut,
}
# The API has no type of its own for this
_TOO_LONG = ("prompt is too long", "context window", "context limit")


@dataclass(slots=True)
class _Open:
    """A block while it comes in: as it began, and what was added."""

    began: Block
    text: str = ""
    signature: str = ""
    arguments: str = ""

    @property
    def kind(self) -> str:
        return str(self.began.get("type"))


@dataclass(slots=True)
class StepDecoder:
    provider: str
    model: str
    is_closed: bool = False
    # Whether the model has shown or called anything: until then it may be thinking, and silent for long
    has_begun: bool = False
    _blocks: dict[Any, _Open] = field(default_factory=dict)
    _spoke_last: _Open | None = None
    _usage: dict[str, Any] = field(default_factory=dict)
    _stop_reason: str | None = None

    def feed(self, event: Event) -> Iterator[LLMEvent]:
        """Raises an `LLMError` where the event says that the message has failed."""
        match event.get("type"):
            case "message_start":
                self._count((event.get("message") or {}).get("usage") or {})
            case "content_block_start":
                yield from self._start(event)
            case "content_block_delta":
                yield from self._extend(event)
            case "message_delta":
                self._count(event.get("usage") or {})
                self._stop_reason = (event.get("delta") or {}).get("stop_reason") or self._stop_reason
            case "message_stop":
                yield from self._close()
            case "error":
                raise failure(event.get("error") or {})

    def _start(self, event: Event) -> Iterator[LLMEvent]:
        block = self._blocks[event.get("index")] = _Open(event.get("content_block") or {})
        self.has_begun |= block.kind == "tool_use"
        yield from self._say(block, block.began.get("text") or "")

    def _extend(self, event: Event) -> Iterator[LLMEvent]:
        block = self._blocks.get(event.get("index"))
        delta = event.get("delta") or {}
        if block is None:
            return
        match delta.get("type"):
            case "text_delta":
                yield from self._say(block, delta.get("text") or "")
            case "input_json_delta":
                block.arguments += delta.get("partial_json") or ""
            case "thinking_delta":
                block.text += delta.get("thinking") or ""
            case "signature_delta":
                block.signature += delta.get("signature") or ""

    def _say(self, block: _Open, text: str) -> Iterator[LLMEvent]:
        if block.kind != "text" or not text:
            return
        separator = PARAGRAPH if self._spoke_last not in (None, block) else ""
        self._spoke_last, self.has_begun = block, True
        block.text += text
        yield TextDelta(type="text_delta", delta=separator + text)

    def _count(self, usage: dict[str, Any]) -> None:
        # The counts of later events are totals, and null where nothing is told again
        self._usage |= {name: value for name, value in usage.items() if value is not None}

    def _close(self) -> Iterator[LLMEvent]:
        finish = self._finish()
        # A call that was cut short is not carried out, so the step's own blocks cannot be sent back either
        calls = self._calls() if finish in ("stop", "tool_calls") else []
        yield from calls
        yield _tokens(self._usage)
        self.is_closed = True
        if finish == "stop" and calls:
            finish = "tool_calls"
        items = self._provider_items() if finish in ("stop", "tool_calls") else None
        yield StepEnd(type="step_end", finish_reason=finish, provider_items=items)

    def _finish(self) -> StepFinish:
        match self._stop_reason:
            case "refusal":
                return "refused"
            # A paused turn is one of tools that run at the provider: none are asked for, and the answer is not whole
            case "max_tokens" | "pause_turn":
                return "length"
            case "model_context_window_exceeded":
                if self._spoke_last is None:
                    raise ContextTooLong("the answer did not fit behind the question")
                return "length"
            case _:
                return "stop"

    def _calls(self) -> list[ToolCall]:
        return [_call(block) for block in self._blocks.values() if block.kind == "tool_use"]

    def _provider_items(self) -> ProviderItems | None:
        """All blocks of the step where some hold thinking; a thought is sent with what follows it, or not."""
        items = [item for block in self._blocks.values() if (item := _replayed(block)) is not None]
        while items and items[-1]["type"] in ("thinking", "redacted_thinking"):
            items.pop()
        if not any(item["type"] in ("thinking", "redacted_thinking") for item in items):
            return None
        return ProviderItems(provider=self.provider, model=self.model, items=plain_json.storable(items))


def parsed(data: str) -> Event:
    """Raises `ValueError` where the data of an event is no object."""
    event = json.loads(data) if data else {}
    if not isinstance(event, dict):
        raise ValueError("an event that is no object")  # noqa: TRY004 - it is a broken stream, not a caller's mistake
    return event


def failure(error: dict[str, Any]) -> LLMError:
    """The named failure for an error object of the API. Its text goes to the log only."""
    name, message = str(error.get("type") or ""), str(error.get("message") or "")
    kind = _FAILURES.get(name, Overloaded)
    if kind is BadRequest and any(words in message.lower() for words in _TOO_LONG):
        kind = ContextTooLong
    return kind(f"{name}: {message[:300]}")


def _call(block: _Open) -> ToolCall:
    call_id, name = str(block.began.get("id") or ""), str(block.began.get("name") or "")
    arguments = _arguments(block)
    event = ToolCall(type="tool_call", id=call_id, name=name, arguments=arguments or {})
    if arguments is None:
        event["invalid"] = block.arguments
    return event


def _arguments(block: _Open) -> dict[str, Any] | None:
    # Some servers give them whole with the block's beginning
    return plain_json.read_object(block.arguments or json.dumps(block.began.get("input") or {}))


def _replayed(block: _Open) -> Block | None:
    match block.kind:
        case "text" if block.text.strip():
            return {"type": "text", "text": block.text}
        case "thinking":
            text = (block.began.get("thinking") or "") + block.text
            signature = (block.began.get("signature") or "") + block.signature
            # Without its signature a thought proves nothing to the provider. Its text may be empty
            return {"type": "thinking", "thinking": text, "signature": signature} if signature else None
        case "redacted_thinking":
            return {"type": "redacted_thinking", "data": block.began.get("data") or ""}
        case "tool_use":
            return {
                "type": "tool_use",
                "id": block.began.get("id"),
                "name": block.began.get("name"),
                "input": _arguments(block) or {},
            }
        case _:
            return None


def _tokens(usage: dict[str, Any]) -> TokenUsage:
    cached = usage.get("cache_read_input_tokens") or 0
    # What was read from the cache and written to it is not in the API's own count of the input
    written = usage.get("cache_creation_input_tokens") or 0
    fresh = (usage.get("input_tokens") or 0) + written
    return TokenUsage(
        type="usage",
        input=fresh + cached,
        output=usage.get("output_tokens") or 0,
        cached_input=cached,
        cache_write=written,
        reasoning=(usage.get("output_tokens_details") or {}).get("thinking_tokens") or 0,
    )
