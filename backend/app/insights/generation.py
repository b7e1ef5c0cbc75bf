"""From facts to words: a model words them, code checks its answer, rules stand in where it cannot be used."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog

from app.agent.failover import ModelCalls
from app.agent.llm_client import (
    AssistantMessage,
    CallMetadata,
    LLMMessage,
    Refused,
    SystemMessage,
    UserMessage,
)
from app.agent.marks import marked
from app.insights import prompts, sources, wording
from app.insights.background import Background
from app.insights.facts import InsightFacts
from app.insights.preview import Preview
from app.insights.text import InsightText, InvalidInsightText, parse
from app.schemas.chat import MessageData, MessageEvent, Usage

log = structlog.get_logger()

# One chance to mend what was not valid; a model that fails twice fails again
MAX_ANSWERS = 2
# An analysis of some pages beside what a model thinks before it
MAX_OUTPUT_TOKENS = 8_000
STAND_IN_PROVIDER, STAND_IN_MODEL = "offline", "templates"
_STOOD_IN = "> The model's answer could not be used; these words are from templates. The figures are the same."


@dataclass(frozen=True, slots=True)
class Worded:
    """`provider` and `model` are those whose words these are."""

    text: InsightText
    provider: str
    model: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be worded: `prompt` is the task of the type, `focus` what the person is most interested in."""

    facts: InsightFacts
    prompt: str
    focus: str | None
    background: Background = field(default_factory=Background)


async def word(calls: ModelCalls, order: Order, metadata: CallMetadata) -> AsyncGenerator[MessageEvent | Worded, None]:
    """A preview of the words as they come, and last what was made of them.

    Raises an `LLMError` where the model cannot be reached, or declines.
    """
    messages = _messages(order)
    for number in range(MAX_ANSWERS):
        parts: list[str] = []
        async with aclosing(_answer(calls, messages, metadata)) as deltas:
            preview = Preview()
            async for delta in deltas:
                parts.append(delta)
                # Of a second answer nothing is shown: the reader has one half read already
                if number == 0 and (shown := preview.feed(delta)):
                    yield MessageEvent(data=MessageData(delta=shown))
        try:
            text = parse("".join(parts), [finding.code for finding in order.facts.findings])
            if number == 0:
                await _check_figures(text, order)
        except InvalidInsightText as problem:
            log.warning("insight_text_invalid", model=calls.answering.model, problem=str(problem))
            messages += [AssistantMessage(role="assistant", content="".join(parts)), _correction(problem)]
        else:
            yield Worded(text, calls.answering.client.provider, calls.answering.model, calls.usage())
            return
    yield Worded(_stand_in(order.facts), STAND_IN_PROVIDER, STAND_IN_MODEL, calls.usage())


async def _check_figures(text: InsightText, order: Order) -> None:
    """Off the event loop: an analysis may hold hundreds of figures. What a second answer leaves is marked instead."""
    unknown = await asyncio.to_thread(sources.untraced, text, order.facts, order.background.evidence)
    if unknown:
        named = ", ".join(unknown[: sources.MAX_NAMED])
        raise InvalidInsightText(f"These figures are not in the facts: {named}. Use those that are, or leave them out.")


def _messages(order: Order) -> list[LLMMessage]:
    data = marked(order.facts.model_dump(mode="json"))
    wish = f"\n\nI am most interested in: {order.focus}" if order.focus else ""
    return [
        SystemMessage(role="system", content=f"{prompts.rules()}\n\nYour task\n{order.prompt}"),
        *order.background.messages,
        UserMessage(role="user", content=f"{data}{wish}"),
    ]


def _correction(problem: InvalidInsightText) -> UserMessage:
    return UserMessage(role="user", content=f"That cannot be used. {problem} Answer with the JSON object only.")


async def _answer(
    calls: ModelCalls, messages: Sequence[LLMMessage], metadata: CallMetadata
) -> AsyncGenerator[str, None]:
    async with aclosing(calls.stream_step(messages, [], metadata)) as events:
        async for event in events:
            match event["type"]:
                case "text_delta":
                    yield event["delta"]
                case "step_end" if event["finish_reason"] == "refused":
                    raise Refused


def _stand_in(facts: InsightFacts) -> InsightText:
    text = wording.word(facts)
    return text.model_copy(update={"analysis": f"{text.analysis}\n\n{_STOOD_IN}"})
