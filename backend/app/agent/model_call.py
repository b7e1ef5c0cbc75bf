"""One step asked of one candidate, with patience: a failure before its first visible text is tried again.

Which candidate comes next when this one has failed is decided in `failover`. A step that has shown text is never
repeated, for the reader could not be told to forget it.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

from app.agent.llm_client import (
    CallMetadata,
    Choice,
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
from app.schemas.chat import Attempt

MAX_TRIES = 3
# A first pause of about a second lets a short overload pass; doubling keeps three tries within a few seconds
BASE_PAUSE_SECONDS = 1.0
# A person does not wait longer than this for a provider that says when it will be ready
MAX_PAUSE_SECONDS = 20.0
# A call that timed out has used up the person's patience already
TRIED_AGAIN = (RateLimited, Overloaded, StreamCut)
# What says that the provider is out of order, for everybody; the others are about this one request
COUNTED_BY_CIRCUIT = (RateLimited, Overloaded, TimedOut, StreamCut, Unauthorized)


class Attempts:
    """Who was asked, and what came of it. Successive answers of one model are one entry."""

    def __init__(self) -> None:
        self.entries: list[Attempt] = []

    def note(self, choice: Choice, outcome: str) -> None:
        entry = Attempt(provider=choice.client.provider, model=choice.model, outcome=outcome)
        if outcome != "answered" or not self.entries or self.entries[-1] != entry:
            self.entries.append(entry)


async def stream_step(
    candidate: Choice,
    messages: Sequence[LLMMessage],
    tools: Sequence[ToolSpec],
    metadata: CallMetadata,
    attempts: Attempts,
) -> AsyncGenerator[LLMEvent, None]:
    """The events of one step, up to and with its `step_end`. None comes before it is certain that none is repeated."""
    for number in range(1, MAX_TRIES + 1):
        has_begun = False
        try:
            async with aclosing(_from_first_text(_whole_step(candidate, messages, tools, metadata))) as stream:
                async for event in stream:
                    has_begun = True
                    yield event
        except LLMError as error:
            attempts.note(candidate, error.code)
            _report(candidate, error)
            pause = _pause(error, number)
            if has_begun or pause is None or candidate.circuit.is_open:
                raise
            await asyncio.sleep(pause)
        else:
            attempts.note(candidate, "answered")
            candidate.circuit.succeeded()
            return


async def _from_first_text(stream: AsyncGenerator[LLMEvent, None]) -> AsyncGenerator[LLMEvent, None]:
    """Holds back what no reader sees yet, such as a tool call: until text comes, a broken step can begin anew."""
    held: list[LLMEvent] = []
    is_visible = False
    async with aclosing(stream) as events:
        async for event in events:
            held.append(event)
            is_visible = is_visible or (event["type"] == "text_delta" and bool(event["delta"].strip()))
            while is_visible and held:
                yield held.pop(0)
    for event in held:
        yield event


async def _whole_step(
    candidate: Choice, messages: Sequence[LLMMessage], tools: Sequence[ToolSpec], metadata: CallMetadata
) -> AsyncGenerator[LLMEvent, None]:
    stream = candidate.client.stream_response(messages, tools or None, candidate.model, metadata)
    async with aclosing(cast(AsyncGenerator[LLMEvent, None], stream)) as events:
        async for event in events:
            yield event
            if event["type"] == "step_end":
                return
    raise StreamCut("the client's stream ended without step_end")


def _report(candidate: Choice, error: LLMError) -> None:
    if isinstance(error, COUNTED_BY_CIRCUIT):
        candidate.circuit.failed()
    else:
        candidate.circuit.succeeded()


def _pause(error: LLMError, number: int) -> float | None:
    """Seconds until the next try; None where there is none."""
    if number == MAX_TRIES or not isinstance(error, TRIED_AGAIN):
        return None
    if error.retry_after_seconds is not None:
        return error.retry_after_seconds if error.retry_after_seconds <= MAX_PAUSE_SECONDS else None
    return BASE_PAUSE_SECONDS * 2.0 ** (number - 1) * _jitter()


def _jitter() -> float:
    return random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing
