"""The client against recorded streams of the Messages API, on a real socket."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from app.agent.llm_claude import ClaudeClient
from app.agent.llm_client import (
    BadRequest,
    ContextTooLong,
    LLMError,
    LLMEvent,
    Overloaded,
    RateLimited,
    StreamCut,
    TimedOut,
    Unauthorized,
    UnknownModel,
)
from app.config import Settings
from tests.agent.claude_talk import QUESTION, SECRET, collect, opened
from tests.agent.claude_wire import (
    block_delta,
    block_start,
    block_stop,
    closing,
    error,
    message_start,
    text_block,
    thinking_block,
    tool_block,
    tool_use,
)
from tests.agent.provider_server import STALL, Reply, failing, sse, stream


async def answered(*events: dict[str, Any]) -> list[LLMEvent]:
    async with opened(stream(*events)) as (client, _):
        return await collect(client)


async def refused(reply: Reply, **settings: Any) -> LLMError:
    async with opened(reply, **settings) as (client, _):
        with pytest.raises(LLMError) as raised:
            await collect(client)
        return raised.value


def calls(events: Sequence[LLMEvent]) -> list[LLMEvent]:
    return [event for event in events if event["type"] == "tool_call"]


async def test_text_usage_and_end_come_through() -> None:
    events = await answered(
        message_start(input_tokens=20, cache_read_input_tokens=90, cache_creation_input_tokens=10, output_tokens=1),
        {"type": "ping"},
        *text_block(0, "Hel", "lo"),
        *closing(output_tokens=30, input_tokens=None, output_tokens_details={"thinking_tokens": 12}),
    )

    assert events == [
        {"type": "text_delta", "delta": "Hel"},
        {"type": "text_delta", "delta": "lo"},
        {"type": "usage", "input": 120, "output": 30, "cached_input": 90, "reasoning": 12, "cache_write": 10},
        {"type": "step_end", "finish_reason": "stop", "provider_items": None},
    ]


async def test_two_calls_whose_arguments_interleave_are_told_apart() -> None:
    begun = [block_start(at, {"type": "tool_use", "id": f"c{at}", "name": "get_beta", "input": {}}) for at in (1, 2)]

    def piece(index: int, text: str) -> dict[str, Any]:
        return block_delta(index, type="input_json_delta", partial_json=text)

    events = await answered(
        *begun,
        piece(1, '{"win'), piece(2, '{"window": 2'), piece(1, 'dow": 1}'), piece(2, "}"),
        block_stop(2), block_stop(1),
        *closing("tool_use"),
    )  # fmt: skip

    assert calls(events) == [
        {"type": "tool_call", "id": "c1", "name": "get_beta", "arguments": {"window": 1}},
        {"type": "tool_call", "id": "c2", "name": "get_beta", "arguments": {"window": 2}},
    ]
    assert events[-1] == {"type": "step_end", "finish_reason": "tool_calls", "provider_items": None}


async def test_arguments_that_come_whole_or_not_at_all_are_read() -> None:
    events = await answered(block_start(0, tool_use("c1", {"window": 63})), *tool_block(1, "c2"), *closing("tool_use"))

    assert [event["arguments"] for event in events if event["type"] == "tool_call"] == [{"window": 63}, {}]


@pytest.mark.parametrize(
    "arguments",
    ['{"window": ', "[1]", '"text"', '{"x": NaN}', '{"x": 1e400}', "{" * 5000, '{"x": "' + "a" * 40_000 + '"}'],
    ids=["half", "list", "text", "nan", "infinite", "deep", "long"],
)
async def test_arguments_that_are_no_finite_object_are_marked(arguments: str) -> None:
    events = await answered(*tool_block(0, "c1", arguments), *closing("tool_use"))

    assert events[0]["type"] == "tool_call"
    assert (events[0]["arguments"], events[0]["invalid"]) == ({}, arguments)


async def test_a_call_that_the_limit_cut_is_not_made() -> None:
    events = await answered(*text_block(0, "Let me see."), *tool_block(1, "c1", '{"win'), *closing("max_tokens"))

    assert calls(events) == []
    assert events[-1] == {"type": "step_end", "finish_reason": "length", "provider_items": None}


async def test_texts_around_a_thought_stand_in_paragraphs() -> None:
    events = await answered(
        *text_block(0, "First."), *thinking_block(1, "Hm.", "c2ln"), *text_block(2, "Sec", "ond."), *closing()
    )

    assert [event["delta"] for event in events if event["type"] == "text_delta"] == ["First.", "\n\nSec", "ond."]


@pytest.mark.parametrize(
    ("stop_reason", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("pause_turn", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "refused"),
        ("something_new", "stop"),
        (None, "stop"),
    ],
)
async def test_why_the_model_stopped_is_told(stop_reason: str | None, finish: str) -> None:
    events = await answered(*text_block(0, "So far"), *closing(stop_reason))

    assert events[-1]["type"] == "step_end"
    assert events[-1]["finish_reason"] == finish


async def test_a_context_that_leaves_no_room_for_a_word_is_too_long() -> None:
    failure = await refused(stream(message_start(), *closing("model_context_window_exceeded")))

    assert type(failure) is ContextTooLong


async def test_unknown_events_and_blocks_pass_by() -> None:
    events = await answered(
        {"type": "hologram_start"},
        block_start(0, {"type": "hologram"}),
        block_delta(0, type="text_delta", text="not a text block"),
        block_delta(7, type="text_delta", text="of no block"),
        *text_block(1, "Hi"),
        block_delta(1, type="hologram_delta"),
        *closing(),
    )

    assert [event["type"] for event in events] == ["text_delta", "usage", "step_end"]


async def test_a_thought_whose_text_is_left_out_is_still_a_thought() -> None:
    events = await answered(*thinking_block(0, "", "c2ln"), *tool_block(1, "c1", "{}"), *closing("tool_use"))

    assert events[-1]["type"] == "step_end"
    assert events[-1]["provider_items"] is not None
    assert events[-1]["provider_items"]["items"][0] == {"type": "thinking", "thinking": "", "signature": "c2ln"}


@pytest.mark.parametrize(
    "blocks",
    [
        [*thinking_block(0, "Unsigned.", ""), *tool_block(1, "c1", "{}")],
        [*text_block(0, "Hi"), *thinking_block(1, "Nothing follows.", "c2ln")],
    ],
    ids=["without its signature", "that nothing follows"],
)
async def test_a_thought_is_left_out(blocks: list[dict[str, Any]]) -> None:
    events = await answered(*blocks, *closing())

    assert events[-1]["type"] == "step_end"
    assert events[-1]["provider_items"] is None


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (failing(400, {"type": "invalid_request_error", "message": f"key {SECRET} and more"}), BadRequest),
        (failing(400, {"type": "invalid_request_error", "message": "prompt is too long: 9 > 8"}), ContextTooLong),
        (failing(400, {"type": "exceed_context_size_error", "message": "long"}), ContextTooLong),
        (failing(401, {"type": "authentication_error", "message": f"invalid x-api-key {SECRET}"}), Unauthorized),
        (failing(402, {"type": "billing_error", "message": "no money"}), Unauthorized),
        (failing(403, {"type": "permission_error", "message": "no"}), Unauthorized),
        (failing(404, {"type": "not_found_error", "message": "model: gone"}), UnknownModel),
        (failing(408, {"type": "timeout_error", "message": "late"}), TimedOut),
        (failing(409, {"type": "api_error", "message": "again"}), Overloaded),
        (failing(413, {"type": "request_too_large", "message": "large"}), ContextTooLong),
        (failing(429, {"type": "rate_limit_error", "message": "slow"}), RateLimited),
        (failing(500, {"type": "api_error", "message": "boom"}), Overloaded),
        (failing(529, {"type": "overloaded_error", "message": "busy"}), Overloaded),
        (Reply(502, [b"<html>Bad gateway</html>"]), Overloaded),
    ],
)  # fmt: skip
async def test_every_refusal_of_a_request_has_a_name_and_tells_no_key(reply: Reply, kind: type[LLMError]) -> None:
    failure = await refused(reply)

    assert type(failure) is kind
    assert SECRET not in failure.cause
    assert SECRET not in failure.message


async def test_the_wait_that_a_provider_asks_for_is_read() -> None:
    failure = await refused(failing(429, {"type": "rate_limit_error", "message": "slow"}, retry_after="2"))

    assert failure.retry_after_seconds == 2.0


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (error("overloaded_error"), Overloaded),
        (error("api_error"), Overloaded),
        (error("rate_limit_error"), RateLimited),
        (error("timeout_error"), TimedOut),
        (error("authentication_error"), Unauthorized),
        (error("invalid_request_error", "prompt is too long"), ContextTooLong),
        (error("invalid_request_error"), BadRequest),
        ({"type": "error"}, Overloaded),
    ],
)
async def test_an_error_after_the_stream_began_has_a_name(event: dict[str, Any], kind: type[LLMError]) -> None:
    async with opened(stream(*text_block(0, "Hel"), event)) as (client, _):
        events = client.stream_response(QUESTION)
        assert await anext(events) == {"type": "text_delta", "delta": "Hel"}
        with pytest.raises(LLMError) as raised:
            await anext(events)

    assert type(raised.value) is kind


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        sse({"type": "message_stop"})[:-20],
        b'event: message_stop\ndata: {"type": "message_stop", \n\n',
        b"event: message_stop\ndata: [1]\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
        "data: \u00fc".encode()[:-1] + b"\n\n",
        sse(closing()[0]),
    ],
    ids=["nothing", "half an event", "half of JSON", "no object", "depth", "half a character", "no stop"],
)
async def test_bytes_that_end_without_a_closing_event_are_a_cut_stream(tail: bytes) -> None:
    failure = await refused(Reply(chunks=[*(sse(event) for event in text_block(0, "Hel")), tail]))

    assert type(failure) is StreamCut


async def test_a_body_shorter_than_announced_is_a_cut_stream() -> None:
    chunks = [sse(event) for event in text_block(0, "Hel")]
    failure = await refused(Reply(chunks=chunks, headers={"content-length": "5000"}))

    assert type(failure) is StreamCut


async def test_single_bytes_and_split_characters_give_the_same_text() -> None:
    whole = b"".join(sse(event) for event in [*text_block(0, "Größe ", "😀 12 %"), *closing()])
    async with opened(Reply(chunks=[whole[i : i + 1] for i in range(len(whole))])) as (client, _):
        events = await collect(client)

    assert "".join(event["delta"] for event in events if event["type"] == "text_delta") == "Größe 😀 12 %"


async def test_a_provider_that_falls_silent_is_given_up() -> None:
    begun = [sse(event) for event in text_block(0, "Hel")]
    failure = await refused(Reply(chunks=[*begun, STALL]), provider_silence_seconds=0.05)

    assert type(failure) is TimedOut


async def test_a_provider_that_never_begins_is_given_up() -> None:
    failure = await refused(Reply(chunks=[STALL]), provider_first_event_seconds=0.05)

    assert type(failure) is TimedOut


async def test_thinking_may_take_longer_than_a_pause_in_an_answer() -> None:
    reply = Reply(chunks=[sse(message_start()), STALL])
    failure = await refused(reply, provider_silence_seconds=0.01, provider_first_event_seconds=0.3)

    assert failure.cause == "silent for 0.3 s"


async def test_a_server_that_is_not_there_is_out_of_order() -> None:
    async with opened() as (_, server):
        pass
    client = ClaudeClient(Settings(_env_file=None, anthropic_base_url=server.url))  # type: ignore[call-arg]
    with pytest.raises(Overloaded):
        await collect(client)
    await client.close()


async def test_closing_the_iterator_ends_the_provider_stream() -> None:
    begun = [sse(event) for event in text_block(0, "Hel")]
    async with opened(Reply(chunks=[*begun, STALL])) as (client, server):
        events = client.stream_response(QUESTION)
        await anext(events)
        await events.aclose()
        async with asyncio.timeout(5):
            while not server.closed_by_client:  # noqa: ASYNC110 - the other end of a socket offers no event
                await asyncio.sleep(0.01)
