"""From facts to words: a model words them, code checks its answer, templates stand in where it cannot be used."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

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
from app.insights import templates
from app.insights.facts import InsightFacts
from app.insights.text import InsightText, InvalidInsightText, parse
from app.schemas.chat import Usage
from app.schemas.insight import InsightType

log = structlog.get_logger()

# One chance to mend what was not valid; a model that fails twice fails again
MAX_ANSWERS = 2
TEMPLATE_PROVIDER, TEMPLATE_MODEL = "offline", "templates"
_STOOD_IN = "> The model's answer could not be used; these words are from templates. The figures are the same."
_PROMPTS = Path(__file__).parent / "prompts"


@dataclass(frozen=True, slots=True)
class Worded:
    """`provider` and `model` are those whose words these are."""

    text: InsightText
    provider: str
    model: str
    usage: Usage


async def word(calls: ModelCalls, facts: InsightFacts, focus: str | None, metadata: CallMetadata) -> Worded:
    """Raises an `LLMError` where the model cannot be reached, or declines."""
    messages = _messages(facts, focus)
    for _ in range(MAX_ANSWERS):
        answer = await _answer(calls, messages, metadata)
        try:
            text = parse(answer)
        except InvalidInsightText as problem:
            log.warning("insight_text_invalid", model=calls.answering.model, problem=str(problem))
            messages += [AssistantMessage(role="assistant", content=answer), _correction(problem)]
        else:
            return Worded(text, calls.answering.client.provider, calls.answering.model, calls.usage())
    return Worded(_stand_in(facts), TEMPLATE_PROVIDER, TEMPLATE_MODEL, calls.usage())


def prompt_version(insight_type: InsightType) -> str:
    """Follows the prompt's text, so that it cannot be forgotten."""
    return f"{insight_type}-{hashlib.sha256(_prompt(insight_type).encode()).hexdigest()[:8]}"


@lru_cache
def _prompt(insight_type: InsightType) -> str:
    return (_PROMPTS / f"{insight_type}.md").read_text(encoding="utf-8").strip()


def _messages(facts: InsightFacts, focus: str | None) -> list[LLMMessage]:
    # No name inside can close the marks
    data = json.dumps(facts.model_dump(mode="json"), ensure_ascii=False).replace("<", "\\u003c")
    wish = f"\n\nI am most interested in: {focus}" if focus else ""
    return [
        SystemMessage(role="system", content=_prompt(facts.insight_type)),
        UserMessage(role="user", content=f"<data>{data}</data>{wish}"),
    ]


def _correction(problem: InvalidInsightText) -> UserMessage:
    return UserMessage(role="user", content=f"That cannot be used. {problem} Answer with the JSON object only.")


async def _answer(calls: ModelCalls, messages: Sequence[LLMMessage], metadata: CallMetadata) -> str:
    parts: list[str] = []
    async with aclosing(calls.stream_step(messages, [], metadata)) as events:
        async for event in events:
            match event["type"]:
                case "text_delta":
                    parts.append(event["delta"])
                case "step_end" if event["finish_reason"] == "refused":
                    raise Refused
    return "".join(parts)


def _stand_in(facts: InsightFacts) -> InsightText:
    text = templates.word(facts)
    return text.model_copy(update={"analysis": f"{text.analysis}\n\n{_STOOD_IN}"})
