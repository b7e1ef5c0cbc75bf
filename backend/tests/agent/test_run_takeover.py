"""Two processes on one database: what happens to a turn when the one that carries it out dies."""

import asyncio
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from app.agent.live_run import Place
from app.agent.run_takeover import Takeover
from app.db import Database
from app.models import ModelUsage, User
from app.schemas.chat import SendIn
from tests.agent.processes import conversation_of, expire, kill, process, read, stored, until_stored
from tests.agent.scripted import (
    Action,
    FakeToolBox,
    ScriptedClient,
    answer,
    call,
    end,
    gives,
    text,
    usage,
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


async def test_what_a_dead_process_had_used_is_in_the_ledger(database: Database, user: User) -> None:
    """Of the call that was under way, that it was made: what it took, and so its cost, stays unknown."""
    look = [*text("Let me look."), call("look", "c1"), usage(120, 30), end("tool_calls")]
    scope, gate = scope_of(user), asyncio.Event()
    conversation = await conversation_of(database, user)
    async with process(database, ScriptedClient(look, [gate]), FakeToolBox(look=gives({"beta": 1.2}))) as runs:
        run_id = await runs.start(scope, SendIn(conversation_id=conversation.id, text="Well?"), None)
        await until_stored(runs, scope, run_id, "tool_result")
        await kill(runs)
    before = await ledger_of(database, user, run_id)
    await expire(database, scope, run_id)
    await Takeover(Place(database, "another")).end_expired()

    assert before == [("answered", 120, 30)]
    assert await ledger_of(database, user, run_id) == [("answered", 120, 30), ("broken_off", None, None)]


async def test_a_reservation_of_a_dead_process_is_charged(database: Database, user: User) -> None:
    """Nobody knows what its call took, and stopping early is no way out of a budget."""
    run_id = await abandoned(database, user, [asyncio.Event()], at="start")
    async with database.session(scope_of(user)) as session:
        await session.execute(
            insert(ModelUsage).values(
                tenant_id=user.tenant_id, user_id=user.id, run_id=run_id, task="chat", provider="scripted",
                model="scripted-1", outcome="open", charged_usd=Decimal("0.5"),
            )
        )  # fmt: skip
    await Takeover(Place(database, "another")).end_expired()

    async with database.session(scope_of(user)) as session:
        (row,) = await session.scalars(select(ModelUsage).where(ModelUsage.run_id == run_id))
    assert (row.outcome, row.cost_usd, row.charged_usd) == ("broken_off", None, Decimal("0.5"))


async def ledger_of(database: Database, user: User, run_id: UUID) -> list[tuple[str, int | None, int | None]]:
    async with database.session(scope_of(user)) as session:
        calls = await session.scalars(
            select(ModelUsage).where(ModelUsage.run_id == run_id).order_by(ModelUsage.created_at)
        )
        return [(one.outcome, one.input_tokens, one.output_tokens) for one in calls]


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
