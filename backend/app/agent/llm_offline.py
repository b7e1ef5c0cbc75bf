"""The analyst that needs no key: plans tools by rules and likeness, words their results from templates.

It follows the same protocol as any model and sees the same messages, so everything around it is exercised for real.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from typing import ClassVar
from uuid import uuid4

from app.agent.llm_client import (
    CallMetadata,
    LLMEvent,
    LLMMessage,
    StepEnd,
    StepFinish,
    TextDelta,
    TokenUsage,
    ToolCall,
    ToolSpec,
)
from app.agent.offline import insight, memory, proposal, summary, transcript
from app.agent.offline.answer import compose
from app.agent.offline.planner import PlannedCall, make_plan
from app.agent.offline.transcript import Transcript

MODEL = "offline-analyst"
_WORD = re.compile(r"\s*\S+\s*")


class OfflineAnalyst:
    provider: ClassVar[str] = "offline"
    default_model: str = MODEL

    async def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,  # noqa: ARG002 - the protocol asks; there is only one model here
        metadata: CallMetadata | None = None,
    ) -> AsyncIterator[LLMEvent]:
        asked = metadata or CallMetadata()
        read = transcript.read(messages)
        calls, text = _next(read, asked, tools)
        for call in calls:
            yield _tool_call(call)
        async for delta in _spoken(text):
            yield delta
        yield _usage()
        yield _end("tool_calls" if calls else "stop")


def _next(
    read: Transcript, asked: CallMetadata, tools: Sequence[ToolSpec] | None
) -> tuple[tuple[PlannedCall, ...], str]:
    """Calls to be made, or else the answer."""
    if asked.task == "insight":
        return (), insight.words(read)
    if asked.task == "summary":
        return (), summary.words(read)
    if asked.task == "memory":
        return (), memory.words(read)
    if asked.task == "proposal":
        return (), proposal.words(read)
    offered = {tool["name"] for tool in tools or ()} if asked.tool_choice == "auto" else set()
    plan = make_plan(read, offered)
    return plan.calls, "" if plan.calls else compose(plan, read)


async def _spoken(text: str) -> AsyncIterator[TextDelta]:
    for word in _WORD.findall(text):
        yield TextDelta(type="text_delta", delta=word)
        # Other tasks get their turn: a long answer must not hold the loop
        await asyncio.sleep(0)


def _tool_call(call: PlannedCall) -> ToolCall:
    return ToolCall(type="tool_call", id=f"call_{uuid4().hex}", name=call.tool, arguments=call.arguments)


def _usage() -> TokenUsage:
    """No tokens are spent here."""
    return TokenUsage(type="usage", input=0, output=0, cached_input=0, reasoning=0)


def _end(reason: StepFinish) -> StepEnd:
    return StepEnd(type="step_end", finish_reason=reason, provider_items=None)
