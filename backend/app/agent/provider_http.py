"""What a provider's SDK leaves to its user: how long to wait, and a name for each way in which a request fails.

The SDKs share one shape of exception, so each adapter says only which classes these are and how it reads an error's
body.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from app.agent.llm_client import (
    BadRequest,
    ContextTooLong,
    LLMError,
    Overloaded,
    RateLimited,
    StreamCut,
    TimedOut,
    Unauthorized,
    UnknownModel,
)
from app.config import Settings

T = TypeVar("T")

Request = dict[str, Any]

MAX_CAUSE_CHARS = 500
# After its closing event a body ends at once; who leaves it open is not waited for
END_OF_BODY_SECONDS = 0.1

_KEY = re.compile(r"\b(sk|key)-[\w*.-]+")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a turn waits: to connect, for the first word of an answer, and between two events after it."""

    connect: float
    first_event: float
    silence: float

    @classmethod
    def of(cls, settings: Settings) -> "Patience":
        return cls(
            settings.provider_connect_seconds,
            settings.provider_first_event_seconds,
            settings.provider_silence_seconds,
        )


@dataclass(frozen=True, slots=True)
class SdkErrors:
    """The exceptions of one SDK, from the narrowest to the widest, and what its adapter calls the last."""

    timeout: tuple[type[Exception], ...]
    connection: tuple[type[Exception], ...]
    api: tuple[type[Exception], ...]
    named: Callable[[Any], LLMError]


async def opened(request: Awaitable[T], patience: Patience, errors: SdkErrors) -> T:
    """What the provider answers a request with: its stream, before the first event."""
    try:
        async with asyncio.timeout(patience.first_event):
            return await request
    except errors.timeout as error:
        raise TimedOut("no answer to the request") from error
    except errors.connection as error:
        raise Overloaded(type(error.__cause__ or error).__name__) from error
    except errors.api as error:
        raise errors.named(error) from error


async def opened_or_plain(send: Callable[[Request], Awaitable[T]], request: Request, plain: Callable[[], Request]) -> T:
    """Where the provider refuses the request, once more without what only this provider has made.

    A reasoning item or a signature that it no longer takes must not end the conversation.
    """
    try:
        return await send(request)
    except BadRequest:
        without = plain()
        if without == request:
            raise
    return await send(without)


async def read_out(events: AsyncIterator[Any]) -> None:
    """To the end of the body: only then does its connection serve the next call, which saves that one a handshake."""
    with suppress(LLMError, TimeoutError):
        async with asyncio.timeout(END_OF_BODY_SECONDS):
            async for _ in events:
                pass


async def watched(
    events: AsyncIterator[T], patience: Patience, errors: SdkErrors, *, has_begun: Callable[[], bool]
) -> AsyncIterator[T]:
    """The events, each within its time: before the first word a model may be thinking, and silent for long."""
    while True:
        limit = patience.silence if has_begun() else patience.first_event
        try:
            async with asyncio.timeout(limit):
                event = await anext(events)
        except StopAsyncIteration:
            return
        except errors.timeout as error:
            raise TimedOut(f"silent for {limit:g} s") from error
        except errors.connection as error:
            raise StreamCut(type(error.__cause__ or error).__name__) from error
        except errors.api as error:
            raise errors.named(error) from error
        except (ValueError, RecursionError) as error:
            # Bytes that are no JSON, or half a character: nothing after them can be trusted
            raise StreamCut(f"unreadable event: {type(error).__name__}") from error
        yield event


def failure_by_status(status: int, *, code: str, message: str, retry_after: str | None) -> LLMError:
    """`code` and `message` are the provider's own words, for the log; `retry_after` is the header as it came."""
    cause = _KEY.sub("[key]", f"{status} {code} {message}")[:MAX_CAUSE_CHARS]
    match status:
        case 401 | 402 | 403:
            # The sentence may quote the key, in a form that no pattern knows
            return Unauthorized(f"{status} {code}")
        case 404:
            return UnknownModel(cause)
        case 408:
            return TimedOut(cause)
        case 413:
            return ContextTooLong(cause)
        case 429:
            return RateLimited(cause, retry_after_seconds=seconds_to_wait(retry_after))
        case 409 | 500 | 502 | 503 | 504 | 529:
            return Overloaded(cause, retry_after_seconds=seconds_to_wait(retry_after))
        case _:
            return BadRequest(cause)


def seconds_to_wait(retry_after: str | None) -> float | None:
    """From either of the header's two forms."""
    if retry_after is None:
        return None
    try:
        return max(float(retry_after), 0.0)
    except ValueError:
        return _seconds_until(retry_after)


def _seconds_until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
