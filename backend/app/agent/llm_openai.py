"""OpenAI's Responses API, and servers that speak it, as an `LLMClient`.

Nothing is stored at the provider: each call carries the whole transcript.
"""

import re
from collections.abc import AsyncGenerator, Sequence
from typing import Any, ClassVar

import openai
from openai import AsyncOpenAI, AsyncStream

from app.agent import openai_events
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
    Unauthorized,
    without_provider_items,
)
from app.agent.openai_events import StepDecoder
from app.agent.openai_input import input_items, tool_params
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

OPENAI_URL = "https://api.openai.com/v1"

_REASONING_MODEL = re.compile(r"(gpt-5|o\d)(?!.*chat)")


class OpenAIClient:
    provider: ClassVar[str] = "openai"

    def __init__(self, settings: Settings) -> None:
        self.default_model = settings.openai_model
        self._patience = Patience.of(settings)
        self._client = AsyncOpenAI(
            # Compatible servers need none, and the SDK will not start without
            api_key=settings.openai_api_key.get_secret_value() or "not-needed",
            base_url=settings.openai_base_url or OPENAI_URL,
            timeout=openai.Timeout(self._patience.first_event, connect=self._patience.connect),
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
        decoder = StepDecoder(self.provider, model, request["max_output_tokens"])
        plain = without_provider_items(messages)
        sending = opened_or_plain(self._send, request, lambda: {**request, "input": _input(plain, model)})
        async with await sending as stream:
            events = watched(aiter(stream), self._patience, _ERRORS, has_begun=lambda: decoder.has_begun)
            async for event in events:
                said = list(decoder.feed(event))
                if decoder.is_closed:
                    await read_out(events)
                for neutral in said:
                    yield neutral
                if decoder.is_closed:
                    return
        raise StreamCut("the response ended without a closing event")

    async def _send(self, request: Request) -> AsyncStream[Any]:
        """As it stands, and events as they come: the SDK's own checks of both are half of what a stream costs."""
        sent = self._client.post(
            "/responses", body=request, cast_to=object, stream=True, stream_cls=AsyncStream[object]
        )
        stream: AsyncStream[Any] = await opened(sent, self._patience, _ERRORS)
        return stream


def _request(messages: Sequence[LLMMessage], tools: Sequence[ToolSpec], model: str, metadata: CallMetadata) -> Request:
    request: Request = {
        "model": model,
        "input": _input(messages, model),
        "max_output_tokens": metadata.max_output_tokens,
        "store": False,
        "stream": True,
    }
    if tools:
        request |= {"tools": tool_params(tools), "tool_choice": metadata.tool_choice, "parallel_tool_calls": True}
    if metadata.conversation_key:
        request["prompt_cache_key"] = metadata.conversation_key
    if metadata.user_key:
        request["safety_identifier"] = metadata.user_key
    if _REASONING_MODEL.match(model):
        request["include"] = ["reasoning.encrypted_content"]
        request["max_output_tokens"] += REASONING_TOKENS
    return request


def _input(messages: Sequence[LLMMessage], model: str) -> list[dict[str, Any]]:
    return input_items(messages, provider=OpenAIClient.provider, model=model)


def _named(error: openai.APIError) -> LLMError:
    said = openai_events.failure(_body(error))
    if not isinstance(error, openai.APIStatusError):
        return said
    if error.code == "insufficient_quota":
        return Unauthorized(f"{error.status_code} {error.code}")
    header = error.response.headers.get("retry-after")
    failure = failure_by_status(error.status_code, code=error.code or "", message=error.message, retry_after=header)
    is_too_long = isinstance(failure, BadRequest) and isinstance(said, ContextTooLong)
    return ContextTooLong(failure.cause) if is_too_long else failure


def _body(error: openai.APIError) -> dict[str, Any]:
    return error.body if isinstance(error.body, dict) else {"code": error.code, "message": error.message}


_ERRORS = SdkErrors(
    timeout=(
        TimeoutError,
        openai.APITimeoutError,
    ),
    connection=(openai.APIConnectionError,),
    api=(openai.APIError,),
    named=_named,
)
