"""The words of a drafted document: a model's, from what was said about answers, as data."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from functools import lru_cache
from pathlib import Path

from app.agent.failover import ModelCalls
from app.agent.llm_client import CallMetadata, LLMMessage, SystemMessage, UserMessage
from app.agent.marks import marked
from app.agent.plain_json import storable_text
from app.learning.without_figures import without_figures
from app.schemas.learning import Evidence

MAX_OUTPUT_TOKENS = 1_500
CALL_SECONDS = 90.0
MAX_CHARS = 20_000

_PROMPT = Path(__file__).parent / "prompts" / "proposal.md"


async def document(calls: ModelCalls, topic: str, judged: Sequence[Evidence], user_key: str) -> str:
    """Without figures, whoever wrote it; empty where nothing is known. Raises an `LLMError` or `TimeoutError`."""
    metadata = CallMetadata(task="proposal", user_key=user_key, max_output_tokens=MAX_OUTPUT_TOKENS)
    text = ""
    stream = calls.stream_step(_messages(topic, judged), [], metadata)
    async with asyncio.timeout(CALL_SECONDS), aclosing(stream) as events:
        async for event in events:
            if event["type"] == "text_delta":
                text += event["delta"]
    return without_figures(storable_text(text).strip())[:MAX_CHARS]


def _messages(topic: str, judged: Sequence[Evidence]) -> list[LLMMessage]:
    answers = [
        {
            "question": each.question,
            "answer": each.answer,
            "rating": each.rating,
            "reason": each.reason,
            "comment": each.comment,
            "correction": each.edited_text,
        }
        for each in judged
    ]
    return [
        SystemMessage(role="system", content=_prompt()),
        UserMessage(role="user", content=marked({"topic": topic, "answers": answers})),
    ]


@lru_cache
def _prompt() -> str:
    return _PROMPT.read_text(encoding="utf-8").strip()
