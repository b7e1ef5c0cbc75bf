"""One step asked of one candidate, with patience: a failure before its first visible text is tried again.

Which candidate comes next when this one has failed is decided in `failover`. A step that has shown text is never
repeated, for the reader could not be told to forget it.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

from opentelemetry.trace import Span

from app import metrics, telemetry
from app.agent.call_log import CallLog
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
from app.agent.usage import ANSWERED, Call

MAX_TRIES = 3
# A first pause of about a second lets a short overload pass; doubling keeps three tries within a few seconds
BASE_PAUSE_SECONDS = 1.0
# A person does not wait longer than this for a provider that says when it will be ready
MAX_PAUSE_SECONDS = 20.0
# A call that timed out has used up the person's patience already
TRIED_AGAIN = (RateLimited, Overloaded, StreamCut)
# What says that the provider is out of order, for everybody; the others are about this one request
COUNTED_BY_CIRCUIT = (RateLimited, Overloaded, TimedOut, StreamCut, Unauthorized)


async def stream_step(
    candidate: Choice,
    messages: Sequence[LLMMessage],
    tools: Sequence[ToolSpec],
    metadata: CallMetadata,
    log: CallLog,
) -> AsyncGenerator[LLMEvent, None]:
    """The events of one step, up to and with its `step_end`. None comes before it is certain that none is repeated."""
    for number in range(1, MAX_TRIES + 1):
        has_begun = False
        call = await log.begin(candidate, messages, tools, metadata)
        try:
            async with aclosing(_from_first_text(_noted(call, messages, tools, metadata))) as stream:
                async for event in stream:
                    has_begun = True
                    yield event
        except LLMError as error:
            log.attempts.note(candidate, error.code)
            _report(candidate, error)
            pause = _pause(error, number)
            if has_begun or pause is None or candidate.circuit.is_open:
                raise
            await asyncio.sleep(pause)
        else:
            log.attempts.note(candidate, ANSWERED)
            candidate.circuit.succeeded()
            return


async def _noted(
    call: Call, messages: Sequence[LLMMessage], tools: Sequence[ToolSpec], metadata: CallMetadata
) -> AsyncGenerator[LLMEvent, None]:
    """The whole step, while the ledger's record of it and its span are kept."""
    candidate = call.candidate
    with telemetry.model_call(candidate.client.provider, candidate.model, metadata.max_output_tokens) as span:
        try:
            async with aclosing(_whole_step(candidate, messages, tools, metadata)) as events:
                async for event in events:
                    match event["type"]:
                        case "text_delta" | "tool_call":
                            call.token()
                        case "usage":
                            call.used = event
                    yield event
            call.answered()
        except LLMError as error:
            call.failed(error)
            raise
        finally:
            call.ended()
            metrics.model_call(candidate.client.provider, candidate.model, call.outcome)
            _describe(span, call)


def _describe(span: Span, call: Call) -> None:
    if call.used is not None:
        span.set_attribute("gen_ai.usage.input_tokens", call.used["input"])
        span.set_attribute("gen_ai.usage.output_tokens", call.used["output"])
    if call.outcome != ANSWERED:
        telemetry.failed(span, call.outcome)


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
