"""The client against recorded streams of the Responses API, on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.agent.llm_client import (
    AssistantMessage,
    AssistantToolCall,
    BadRequest,
    CallMetadata,
    ContextTooLong,
    LLMError,
    LLMEvent,
    LLMMessage,
    Overloaded,
    ProviderItems,
    RateLimited,
    StreamCut,
    SystemMessage,
    TimedOut,
    ToolMessage,
    ToolSpec,
    Unauthorized,
    UnknownModel,
    UserMessage,
)
from app.agent.llm_openai import OpenAIClient
from app.config import Settings
from tests.agent.openai_wire import MESSAGE, REASONING, USAGE, completed, delta, function_call, item_done
from tests.agent.provider_server import STALL, Provider, Reply, failing, provider, sse, stream

QUESTION: list[LLMMessage] = [
    SystemMessage(role="system", content="Be short."),
    UserMessage(role="user", content="How risky is it?"),
]
TOOL = ToolSpec(name="get_beta", description="Beta", parameters={"type": "object", "properties": {}})
SECRET = "sk-verysecret123"


@asynccontextmanager
async def opened(*replies: Reply, **settings: Any) -> AsyncIterator[tuple[OpenAIClient, Provider]]:
    async with provider(*replies) as server:
        client = OpenAIClient(
            Settings(_env_file=None, openai_base_url=server.url, openai_api_key=SECRET, **settings)  # type: ignore[call-arg]
        )
        yield client, server
        await client.close()


async def collect(client: OpenAIClient, messages: Sequence[LLMMessage] = QUESTION, **request: Any) -> list[LLMEvent]:
    return [event async for event in client.stream_response(messages, **request)]


async def answered(*events: dict[str, Any]) -> list[LLMEvent]:
    async with opened(stream(*events)) as (client, _):
        return await collect(client)


async def refused(reply: Reply, **settings: Any) -> LLMError:
    async with opened(reply, **settings) as (client, _):
        with pytest.raises(LLMError) as raised:
            await collect(client)
        return raised.value


async def test_text_usage_and_end_come_through() -> None:
    events = await answered({"type": "response.created"}, delta("Hel"), delta("lo"), item_done(MESSAGE), completed())

    assert events == [
        {"type": "text_delta", "delta": "Hel"},
        {"type": "text_delta", "delta": "lo"},
        {"type": "usage", "input": 120, "output": 30, "cached_input": 100, "reasoning": 20},
        {"type": "step_end", "finish_reason": "stop", "provider_items": None},
    ]


async def test_the_request_keeps_nothing_at_the_provider_and_hides_who_asks() -> None:
    async with opened(stream(delta("Hi"), completed())) as (client, server):
        metadata = CallMetadata(user_key="u-hash", conversation_key="c-hash", tool_choice="none")
        await collect(client, tools=[TOOL], model="gpt-5-mini", metadata=metadata)

    request = server.requests[0]
    assert request["store"] is False
    assert request["parallel_tool_calls"] is True
    assert request["tool_choice"] == "none"
    assert (request["prompt_cache_key"], request["safety_identifier"]) == ("c-hash", "u-hash")
    assert request["include"] == ["reasoning.encrypted_content"]
    assert request["tools"][0]["name"] == "get_beta"


async def test_reasoning_is_asked_for_only_where_a_model_reasons() -> None:
    async with opened(stream(delta("Hi"), completed())) as (client, server):
        await collect(client, model="gpt-4.1")

    assert "include" not in server.requests[0]


async def test_two_calls_whose_arguments_interleave_are_told_apart() -> None:
    def added(call_id: str, item_id: str) -> dict[str, Any]:
        return {"type": "response.output_item.added", "item": function_call(call_id, "", item_id)}

    def arguments(text: str, item_id: str) -> dict[str, Any]:
        return {"type": "response.function_call_arguments.delta", "item_id": item_id, "delta": text}

    events = await answered(
        added("c1", "fc_1"), added("c2", "fc_2"),
        arguments('{"win', "fc_1"), arguments('{"window": 2', "fc_2"),
        arguments('dow": 1}', "fc_1"), arguments("}", "fc_2"),
        completed(),
    )  # fmt: skip

    assert [event for event in events if event["type"] == "tool_call"] == [
        {"type": "tool_call", "id": "c1", "name": "get_beta", "arguments": {"window": 1}},
        {"type": "tool_call", "id": "c2", "name": "get_beta", "arguments": {"window": 2}},
    ]
    assert events[-1] == {"type": "step_end", "finish_reason": "tool_calls", "provider_items": None}


async def test_a_response_that_comes_only_with_its_closing_event_is_read_from_it() -> None:
    events = await answered(completed(output=[MESSAGE, function_call("c1", '{"window": 63}')]))

    assert events[0] == {"type": "text_delta", "delta": "Hello"}
    assert events[1] == {"type": "tool_call", "id": "c1", "name": "get_beta", "arguments": {"window": 63}}


async def test_a_call_is_given_once_though_it_is_told_twice() -> None:
    call = function_call("c1", "{}")
    events = await answered(item_done(call), item_done(call), completed(output=[call]))

    assert [event["type"] for event in events] == ["tool_call", "usage", "step_end"]


@pytest.mark.parametrize(
    "arguments",
    ['{"window": ', "[1]", '"text"', '{"x": NaN}', '{"x": 1e400}', "{" * 5000, '{"x": "' + "a" * 40_000 + '"}'],
)
async def test_arguments_that_are_no_finite_object_are_marked(arguments: str) -> None:
    events = await answered(item_done(function_call("c1", arguments)), completed())

    assert events[0]["type"] == "tool_call"
    assert events[0]["arguments"] == {}
    assert events[0]["invalid"] == arguments


async def test_two_messages_in_one_response_stand_in_paragraphs() -> None:
    events = await answered(delta("First.", "msg_1"), delta("Second.", "msg_2"), completed())

    assert [event["delta"] for event in events if event["type"] == "text_delta"] == ["First.", "\n\nSecond."]


async def test_a_refusal_is_shown_and_named() -> None:
    events = await answered(
        {"type": "response.refusal.delta", "item_id": "msg_1", "delta": "I cannot help with that."}, completed()
    )

    assert events[0] == {"type": "text_delta", "delta": "I cannot help with that."}
    assert events[-1]["type"] == "step_end"
    assert events[-1]["finish_reason"] == "refused"


@pytest.mark.parametrize(("reason", "finish"), [("max_output_tokens", "length"), ("content_filter", "refused")])
async def test_an_incomplete_response_is_not_taken_for_a_whole_one(reason: str, finish: str) -> None:
    closing = {
        "type": "response.incomplete",
        "response": {"usage": USAGE, "incomplete_details": {"reason": reason}},
    }
    events = await answered(delta("Half an ans"), closing)

    assert events[-1]["type"] == "step_end"
    assert events[-1]["finish_reason"] == finish


async def test_a_server_that_calls_a_cut_response_completed_is_found_out() -> None:
    full = {**USAGE, "output_tokens": 64}
    async with opened(stream(delta("Half an ans"), completed(usage=full))) as (client, _):
        events = await collect(client, model="gpt-4.1", metadata=CallMetadata(max_output_tokens=64))

    assert events[-1]["type"] == "step_end"
    assert events[-1]["finish_reason"] == "length"


async def test_unknown_events_and_items_pass_by() -> None:
    events = await answered(
        {"type": "response.hologram.delta", "delta": "x"},
        item_done({"type": "hologram", "id": "h"}),
        delta("Hi"),
        {"type": "response.output_text.delta"},
        completed(),
    )

    assert [event["type"] for event in events] == ["text_delta", "usage", "step_end"]


async def test_reasoning_is_kept_with_what_follows_it_and_goes_back_as_it_came() -> None:
    call = function_call("c1", '{"window": 63}')
    async with opened(
        stream(item_done(REASONING), item_done(call), completed()), stream(delta("It is 1.2."), completed())
    ) as (client, server):
        first = await collect(client, model="gpt-5-mini", tools=[TOOL])
        assert first[-1]["type"] == "step_end"
        kept = first[-1]["provider_items"]
        assert kept == {"provider": "openai", "model": "gpt-5-mini", "items": [REASONING, call]}
        await collect(client, [*QUESTION, *_called(kept)], model="gpt-5-mini")

    assert server.requests[1]["input"][2:] == [
        REASONING,
        call,
        {"type": "function_call_output", "call_id": "c1", "output": '{"beta": 1.2}'},
    ]


async def test_reasoning_never_goes_to_another_model() -> None:
    kept = ProviderItems(provider="openai", model="gpt-5-mini", items=[REASONING, function_call("c1", "{}")])
    async with opened(stream(delta("Hi"), completed())) as (client, server):
        await collect(client, [*QUESTION, *_called(kept)], model="gpt-5.1")

    sent = server.requests[0]["input"]
    assert "gAAA" not in json.dumps(sent)
    assert [item["type"] for item in sent] == ["message", "message", "function_call", "function_call_output"]


async def test_reasoning_that_nothing_follows_is_left_out() -> None:
    events = await answered(delta("Hi"), item_done(MESSAGE), item_done(REASONING), completed())

    assert events[-1]["type"] == "step_end"
    assert events[-1]["provider_items"] is None


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (failing(401, {"code": "invalid_api_key", "message": f"Incorrect API key: {SECRET}"}), Unauthorized),
        (failing(403, {"message": "no"}), Unauthorized),
        (failing(429, {"code": "insufficient_quota", "message": "no money"}), Unauthorized),
        (failing(429, {"code": "rate_limit_exceeded", "message": "slow"}), RateLimited),
        (failing(500, {"message": "boom"}), Overloaded),
        (failing(529, {"message": "busy"}), Overloaded),
        (failing(408, {"message": "late"}), TimedOut),
        (failing(400, {"code": "context_length_exceeded", "message": "long"}), ContextTooLong),
        (failing(400, {"code": 400, "type": "exceed_context_size_error", "message": "long"}), ContextTooLong),
        (failing(400, {"code": "bad_thing", "message": f"key {SECRET} and more"}), BadRequest),
        (failing(402, {"message": "no money"}), Unauthorized),
        (failing(413, {"message": "too large"}), ContextTooLong),
        (failing(404, {"code": "model_not_found", "message": "no such model"}), UnknownModel),
        (Reply(502, [b"<html>Bad gateway</html>"]), Overloaded),
    ],
)  # fmt: skip
async def test_every_refusal_of_a_request_has_a_name_and_tells_no_key(reply: Reply, kind: type[LLMError]) -> None:
    failure = await refused(reply)

    assert type(failure) is kind
    assert SECRET not in failure.cause
    assert SECRET not in failure.message


@pytest.mark.parametrize(("header", "seconds"), [("2", 2.0), ("0.5", 0.5), ("soon", None), ("-3", 0.0)])
async def test_the_wait_that_a_provider_asks_for_is_read(header: str, seconds: float | None) -> None:
    failure = await refused(failing(429, {"message": "slow"}, retry_after=header))

    assert failure.retry_after_seconds == seconds


async def test_a_wait_until_a_date_is_read() -> None:
    failure = await refused(failing(503, {"message": "slow"}, retry_after="Thu, 01 Jan 2099 00:00:00 GMT"))

    assert failure.retry_after_seconds is not None
    assert failure.retry_after_seconds > 1e6


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"type": "response.failed", "response": {"error": {"code": "server_error", "message": "x"}}}, Overloaded),
        ({"type": "response.failed", "response": {"error": {"code": "rate_limit_exceeded"}}}, RateLimited),
        ({"type": "error", "code": "context_length_exceeded", "message": "x"}, ContextTooLong),
        ({"type": "error", "error": {"code": "server_error", "message": "x"}}, Overloaded),
    ],
)
async def test_an_error_after_the_stream_began_has_a_name(event: dict[str, Any], kind: type[LLMError]) -> None:
    async with opened(stream(delta("Hel"), event)) as (client, _):
        events = client.stream_response(QUESTION)
        assert await anext(events) == {"type": "text_delta", "delta": "Hel"}
        with pytest.raises(LLMError) as raised:
            await anext(events)

    assert type(raised.value) is kind


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        sse(delta("lo"))[:-20],
        b'data: {"type": "response.completed", \n\n',
        "data: \u00fc".encode()[:-1],
        b"data: [DONE]\n\n",
    ],
)
async def test_bytes_that_end_without_a_closing_event_are_a_cut_stream(tail: bytes) -> None:
    failure = await refused(Reply(chunks=[sse(delta("Hel")), tail]))

    assert type(failure) is StreamCut


async def test_a_body_shorter_than_announced_is_a_cut_stream() -> None:
    failure = await refused(Reply(chunks=[sse(delta("Hel"))], headers={"content-length": "5000"}))

    assert type(failure) is StreamCut


async def test_single_bytes_and_split_characters_give_the_same_text() -> None:
    whole = b"".join([sse(delta("Größe ")), sse(delta("😀 12 %")), sse(completed())])
    async with opened(Reply(chunks=[whole[i : i + 1] for i in range(len(whole))])) as (client, _):
        events = await collect(client)

    assert "".join(event["delta"] for event in events if event["type"] == "text_delta") == "Größe 😀 12 %"


async def test_a_provider_that_falls_silent_is_given_up() -> None:
    failure = await refused(Reply(chunks=[sse(delta("Hel")), STALL]), provider_silence_seconds=0.05)

    assert type(failure) is TimedOut


async def test_a_provider_that_never_begins_is_given_up() -> None:
    failure = await refused(Reply(chunks=[STALL]), provider_first_event_seconds=0.05)

    assert type(failure) is TimedOut


async def test_thinking_may_take_longer_than_a_pause_in_an_answer() -> None:
    reply = Reply(chunks=[sse({"type": "response.created"}), STALL])
    failure = await refused(reply, provider_silence_seconds=0.01, provider_first_event_seconds=0.3)

    assert failure.cause == "silent for 0.3 s"


async def test_a_server_that_is_not_there_is_out_of_order() -> None:
    async with opened() as (client, server):
        pass
    client = OpenAIClient(Settings(_env_file=None, openai_base_url=server.url))  # type: ignore[call-arg]
    with pytest.raises(Overloaded):
        await collect(client)
    await client.close()


async def test_closing_the_iterator_ends_the_provider_stream() -> None:
    async with opened(Reply(chunks=[sse(delta("Hel")), STALL])) as (client, server):
        events = client.stream_response(QUESTION)
        await anext(events)
        await events.aclose()
        async with asyncio.timeout(5):
            while not server.closed_by_client:  # noqa: ASYNC110 - the other end of a socket offers no event
                await asyncio.sleep(0.01)


def _called(kept: ProviderItems | None) -> list[LLMMessage]:
    assert kept is not None
    call = AssistantToolCall(id="c1", name="get_beta", arguments={"window": 63})
    return [
        AssistantMessage(role="assistant", content="", tool_calls=[call], provider_items=kept),
        ToolMessage(role="tool", tool_call_id="c1", name="get_beta", content='{"beta": 1.2}'),
    ]
