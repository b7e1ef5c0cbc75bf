"""The estimate against counts that OpenAI's `o200k_base` gave for what the product sends."""

import json
from pathlib import Path

import pytest

from app.agent import token_estimate
from app.agent.llm_client import AssistantMessage, AssistantToolCall, UserMessage

COUNTED = json.loads((Path(__file__).parent / "token_counts.json").read_text(encoding="utf-8"))
MOST_UNDER, MOST_OVER = 0.9, 1.8


@pytest.mark.parametrize("sample", COUNTED, ids=[sample["name"] for sample in COUNTED])
def test_it_is_never_more_than_a_tenth_under(sample: dict[str, object]) -> None:
    ratio = token_estimate.of_text(str(sample["text"])) / int(str(sample["o200k"]))

    assert MOST_UNDER <= ratio <= MOST_OVER


def test_a_call_is_counted_with_its_arguments() -> None:
    call = AssistantToolCall(id="c", name="get_beta", arguments={"portfolio": "Balanced Individual"})
    bare = AssistantMessage(role="assistant", content="")
    calling = AssistantMessage(role="assistant", content="", tool_calls=[call])

    assert token_estimate.of_messages([calling]) > token_estimate.of_messages([bare]) + 5


def test_every_message_costs_something() -> None:
    assert token_estimate.of_messages([UserMessage(role="user", content="")] * 3) == 3 * token_estimate.MESSAGE_TOKENS
