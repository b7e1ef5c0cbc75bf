"""What the Messages API is sent: turns of two speakers, what a cache may keep, and whose thinking goes back."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.agent.llm_client import (
    AssistantMessage,
    BadRequest,
    CallMetadata,
    LLMMessage,
    ProviderItems,
    SystemMessage,
    UserMessage,
)
from tests.agent.claude_talk import CACHED, HERE, QUESTION, RULES, SONNET, TOOL, called, collect, opened
from tests.agent.claude_wire import (
    REDACTED,
    THINKING,
    block_start,
    closing,
    sent_text,
    text_block,
    thinking_block,
    tool_block,
    tool_use,
)
from tests.agent.provider_server import failing, stream


async def sent(messages: Sequence[LLMMessage], model: str = SONNET, **request: Any) -> dict[str, Any]:
    """The request that these messages make."""
    async with opened(stream(*text_block(0, "Hi"), *closing())) as (client, server):
        await collect(client, messages, model=model, **request)
        return server.requests[0]


async def test_the_request_hides_who_asks_and_leaves_room_for_thinking() -> None:
    metadata = CallMetadata(user_key="u-hash", tool_choice="none", max_output_tokens=500)
    request = await sent(QUESTION, tools=[TOOL], metadata=metadata)

    assert request["metadata"] == {"user_id": "u-hash"}
    assert request["tool_choice"] == {"type": "none"}
    assert request["max_tokens"] > 10_000
    assert request["tools"] == [{"name": "get_beta", "description": "Beta", "input_schema": TOOL["parameters"]}]
    assert (await sent(QUESTION, "local", metadata=metadata))["max_tokens"] == 500


async def test_the_cache_keeps_the_rules_and_what_was_said_but_not_where_the_person_is() -> None:
    said = [UserMessage(role="user", content="Hello"), AssistantMessage(role="assistant", content="Hi.")]
    request = await sent([RULES, *said, *QUESTION[1:]])

    assert request["system"] == [{"type": "text", "text": "Be short.", "cache_control": CACHED}]
    assert request["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Hi.", "cache_control": CACHED}]},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": f"<system>\n{HERE['content']}\n</system>"},
                {"type": "text", "text": "How risky is it?", "cache_control": CACHED},
            ],
        },
    ]


async def test_outputs_of_tools_and_a_last_word_of_ours_are_one_turn() -> None:
    last = SystemMessage(role="system", content="Answer now.")
    request = await sent([*QUESTION, *called(["c1", "c2"]), last], tools=[TOOL])

    assert [message["role"] for message in request["messages"]] == ["user", "assistant", "user"]
    assert [block["type"] for block in request["messages"][1]["content"]] == ["tool_use", "tool_use"]
    assert [block["type"] for block in request["messages"][2]["content"]] == ["tool_result", "tool_result", "text"]


async def test_nothing_is_sent_of_what_says_nothing() -> None:
    silent = [AssistantMessage(role="assistant", content=" \n"), UserMessage(role="user", content="Again?")]
    request = await sent([*QUESTION, *silent])

    assert [message["role"] for message in request["messages"]] == ["user"]


async def test_ids_and_names_that_this_provider_refuses_are_rewritten_alike() -> None:
    foreign = "call/0:größe"
    spoken = called([foreign], name="get beta!")
    request = await sent([*QUESTION, *spoken], tools=[TOOL])

    made = request["messages"][1]["content"][0]
    answered_to = request["messages"][2]["content"][0]["tool_use_id"]
    assert made["id"] == answered_to != foreign
    assert made["id"].replace("_", "").replace("-", "").isascii()
    assert set(":/ !") & set(made["id"] + made["name"]) == set()


async def test_thinking_goes_back_as_it_came_within_its_turn() -> None:
    begun = [
        *thinking_block(0, "Beta first.", "c2ln"),
        block_start(1, REDACTED),
        *tool_block(2, "c1", '{"window": 63}'),
        *closing("tool_use"),
    ]
    async with opened(stream(*begun), stream(*text_block(0, "It is 1.2."), *closing())) as (client, server):
        first = await collect(client, model=SONNET, tools=[TOOL])
        assert first[-1]["type"] == "step_end"
        kept = first[-1]["provider_items"]
        items = [THINKING, REDACTED, tool_use("c1", {"window": 63})]
        assert kept == {"provider": "claude", "model": SONNET, "items": items}
        await collect(client, [*QUESTION, *called(["c1"], kept)], model=SONNET)

    assert server.requests[1]["messages"][1]["content"] == items


@pytest.mark.parametrize("maker", [("claude", "claude-opus-5-5"), ("openai", SONNET)])
async def test_thinking_never_goes_to_another_model(maker: tuple[str, str]) -> None:
    kept = ProviderItems(provider=maker[0], model=maker[1], items=[THINKING, tool_use("c1", {})])
    request = await sent([*QUESTION, *called(["c1"], kept)])

    assert "c2ln" not in sent_text(request)
    assert request["messages"][1]["content"] == [tool_use("c1", {"window": 63})]


async def test_thinking_of_an_earlier_turn_is_left_out() -> None:
    kept = ProviderItems(provider="claude", model=SONNET, items=[THINKING, tool_use("c1", {"window": 63})])
    earlier = [UserMessage(role="user", content="Beta?"), *called(["c1"], kept)]
    request = await sent([RULES, *earlier, AssistantMessage(role="assistant", content="1.2"), *QUESTION[1:]])

    assert "c2ln" not in sent_text(request)


async def test_thinking_that_is_not_taken_back_is_left_out_once() -> None:
    kept = ProviderItems(provider="claude", model=SONNET, items=[THINKING, tool_use("c1", {})])
    rejected = failing(400, {"type": "invalid_request_error", "message": "Invalid `signature` in `thinking` block"})
    replies = [rejected, stream(*text_block(0, "1.2"), *closing())]
    async with opened(*replies) as (client, server):
        events = await collect(client, [*QUESTION, *called(["c1"], kept)], model=SONNET)

    assert events[0] == {"type": "text_delta", "delta": "1.2"}
    assert ["c2ln" in sent_text(request) for request in server.requests] == [True, False]


async def test_a_request_that_is_wrong_without_thinking_is_not_sent_twice() -> None:
    async with opened(failing(400, {"type": "invalid_request_error", "message": "no"})) as (client, server):
        with pytest.raises(BadRequest):
            await collect(client, [*QUESTION, *called(["c1"])])

    assert len(server.requests) == 1
