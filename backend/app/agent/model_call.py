"""One model call with patience: a failure before its first event is tried again, later ones are the turn's.

Which candidate comes next when this one has failed is decided by whoever calls; a step that has shown text is never
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
    ToolSpec,
)
from app.schemas.chat import Attempt

MAX_TRIES = 3
# A first pause of about a second lets a short overload pass; doubling keeps three tries within a few seconds
BASE_PAUSE_SECONDS = 1.0
# A person does not wait longer than this for a provider that says when it will be ready
MAX_PAUSE_SECONDS = 20.0
# A call that timed out has used up the person's patience already
TRIED_AGAIN = (RateLimited, Overloaded, StreamCut)


class Attempts:
    """Who was asked, and what came of it. Successive answers of one model are one entry."""

    def __init__(self) -> None:
        self.entries: list[Attempt] = []

    def note(self, choice: Choice, outcome: str) -> None:
        entry = Attempt(provider=choice.client.provider, model=choice.model, outcome=outcome)
        if outcome != "answered" or not self.entries or self.entries[-1] != entry:
            self.entries.append(entry)


async def stream_step(
    choice: Choice,
    messages: Sequence[LLMMessage],
    tools: Sequence[ToolSpec],
    metadata: CallMetadata,
    attempts: Attempts,
) -> AsyncGenerator[LLMEvent, None]:
    """The events of one step, up to and with its `step_end`."""
    for number in range(1, MAX_TRIES + 1):
        has_begun = False
        try:
            async with aclosing(_whole_step(choice, messages, tools, metadata)) as stream:
                async for event in stream:
                    has_begun = True
                    yield event
        except LLMError as error:
            attempts.note(choice, error.code)
            pause = _pause(error, number)
            if has_begun or pause is None:
                raise
            await asyncio.sleep(pause)
        else:
            attempts.note(choice, "answered")
            return


async def _whole_step(
    choice: Choice, messages: Sequence[LLMMessage], tools: Sequence[ToolSpec], metadata: CallMetadata
) -> AsyncGenerator[LLMEvent, None]:
    stream = choice.client.stream_response(messages, tools or None, choice.model, metadata)
    async with aclosing(cast(AsyncGenerator[LLMEvent, None], stream)) as events:
        async for event in events:
            yield event
            if event["type"] == "step_end":
                return
    raise StreamCut("the client's stream ended without step_end")


def _pause(error: LLMError, number: int) -> float | None:
    """Seconds until the next try; None where there is none."""
    if number == MAX_TRIES or not isinstance(error, TRIED_AGAIN):
        return None
    if error.retry_after_seconds is not None:
        return error.retry_after_seconds if error.retry_after_seconds <= MAX_PAUSE_SECONDS else None
    return BASE_PAUSE_SECONDS * 2.0 ** (number - 1) * _jitter()


def _jitter() -> float:
    return random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing
