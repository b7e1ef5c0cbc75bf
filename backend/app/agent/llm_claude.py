"""Anthropic's Messages API, and servers that speak it, as an `LLMClient`.

Nothing is stored at the provider: each call carries the whole transcript. How much a model thinks is left to it: the
current ones decide that themselves, and refuse to be told.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, ClassVar

import anthropic
import httpx2
from anthropic import AsyncAnthropic, AsyncStream

from app.agent import claude_events
from app.agent.claude_events import StepDecoder
from app.agent.claude_input import conversation, system_blocks, tool_params
from app.agent.llm_client import (
    REASONING_TOKENS,
    BadRequest,
    CallMetadata,
    ContextTooLong,
    LLMError,
    LLMEvent,
    LLMMessage,
    StreamCut,
    ToolSpec,
    without_provider_items,
)
from app.agent.provider_http import (
    Patience,
    Request,
    SdkErrors,
    failure_by_status,
    opened,
    opened_or_plain,
    read_out,
    watched,
)
from app.config import Settings

CLAUDE_URL = "https://api.anthropic.com"


class ClaudeClient:
    provider: ClassVar[str] = "claude"

    def __init__(self, settings: Settings) -> None:
        self.default_model = settings.claude_model
        self._patience = Patience.of(settings)
        self._client = AsyncAnthropic(
            # Compatible servers need none, and without one the SDK would look for others in the environment
            api_key=settings.anthropic_api_key.get_secret_value() or "not-needed",
            base_url=settings.anthropic_base_url or CLAUDE_URL,
            timeout=anthropic.Timeout(self._patience.first_event, connect=self._patience.connect),
            # Trying again is decided where it is known whether a reader has seen text
            max_retries=0,
        )

    async def close(self) -> None:
        await self._client.close()

    async def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,
        metadata: CallMetadata | None = None,
    ) -> AsyncGenerator[LLMEvent, None]:
        model, metadata = model or self.default_model, metadata or CallMetadata()
        request = _request(messages, tools or (), model, metadata)
        decoder = StepDecoder(self.provider, model)
        plain = without_provider_items(messages)
        sending = opened_or_plain(self._send, request, lambda: {**request, "messages": _conversation(plain, model)})
        async with await sending as stream:
            # The SDK's own reader drops the pings, often a thinking model's only sign of life
            parsed = (claude_events.parsed(event.data) async for event in AsyncStream.raw_events(stream.response))
            events = watched(parsed, self._patience, _ERRORS, has_begun=lambda: decoder.has_begun)
            async for event in events:
                said = list(decoder.feed(event))
                if decoder.is_closed:
                    await read_out(events)
                for neutral in said:
                    yield neutral
                if decoder.is_closed:
                    return
        raise StreamCut("the message ended without a closing event")

    async def _send(self, request: Request) -> AsyncStream[Any]:
        """As it stands: the SDK's own check of it costs more than all else before the first event."""
        sent = self._client.post(
            "/v1/messages", body=request, cast_to=object, stream=True, stream_cls=AsyncStream[object]
        )
        stream: AsyncStream[Any] = await opened(sent, self._patience, _ERRORS)
        return stream


def _request(messages: Sequence[LLMMessage], tools: Sequence[ToolSpec], model: str, metadata: CallMetadata) -> Request:
    request: Request = {
        "model": model,
        "messages": _conversation(messages, model),
        "max_tokens": metadata.max_output_tokens,
        "stream": True,
    }
    if rules := system_blocks(messages):
        request["system"] = rules
    if tools:
        request |= {"tools": tool_params(tools), "tool_choice": {"type": metadata.tool_choice}}
    if metadata.user_key:
        request["metadata"] = {"user_id": metadata.user_key}
    if model.startswith("claude-"):
        request["max_tokens"] += REASONING_TOKENS
    return request


def _conversation(messages: Sequence[LLMMessage], model: str) -> list[dict[str, Any]]:
    return conversation(messages, provider=ClaudeClient.provider, model=model)


def _named(error: anthropic.APIError) -> LLMError:
    said = claude_events.failure(_body(error))
    if not isinstance(error, anthropic.APIStatusError):
        return said
    header = error.response.headers.get("retry-after")
    failure = failure_by_status(
        error.status_code, code=error.type or "", message=error.api_message or "", retry_after=header
    )
    is_too_long = isinstance(failure, BadRequest) and isinstance(said, ContextTooLong)
    return ContextTooLong(failure.cause) if is_too_long else failure


def _body(error: anthropic.APIError) -> dict[str, Any]:
    body = error.body.get("error") if isinstance(error.body, dict) else None
    return body if isinstance(body, dict) else {}


_ERRORS = SdkErrors(
    # A stream that is read raises the transport's own
    timeout=(TimeoutError, anthropic.APITimeoutError, httpx2.TimeoutException),
    connection=(anthropic.APIConnectionError, httpx2.TransportError),
    api=(anthropic.APIError,),
    named=_named,
)
