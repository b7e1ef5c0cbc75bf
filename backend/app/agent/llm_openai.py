"""OpenAI's Responses API, and servers that speak it, as an `LLMClient`.

Nothing is stored at the provider: each call carries the whole transcript.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import openai
from openai import AsyncOpenAI, AsyncStream
from openai.types.responses import ResponseStreamEvent

from app.agent import openai_events
from app.agent.llm_client import (
    BadRequest,
    CallMetadata,
    ContextTooLong,
    LLMError,
    LLMEvent,
    LLMMessage,
    Overloaded,
    RateLimited,
    StreamCut,
    TimedOut,
    ToolSpec,
    Unauthorized,
)
from app.agent.openai_events import StepDecoder
from app.agent.openai_input import input_items, tool_params
from app.config import Settings

OPENAI_URL = "https://api.openai.com/v1"
# Reasoning counts as output: without room for it a long thought leaves no answer
REASONING_TOKENS = 16_000

_REASONING_MODEL = re.compile(r"(gpt-5|o\d)(?!.*chat)")
_KEY = re.compile(r"\b(sk|key)-[\w*.-]+")


class OpenAIClient:
    provider: ClassVar[str] = "openai"

    def __init__(self, settings: Settings) -> None:
        self.default_model = settings.openai_model
        self._first_event_seconds = settings.provider_first_event_seconds
        self._silence_seconds = settings.provider_silence_seconds
        self._client = AsyncOpenAI(
            # Compatible servers need none, and the SDK will not start without
            api_key=settings.openai_api_key.get_secret_value() or "not-needed",
            base_url=settings.openai_base_url or OPENAI_URL,
            timeout=openai.Timeout(settings.provider_first_event_seconds, connect=settings.provider_connect_seconds),
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
        request = self._request(messages, tools or (), model or self.default_model, metadata or CallMetadata())
        decoder = StepDecoder(self.provider, request["model"], request["max_output_tokens"])
        async with await self._open(request) as stream:
            async for event in self._events(stream, decoder):
                for neutral in decoder.feed(event):
                    yield neutral
                if decoder.is_closed:
                    return
        raise StreamCut("the response ended without a closing event")

    def _request(
        self, messages: Sequence[LLMMessage], tools: Sequence[ToolSpec], model: str, metadata: CallMetadata
    ) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": model,
            "input": input_items(messages, provider=self.provider, model=model),
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

    async def _open(self, request: dict[str, Any]) -> AsyncStream[ResponseStreamEvent]:
        try:
            async with asyncio.timeout(self._first_event_seconds):
                stream: AsyncStream[ResponseStreamEvent] = await self._client.responses.create(**request)
        except TimeoutError as error:
            raise TimedOut("no answer to the request") from error
        except openai.APIConnectionError as error:
            raise _unreached(error) from error
        except openai.APIError as error:
            raise _refused(error) from error
        return stream

    async def _events(
        self, stream: AsyncStream[ResponseStreamEvent], decoder: StepDecoder
    ) -> AsyncIterator[openai_events.Event]:
        """Events as plain objects, each within its time."""
        iterator = aiter(stream)
        while True:
            limit = self._silence_seconds if decoder.has_begun else self._first_event_seconds
            try:
                async with asyncio.timeout(limit):
                    event = await anext(iterator)
            except StopAsyncIteration:
                return
            except (TimeoutError, openai.APITimeoutError) as error:
                raise TimedOut(f"silent for {limit:g} s") from error
            except openai.APIConnectionError as error:
                raise StreamCut(type(error.__cause__).__name__) from error
            except openai.APIError as error:
                raise openai_events.failure(_body(error)) from error
            except ValueError as error:
                # Bytes that are no JSON, or half a character: the SDK reads no further
                raise StreamCut(f"unreadable event: {type(error).__name__}") from error
            yield event.to_dict(warnings=False)


def _unreached(error: openai.APIConnectionError) -> LLMError:
    cause = type(error.__cause__).__name__
    return TimedOut(cause) if isinstance(error, openai.APITimeoutError) else Overloaded(cause)


def _refused(error: openai.APIError) -> LLMError:
    if not isinstance(error, openai.APIStatusError):
        return openai_events.failure(_body(error))
    cause = f"{error.status_code} {error.code or ''} {_KEY.sub('[key]', error.message)[:500]}"
    match error.status_code:
        case 401 | 403:
            return Unauthorized(f"{error.status_code} {error.code or ''}")
        case 429 if error.code == "insufficient_quota":
            return Unauthorized(cause)
        case 429:
            return RateLimited(cause, retry_after_seconds=_retry_after(error))
        case 408:
            return TimedOut(cause)
        case 409 | 500 | 502 | 503 | 504 | 529:
            return Overloaded(cause, retry_after_seconds=_retry_after(error))
    failure = openai_events.failure(_body(error))
    return ContextTooLong(cause) if isinstance(failure, ContextTooLong) else BadRequest(cause)


def _body(error: openai.APIError) -> dict[str, Any]:
    return error.body if isinstance(error.body, dict) else {"code": error.code, "message": error.message}


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds, from either of the header's two forms."""
    header = error.response.headers.get("retry-after")
    if header is None:
        return None
    try:
        return max(float(header), 0.0)
    except ValueError:
        return _seconds_until(header)


def _seconds_until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
