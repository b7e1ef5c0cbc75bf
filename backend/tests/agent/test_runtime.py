"""The loop, with a scripted model and made-up tools: no HTTP, no database."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any, cast
from uuid import uuid4

import pytest

from app.agent import model_call, runtime, turn_tools
from app.agent.llm_client import (
    CallMetadata,
    Choice,
    ContextTooLong,
    LLMError,
    Overloaded,
    ProviderItems,
    RateLimited,
    Refused,
    StreamCut,
    TimedOut,
    ToolCall,
    Unauthorized,
    UserMessage,
)
from app.agent.runtime import EmptyAnswer, Turn
from app.agent.sections import Context, Section, piece
from app.agent.snapshot import replay
from app.agent.tools.contract import ToolContext
from app.db import Database, Scope
from app.schemas.chat import RunEvent, ToolCallEvent, ToolResultEvent
from tests.agent.scripted import (
    Action,
    FakeToolBox,
    ScriptedClient,
    answer,
    call,
    end,
    fails,
    gives,
    text,
    usage,
    waits_for,
)

NOBODY = ToolContext(cast(Database, None), Scope(uuid4(), uuid4()), None)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_call, "BASE_PAUSE_SECONDS", 0.0)


def turn_of(client: ScriptedClient, toolbox: FakeToolBox | None = None) -> Turn:
    return Turn(Choice(client, client.default_model), toolbox or FakeToolBox(), NOBODY, CallMetadata())


async def played(turn: Turn) -> list[RunEvent]:
    async with aclosing(turn.events(Context())) as events:
        return [event async for event in events]


async def outcome(*steps: Sequence[Action], toolbox: FakeToolBox | None = None) -> tuple[Turn, list[RunEvent]]:
    turn = turn_of(ScriptedClient(*steps), toolbox)
    return turn, await played(turn)


async def failure(*steps: Sequence[Action]) -> tuple[Turn, LLMError]:
    turn = turn_of(ScriptedClient(*steps))
    with pytest.raises(LLMError) as raised:
        await played(turn)
    return turn, raised.value


def using(*calls: ToolCall) -> list[Action]:
    return [*calls, usage(10, 5), end("tool_calls")]


async def test_what_was_streamed_is_the_final_text() -> None:
    turn, events = await outcome(
        [*text("\n Looking", " it up.\n"), *using(call("get_beta", "c1"))],
        answer("\n", "\nIt is ", "1.2."),
        toolbox=FakeToolBox(get_beta=gives({"beta": 1.2})),
    )

    done = turn.done().data
    assert done.final_text == "Looking it up.\n\n\nIt is 1.2."
    assert done.final_text == "".join(event.data.delta for event in events if event.type == "message")
    assert replay(events).parts == turn.snapshot.parts
    assert [part.type for part in turn.snapshot.parts] == ["text", "tool", "text"]


async def test_the_model_is_shown_the_whole_turn_with_proper_outputs() -> None:
    client = ScriptedClient(using(call("get_beta", "c1", window=63), call("get_nothing", "c2")), answer("1.2"))
    turn = turn_of(client, FakeToolBox(get_beta=gives({"beta": 1.2})))
    await played(turn)

    assert client.asked[1] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "c1", "name": "get_beta", "arguments": {"window": 63}},
                {"id": "c2", "name": "get_nothing", "arguments": {}},
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "name": "get_beta", "content": '{"beta":1.2}'},
        {
            "role": "tool",
            "tool_call_id": "c2",
            "name": "get_nothing",
            "content": '{"error":{"code":"unknown_tool","message":"There is no tool get_nothing."}}',
        },
    ]
    assert turn.transcript == [*client.asked[1], {"role": "assistant", "content": "1.2"}]


async def test_tools_of_one_step_run_side_by_side_and_report_as_they_finish() -> None:
    gate = asyncio.Event()

    async def opens(arguments: dict[str, Any]) -> str:
        gate.set()
        return "second"

    toolbox = FakeToolBox(slow=waits_for(gate, "first"), quick=opens)
    turn, events = await outcome(using(call("slow", "c1"), call("quick", "c2")), answer("Done."), toolbox=toolbox)

    assert [event.data.result for event in events if event.type == "tool_result"] == ["second", "first"]
    outputs = [message["content"] for message in turn.transcript if message["role"] == "tool"]
    assert outputs == ['"first"', '"second"']


async def test_the_same_call_is_carried_out_once() -> None:
    toolbox = FakeToolBox(get_beta=gives(1.2))
    same = {"portfolio": "Growth", "window": 63}
    turn, events = await outcome(
        using(call("get_beta", "c1", **same), call("get_beta", "c2", **dict(reversed(same.items())))),
        using(call("get_beta", "c3", **same)),
        answer("1.2"),
        toolbox=toolbox,
    )

    assert len(toolbox.calls) == 1
    assert [event.data.result for event in events if event.type == "tool_result"] == [1.2, 1.2, 1.2]
    assert turn.done().data.tool_calls_count == 3


async def test_a_call_that_failed_may_be_made_again() -> None:
    toolbox = FakeToolBox(get_beta=fails("not now"))
    await outcome(using(call("get_beta", "c1")), using(call("get_beta", "c2")), answer("No."), toolbox=toolbox)

    assert len(toolbox.calls) == 2


async def test_arguments_that_could_not_be_read_are_explained_and_not_run() -> None:
    toolbox = FakeToolBox(get_beta=gives(1.2))
    broken = ToolCall(type="tool_call", id="c1", name="get_beta", arguments={}, invalid='{"x": ')
    _, events = await outcome(using(broken), answer("Sorry."), toolbox=toolbox)

    assert toolbox.calls == []
    result = next(event for event in events if isinstance(event, ToolResultEvent))
    assert result.data.error is not None
    assert result.data.error.code == "invalid_arguments"


async def test_the_last_step_forbids_tools_so_that_a_turn_ends_in_an_answer() -> None:
    steps = [using(call("get_beta", f"c{number}", window=number)) for number in range(runtime.MAX_STEPS - 1)]
    client = ScriptedClient(*steps, [*text("That is it."), *using(call("get_beta", "more"))])
    turn = turn_of(client, FakeToolBox(get_beta=gives(1.2)))
    events = await played(turn)

    assert [metadata.tool_choice for metadata in client.metadata] == ["auto"] * 7 + ["none"]
    assert turn.done().data.finish_reason == "tool_limit"
    assert sum(isinstance(event, ToolCallEvent) for event in events) == runtime.MAX_STEPS - 1
    assert turn.transcript[-1] == {"role": "assistant", "content": "That is it."}


async def test_calls_beyond_the_limit_are_not_carried_out() -> None:
    toolbox = FakeToolBox(get_beta=gives(1.2))
    calls = [call("get_beta", f"c{number}", window=number) for number in range(200)]
    turn, events = await outcome(using(*calls), answer("Enough."), toolbox=toolbox)

    assert len(toolbox.calls) == turn_tools.MAX_CALLS
    codes = [event.data.error.code for event in events if event.type == "tool_result" and event.data.error]
    assert codes == ["tool_limit"] * (200 - turn_tools.MAX_CALLS)
    assert turn.done().data.finish_reason == "tool_limit"


async def test_calls_of_later_steps_get_ids_of_their_own() -> None:
    own = ProviderItems(provider="scripted", model="scripted-1", items=[{"type": "reasoning"}])
    turn, events = await outcome(
        using(call("get_beta", "call_0", window=1)),
        [call("get_beta", "call_0", window=2), end("tool_calls", own)],
        answer("Done."),
        toolbox=FakeToolBox(get_beta=gives(1.2)),
    )

    ids = [event.data.tool_call_id for event in events if isinstance(event, ToolCallEvent)]
    assert len(set(ids)) == 2
    assert all(part.duration_ms is not None for part in turn.snapshot.parts if part.type == "tool")
    assert not any("provider_items" in message for message in turn.transcript)


async def test_an_empty_answer_is_asked_for_again_without_tools() -> None:
    client = ScriptedClient([end()], answer("Here it is."))
    turn = turn_of(client)
    await played(turn)

    assert turn.done().data.final_text == "Here it is."
    assert client.metadata[1].tool_choice == "none"


async def test_an_answer_that_stays_empty_is_a_failure() -> None:
    _, error = await failure([*text(" \n"), end()], [end()])

    assert isinstance(error, EmptyAnswer)
    assert error.retryable


async def test_words_before_a_tool_call_are_no_answer() -> None:
    toolbox = FakeToolBox(get_beta=gives(1.2))
    turn = turn_of(ScriptedClient([*text("Let me look."), *using(call("get_beta", "c1"))], [end()], [end()]), toolbox)
    with pytest.raises(EmptyAnswer):
        await played(turn)
    assert turn.snapshot.text == "Let me look."


async def test_a_refusal_without_words_is_a_failure_of_its_own() -> None:
    _, error = await failure([end("refused")])

    assert isinstance(error, Refused)


@pytest.mark.parametrize("reason", ["length", "refused"])
async def test_how_the_model_ended_is_how_the_turn_ended(reason: Any) -> None:
    turn, _ = await outcome([*text("So far"), end(reason)])

    assert turn.done().data.finish_reason == reason


async def test_failures_before_the_first_event_are_tried_again() -> None:
    turn, _ = await outcome([RateLimited()], [Overloaded()], answer("At last."))

    attempts = [(attempt.model, attempt.outcome) for attempt in turn.done().data.attempts]
    assert attempts == [
        ("scripted-1", "provider_rate_limited"),
        ("scripted-1", "provider_overloaded"),
        ("scripted-1", "answered"),
    ]


async def test_there_is_an_end_to_trying() -> None:
    turn, error = await failure([Overloaded()], [Overloaded()], [RateLimited()])

    assert isinstance(error, RateLimited)
    assert len(turn.attempts.entries) == 3


@pytest.mark.parametrize("error", [Unauthorized(), TimedOut(), RateLimited(retry_after_seconds=600)])
async def test_what_would_not_help_is_not_tried_again(error: LLMError) -> None:
    turn, raised = await failure([error], answer("never asked for"))

    assert raised is error
    assert len(turn.attempts.entries) == 1


async def test_a_provider_that_says_when_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(model_call.asyncio, "sleep", note)
    await outcome([RateLimited(retry_after_seconds=2)], [RateLimited(retry_after_seconds=3)], answer("Now."))

    assert [pause for pause in pauses if pause] == [2, 3]


async def test_text_that_was_shown_is_never_repeated() -> None:
    turn, error = await failure([*text("Half an "), StreamCut()], answer("never asked for"))

    assert isinstance(error, StreamCut)
    assert turn.snapshot.text == "Half an "
    assert turn.transcript_so_far() == [{"role": "assistant", "content": "Half an "}]


async def test_usage_is_the_sum_of_all_steps() -> None:
    turn, _ = await outcome(using(call("get_beta", "c1")), answer("1.2"), toolbox=FakeToolBox(get_beta=gives(1.2)))

    used = turn.done().data.usage
    assert (used.input_tokens, used.output_tokens, used.cost_usd) == (110, 15, None)
    timings = turn.stopwatch.timings()
    assert len(timings["step_ms"]) == 2
    assert timings["first_token_ms"] <= timings["total_ms"]


async def test_characters_that_cannot_be_stored_are_left_out() -> None:
    turn, events = await outcome(
        [*text("\ud83d", "\ude00 a\x00b\udc00"), call("get_beta", "c1"), end("tool_calls")],
        answer("Done."),
        toolbox=FakeToolBox(get_beta=gives({"na\x00me": ["\ud800x"]})),
    )

    assert turn.snapshot.text.startswith("😀 ab")
    result = next(event for event in events if isinstance(event, ToolResultEvent))
    assert result.data.result == {"name": ["x"]}


async def test_breaking_off_ends_the_providers_stream() -> None:
    client = ScriptedClient([*text("Hel"), asyncio.Event()])
    turn = turn_of(client)
    await _cancelled_after_first_event(turn)

    assert client.open_streams == 0
    assert turn.transcript_so_far() == [{"role": "assistant", "content": "Hel"}]


async def test_breaking_off_ends_the_tools_that_run() -> None:
    toolbox = FakeToolBox(slow=waits_for(asyncio.Event()))
    turn = turn_of(ScriptedClient(using(call("slow", "c1"), call("slow", "c2", other=True))), toolbox)
    await _cancelled_after_first_event(turn)

    assert toolbox.running == 0
    assert [part.tool_call_id for part in turn.snapshot.pending_tools] == ["c1", "c2"]
    assert turn.transcript_so_far() == []


async def _cancelled_after_first_event(turn: Turn) -> None:
    has_begun = asyncio.Event()

    async def consume() -> None:
        async with aclosing(turn.events(Context())) as events:
            async for _ in events:
                has_begun.set()

    task = asyncio.create_task(consume())
    await has_begun.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


def given(*turns: str) -> Context:
    pieces = tuple(piece(UserMessage(role="user", content=text)) for text in turns)
    return Context((Section("history", pieces), Section("question", (piece(UserMessage(role="user", content="?")),))))


async def test_a_step_that_is_too_long_for_the_model_is_asked_once_more_with_half_of_the_history() -> None:
    client = ScriptedClient(using(call("get_beta", "c1")), [ContextTooLong("400")], answer("It is 1.2."))
    turn = turn_of(client, FakeToolBox(get_beta=gives(1.2)))
    async with aclosing(turn.events(given("One?", "Two?"))) as events:
        shown = [event async for event in events]

    assert [message["content"] for message in client.asked[2] if message["role"] == "user"] == ["Two?", "?"]
    assert client.asked[2][-1]["role"] == "tool"
    assert replay(shown).text == "It is 1.2."
    assert [entry.outcome for entry in turn.attempts.entries] == ["answered", "context_too_long", "answered"]


@pytest.mark.parametrize(
    ("before", "steps"),
    [
        (["One?", "Two?"], [[ContextTooLong("400")], [ContextTooLong("400")]]),
        ([], [[ContextTooLong("400")]]),
        (["One?", "Two?"], [[*text("Half an "), ContextTooLong("400")]]),
    ],
)
async def test_what_is_too_long_even_so_ends_the_turn(before: list[str], steps: list[list[Action]]) -> None:
    client = ScriptedClient(*steps)
    with pytest.raises(ContextTooLong):
        async with aclosing(turn_of(client).events(given(*before))) as events:
            [event async for event in events]

    assert client.is_spent
