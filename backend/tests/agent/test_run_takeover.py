"""Two processes on one database: what happens to a turn when the one that carries it out dies."""

import asyncio
from uuid import UUID

import pytest

from app.agent.live_run import Place
from app.agent.run_takeover import Takeover
from app.db import Database
from app.models import User
from app.schemas.chat import SendIn
from tests.agent.processes import conversation_of, expire, kill, process, read, stored, until_stored
from tests.agent.scripted import (
    Action,
    FakeToolBox,
    ScriptedClient,
    answer,
    call,
    end,
    text,
    waits_for,
)
from tests.builders import make_user, scope_of


async def abandoned(
    database: Database, user: User, *steps: list[Action], at: str, toolbox: FakeToolBox | None = None
) -> UUID:
    """A run whose process died at an event: nothing renews its lease, which has expired."""
    scope = scope_of(user)
    conversation = await conversation_of(database, user)
    async with process(database, ScriptedClient(*steps), toolbox) as runs:
        run_id = await runs.start(scope, SendIn(conversation_id=conversation.id, text="Well?"), None)
        await until_stored(runs, scope, run_id, at)
        await kill(runs)
    await expire(database, scope, run_id)
    return run_id


@pytest.fixture
async def user(database: Database) -> User:
    return await make_user(database)


async def test_another_process_ends_the_turn_and_keeps_what_was_said(database: Database, user: User) -> None:
    run_id = await abandoned(database, user, [*text("Half an "), asyncio.Event()], at="message")
    takeover = Takeover(Place(database, "another"))

    assert await takeover.end_expired() == 1
    run, (question, reply) = await stored(database, user, run_id)
    assert run.status == "failed"
    assert (question.content, reply.content) == ("Well?", "Half an ")
    assert (reply.id, reply.finish_reason) == (run.assistant_message_id, "error")
    assert reply.error is not None
    assert (reply.error["code"], reply.error["retryable"]) == ("run_interrupted", True)
    assert await takeover.end_expired() == 0


async def test_a_turn_that_died_before_its_first_word_says_what_happened(database: Database, user: User) -> None:
    run_id = await abandoned(database, user, [asyncio.Event()], at="start")
    await Takeover(Place(database, "another")).end_expired()

    _, (_, reply) = await stored(database, user, run_id)
    assert reply.content.startswith("The server was interrupted")
    assert reply.parts == []


async def test_the_ending_has_the_number_after_the_last_that_anybody_saw(database: Database, user: User) -> None:
    run_id = await abandoned(database, user, [*text("Half an "), asyncio.Event()], at="message")
    async with process(database, ScriptedClient()) as other:
        reading = asyncio.create_task(read(other, user, run_id, after=2))
        await Takeover(Place(database, "another")).end_expired()
        (last,) = await reading

    assert last.event.type == "error"
    assert last.event.data.retryable
    assert last.sequence == 3


async def test_tools_that_will_not_answer_are_closed(database: Database, user: User) -> None:
    toolbox = FakeToolBox(slow=waits_for(asyncio.Event()))
    steps: list[Action] = [call("slow", "c1"), end("tool_calls")]
    run_id = await abandoned(database, user, steps, at="tool_call", toolbox=toolbox)
    await Takeover(Place(database, "another")).end_expired()

    async with process(database, ScriptedClient()) as other:
        events = await read(other, user, run_id)
    assert [logged.event.type for logged in events] == ["start", "tool_call", "tool_result", "error"]


async def test_of_several_processes_one_takes_over(database: Database, user: User) -> None:
    run_id = await abandoned(database, user, [*text("Half an "), asyncio.Event()], at="message")
    others = [Takeover(Place(database, f"process-{number}")) for number in range(5)]

    assert sum(await asyncio.gather(*(other.end_expired() for other in others))) == 1
    _, messages = await stored(database, user, run_id)
    assert len(messages) == 2


async def test_a_turn_whose_lease_holds_is_left_alone(database: Database, user: User) -> None:
    conversation = await conversation_of(database, user)
    gate = asyncio.Event()
    async with process(database, ScriptedClient([gate, *answer("Done.")])) as runs:
        run_id = await runs.start(scope_of(user), SendIn(conversation_id=conversation.id, text="Well?"), None)

        assert await Takeover(Place(database, "another")).end_expired() == 0
        gate.set()
        assert (await read(runs, user, run_id))[-1].event.type == "done"


async def test_a_process_that_was_paused_too_long_writes_nothing_more(database: Database, user: User) -> None:
    conversation = await conversation_of(database, user)
    scope = scope_of(user)
    gate = asyncio.Event()
    client = ScriptedClient([*text("Half an "), gate, *answer("answer that comes too late.")])
    async with process(database, client) as runs:
        run_id = await runs.start(scope, SendIn(conversation_id=conversation.id, text="Well?"), None)
        await until_stored(runs, scope, run_id, "message")
        reading = asyncio.create_task(read(runs, user, run_id))
        await asyncio.sleep(0)
        await expire(database, scope, run_id)
        await Takeover(Place(database, "another")).end_expired()
        gate.set()
        events = await reading

    run, messages = await stored(database, user, run_id)
    assert (run.status, len(messages), messages[1].content) == ("failed", 2, "Half an ")
    assert events[-1].event.type == "error"
    assert client.open_streams == 0
