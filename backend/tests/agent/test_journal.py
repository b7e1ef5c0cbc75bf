"""Events of many runs in one write: shown once stored, never twice, and no run's trouble is another's."""

import asyncio
import json
from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from app.agent import journal, run_log
from app.agent.runs import Runs
from app.agent.snapshot import replay
from app.db import Database
from app.models import User
from app.repositories import run as run_repository
from app.repositories.run import EventToStore
from app.schemas.chat import (
    MessageData,
    MessageEvent,
    RunEvent,
    SendIn,
    ToolCallData,
    ToolCallEvent,
)
from tests.agent.processes import conversation_of, process, read, until_stored
from tests.agent.scripted import Action, FakeToolBox, ScriptedClient, answer, call, end, gives, text
from tests.builders import make_user, scope_of


@pytest.fixture
async def user(database: Database) -> User:
    return await make_user(database)


async def begin(runs: Runs, database: Database, user: User) -> UUID:
    conversation = await conversation_of(database, user)
    return await runs.start(scope_of(user), SendIn(conversation_id=conversation.id, text="Well?"), None)


class Broken:
    """A database that takes nothing until it is mended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._store = run_repository.append_events_of_all
        self.asked = asyncio.Event()
        self.is_mended = False
        monkeypatch.setattr(run_repository, "append_events_of_all", self)
        monkeypatch.setattr(journal, "RETRY_SECONDS", 0.01)

    async def __call__(self, database: Database, owner: str, events: Sequence[EventToStore]) -> object:
        self.asked.set()
        if not self.is_mended:
            raise OperationalError("append", None, Exception("gone"))
        return await self._store(database, owner, events)


async def test_nothing_is_shown_before_it_is_stored(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Broken(monkeypatch)
    async with process(database, ScriptedClient([*text("One two "), asyncio.Event()])) as runs:
        run_id = await begin(runs, database, user)
        await broken.asked.wait()
        live = runs._live[run_id]
        assert [logged.event.type for logged in live.log._shown] == ["start"]

        broken.is_mended = True
        reading = asyncio.create_task(read(runs, user, run_id))
        await runs.stop(scope_of(user), run_id)
        events = await reading

    assert [logged.sequence for logged in events] == list(range(1, len(events) + 1))
    assert replay(logged.event for logged in events).text == "One two "


async def test_a_first_word_after_tools_is_not_gathered(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "GATHER_SECONDS", 600.0)
    client = ScriptedClient([call("get_beta", "c1"), end("tool_calls")], answer("It is 1.2."))
    async with process(database, client, FakeToolBox(get_beta=gives({"beta": 1.2}))) as runs:
        events = await read(runs, user, await begin(runs, database, user))

    assert replay(logged.event for logged in events).text == "It is 1.2."


async def test_a_steps_first_word_is_stored_before_more_is_read(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that says all at once would else keep everybody from the first word until it has said the last."""
    together: list[str] = []
    store = run_repository.append_events_of_all

    async def noted(database: Database, owner: str, events: Sequence[EventToStore]) -> object:
        together.append("".join(json.loads(event.data).get("delta", "|") for event in events))
        return await store(database, owner, events)

    monkeypatch.setattr(run_repository, "append_events_of_all", noted)
    steps = [*text(*"abcdef"), call("tool", "1"), end("tool_calls")], answer(*"uvwxyz")
    async with process(database, ScriptedClient(*steps), FakeToolBox(tool=gives(2))) as runs:
        events = await read(runs, user, await begin(runs, database, user))

    assert replay(logged.event for logged in events).text == "abcdef\n\nuvwxyz"
    assert together[0] == "a"
    assert any(written.endswith("\n\nu") for written in together)


async def test_a_process_that_cannot_write_for_as_long_as_a_lease_lasts_lets_its_runs_go(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Broken(monkeypatch)
    monkeypatch.setattr(journal, "LEASE", -run_log.LEASE)
    client = ScriptedClient([*text("One "), asyncio.Event()])
    async with process(database, client) as runs:
        await begin(runs, database, user)
        await asyncio.gather(*runs._tasks)

        assert client.open_streams == 0
        assert runs._journal._logs == {}


async def test_an_event_that_cannot_be_stored_ends_its_own_run_only(database: Database, user: User) -> None:
    gate = asyncio.Event()
    client = ScriptedClient([*text("Fine."), gate, end()], [asyncio.Event()])
    async with process(database, client) as runs:
        good = await begin(runs, database, user)
        await until_stored(runs, scope_of(user), good, "message")
        bad = await begin(runs, database, user)
        poisoned = runs._live[bad]
        # Its task has begun
        await asyncio.sleep(0)
        poisoned.log.append(MessageEvent(data=MessageData(delta="\x00")))
        runs._journal.changed(poisoned.log)
        gate.set()
        events = await read(runs, user, good)
        await asyncio.gather(*runs._tasks)

    assert replay(logged.event for logged in events).text == "Fine."
    assert poisoned._interruption == "lease_lost"


async def test_runs_of_many_people_are_stored_together(database: Database) -> None:
    people = [await make_user(database) for _ in range(5)]
    steps: list[list[Action]] = [answer(*(f"{number} " for number in range(20))) for _ in people]
    async with process(database, ScriptedClient(*steps)) as runs:
        started = [(person, await begin(runs, database, person)) for person in people]
        readings = [await read(runs, person, run_id) for person, run_id in started]

    for events in readings:
        assert [logged.sequence for logged in events] == list(range(1, len(events) + 1))
        assert replay(logged.event for logged in events).text == "".join(f"{number} " for number in range(20))


EVENTS = st.lists(
    st.one_of(
        st.text(max_size=3).map(lambda delta: MessageEvent(data=MessageData(delta=delta))),
        st.just(ToolCallEvent(data=ToolCallData(tool_call_id="c", tool_name="t", tool_args={}))),
    )
)


@given(EVENTS)
def test_merged_events_are_the_same_turn(events: list[RunEvent]) -> None:
    found = run_log.merged(events)

    assert replay(found) == replay(events)
    assert all(
        not (isinstance(one, MessageEvent) and isinstance(other, MessageEvent)) for one, other in pairwise(found)
    )
