"""One response of the Responses API, event by event, as neutral events. Knows no SDK: events come as plain objects.

Relied upon are only an event's `type`, an item's own identity and the closing event. Compatible servers leave out
indexes, sequence numbers and `arguments.done`, and let items interleave; unknown events pass by.
"""

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
    Refused,
    StepEnd,
    StepFinish,
    TextDelta,
    TokenUsage,
    ToolCall,
)

Event = dict[str, Any]
Item = dict[str, Any]


_FAILURES: dict[str, type[LLMError]] = {
    "rate_limit_exceeded": RateLimited,
    "context_length_exceeded": ContextTooLong,
    "exceed_context_size_error": ContextTooLong,
    "invalid_prompt": Refused,
    "bio_policy": Refused,
    "content_filter": Refused,
    "invalid_request_error": BadRequest,
}


@dataclass(slots=True)
class _Call:
    """A tool call while its arguments come in."""

    call_id: str
    name: str
    arguments: str = ""


@dataclass(slots=True)
class StepDecoder:
    provider: str
    model: str
    max_output_tokens: int
    is_closed: bool = False
    # Whether the model has shown or called anything: until then it may be thinking, and silent for long
    has_begun: bool = False
    _text_item: str | None = None
    _has_text: bool = False
    _has_refusal: bool = False
    _open_calls: dict[str, _Call] = field(default_factory=dict)
    _called: set[str] = field(default_factory=set)
    _items: list[Item] = field(default_factory=list)

    def feed(self, event: Event) -> Iterator[LLMEvent]:
        """Raises an `LLMError` where the event says that the response has failed."""
        match event.get("type"):
            case "response.output_text.delta":
                yield from self._text(event)
            case "response.refusal.delta":
                self._has_refusal = True
                yield from self._text(event)
            case "response.output_item.added":
                self._open(event.get("item") or {})
            case "response.function_call_arguments.delta":
                self._extend(event)
            case "response.output_item.done":
                yield from self._finish_item(event.get("item") or {})
            case "response.completed" | "response.incomplete":
                yield from self._close(event.get("response") or {})
            case "response.failed":
                raise failure((event.get("response") or {}).get("error") or {})
            case "error":
                raise failure(event.get("error") or event)

    def _text(self, event: Event) -> Iterator[LLMEvent]:
        delta = event.get("delta") or ""
        if not delta:
            return
        item = event.get("item_id")
        if self._has_text and item != self._text_item:
            delta = PARAGRAPH + delta
        self._text_item, self._has_text, self.has_begun = item, True, True
        yield TextDelta(type="text_delta", delta=delta)

    def _open(self, item: Item) -> None:
        if item.get("type") == "function_call":
            self.has_begun = True
            self._open_calls[_identity(item)] = _Call(
                item.get("call_id") or _identity(item), item.get("name") or "", item.get("arguments") or ""
            )

    def _extend(self, event: Event) -> None:
        call = self._open_calls.get(event.get("item_id") or "")
        if call is not None:
            call.arguments += event.get("delta") or ""

    def _finish_item(self, item: Item) -> Iterator[LLMEvent]:
        self._items.append(item)
        match item.get("type"):
            case "function_call":
                opened = self._open_calls.pop(_identity(item), None)
                call_id = item.get("call_id") or (opened.call_id if opened else _identity(item))
                arguments = item.get("arguments") or (opened.arguments if opened else "")
                yield from self._call(_Call(call_id, item.get("name") or "", arguments))
            case "message":
                yield from self._late_text(item)

    def _late_text(self, item: Item) -> Iterator[LLMEvent]:
        """The text of a message that came whole, without deltas."""
        parts = item.get("content") or []
        self._has_refusal |= any(part.get("type") == "refusal" for part in parts)
        if self._has_text:
            return
        text = "".join(part.get("text") or part.get("refusal") or "" for part in parts)
        yield from self._text({"item_id": item.get("id"), "delta": text})

    def _call(self, call: _Call) -> Iterator[LLMEvent]:
        if call.call_id in self._called:
            return
        self._called.add(call.call_id)
        self.has_begun = True
        arguments = plain_json.read_object(call.arguments or "{}")
        event = ToolCall(type="tool_call", id=call.call_id, name=call.name, arguments=arguments or {})
        if arguments is None:
            event["invalid"] = call.arguments
        yield event

    def _close(self, response: Item) -> Iterator[LLMEvent]:
        is_cut = (response.get("incomplete_details") or {}).get("reason") == "max_output_tokens"
        if not self._items:
            for item in response.get("output") or []:
                yield from self._finish_item(item)
        if not is_cut:
            for call in list(self._open_calls.values()):
                yield from self._call(call)
        used = _usage(response.get("usage") or {})
        yield used
        self.is_closed = True
        finish = self._finish(response, used)
        # A call that was cut short is not carried out, so the step's own items cannot be sent back either
        items = self._provider_items() if finish in ("stop", "tool_calls") else None
        yield StepEnd(type="step_end", finish_reason=finish, provider_items=items)

    def _finish(self, response: Item, used: TokenUsage) -> StepFinish:
        reason = (response.get("incomplete_details") or {}).get("reason")
        if self._has_refusal or reason == "content_filter":
            return "refused"
        # llama.cpp calls a response that it cut at the limit completed
        if reason == "max_output_tokens" or used["output"] >= self.max_output_tokens:
            return "length"
        return "tool_calls" if self._called else "stop"

    def _provider_items(self) -> ProviderItems | None:
        """All items of the step where some hold reasoning; a reasoning item is sent with what follows it, or not."""
        items = [_without_nulls(item) for item in self._items if _is_replayable(item)]
        while items and items[-1].get("type") == "reasoning":
            items.pop()
        if not any(item.get("type") == "reasoning" for item in items):
            return None
        return ProviderItems(provider=self.provider, model=self.model, items=items)


def failure(error: Item) -> LLMError:
    """The named failure for an error object of the API. Its text goes to the log only."""
    names = [str(error[key]) for key in ("code", "type") if error.get(key)]
    kind = next((_FAILURES[name] for name in names if name in _FAILURES), Overloaded)
    return kind(f"{' '.join(names)}: {str(error.get('message') or '')[:300]}")


def _identity(item: Item) -> str:
    return str(item.get("id") or item.get("call_id") or "")


def _is_replayable(item: Item) -> bool:
    # Nothing is stored at the provider, so a reasoning item without its encrypted content says nothing to it
    return item.get("type") != "reasoning" or bool(item.get("encrypted_content"))


def _without_nulls(item: Item) -> Item:
    return {key: plain_json.storable(value) for key, value in item.items() if value is not None}


def _usage(usage: Item) -> TokenUsage:
    return TokenUsage(
        type="usage",
        input=usage.get("input_tokens") or 0,
        output=usage.get("output_tokens") or 0,
        cached_input=(usage.get("input_tokens_details") or {}).get("cached_tokens") or 0,
        reasoning=(usage.get("output_tokens_details") or {}).get("reasoning_tokens") or 0,
    )
