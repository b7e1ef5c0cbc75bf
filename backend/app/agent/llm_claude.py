"""Anthropic's Messages API, and servers that speak it, as an `LLMClient`.

Nothing is stored at the provider: each call carries the whole transcript. How much a model thinks is left to it: the
current ones decide that themselves, and refuse to be told.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any, ClassVar

import anthropic
import httpx2
from anthropic import AsyncAnthropic, AsyncStream
from anthropic.types import RawMessageStreamEvent

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
from app.agent.provider_http import Patience, SdkErrors, failure_by_status, opened, watched
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
        request = _request(messages, tools or (), model or self.default_model, metadata or CallMetadata())
        decoder = StepDecoder(self.provider, request["model"])
        async with await self._open(request, messages) as stream:
            async for event in self._events(stream, decoder):
                for neutral in decoder.feed(event):
                    yield neutral
                if decoder.is_closed:
                    return
        raise StreamCut("the message ended without a closing event")

    async def _open(
        self, request: dict[str, Any], messages: Sequence[LLMMessage]
    ) -> AsyncStream[RawMessageStreamEvent]:
        try:
            return await self._create(request)
        except BadRequest:
            # A signature that the provider no longer takes must not end the conversation
            plain = _conversation(without_provider_items(messages), request["model"])
            if plain == request["messages"]:
                raise
        return await self._create({**request, "messages": plain})

    async def _create(self, request: dict[str, Any]) -> AsyncStream[RawMessageStreamEvent]:
        stream: AsyncStream[RawMessageStreamEvent] = await opened(
            self._client.messages.create(**request), self._patience, _ERRORS
        )
        return stream

    async def _events(
        self, stream: AsyncStream[RawMessageStreamEvent], decoder: StepDecoder
    ) -> AsyncIterator[claude_events.Event]:
        """Events as plain objects. The SDK's own reader drops the pings, often a thinking model's only sign of life."""
        plain = (claude_events.parsed(event.data) async for event in AsyncStream.raw_events(stream.response))
        async for event in watched(plain, self._patience, _ERRORS, has_begun=lambda: decoder.has_begun):
            yield event


def _request(
    messages: Sequence[LLMMessage], tools: Sequence[ToolSpec], model: str, metadata: CallMetadata
) -> dict[str, Any]:
    request: dict[str, Any] = {
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
