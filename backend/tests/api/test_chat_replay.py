"""A turn outlives its reader: what was missed comes later, exactly once, from whichever process is asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import psycopg
import pytest

from app.agent import journal
from app.config import Settings
from app.main import create_app
from tests.agent.scripted import FakeToolBox, ScriptedClient, ScriptedClients, answer, call, end, gives, text, usage
from tests.api.chat_fixtures import Chat, OpenChat
from tests.api.chat_server import serving


def two_tools_then_text() -> ScriptedClient:
    return ScriptedClient(
        [*text("Let me look."), call("get_beta", "c1"), call("get_risk", "c2"), usage(1, 1), end("tool_calls")],
        answer("Your ", "beta ", "is ", "1.2."),
    )


TOOLS = FakeToolBox(get_beta=gives({"beta": 1.2}), get_risk=gives({"risk": 0.2}))
EVENT_COUNT = 11


@pytest.mark.parametrize("left_after", range(1, EVENT_COUNT + 1))
async def test_who_leaves_after_any_event_gets_exactly_the_rest(open_chat: OpenChat, left_after: int) -> None:
    async with open_chat(two_tools_then_text(), TOOLS) as chat:
        seen = await chat.ask("How risky is it?", leave_after=left_after)
        rest = await chat.resume(seen.run_id, after=left_after)
        whole = await chat.resume(seen.run_id)

        assert [event.id for event in whole.events] == list(range(1, EVENT_COUNT + 1))
        assert seen.events + rest.events == whole.events
        assert len(await chat.messages()) == 2


async def test_who_comes_in_the_middle_gets_what_was_and_what_follows(open_chat: OpenChat) -> None:
    gate = asyncio.Event()
    async with open_chat(ScriptedClient([*text("Half an "), gate, *answer("answer.")]), FakeToolBox()) as chat:
        first = asyncio.create_task(chat.ask("Well?"))
        run_id = await chat.until_running()
        second = asyncio.create_task(chat.resume(run_id))
        third = asyncio.create_task(chat.resume(run_id, after=1))
        gate.set()

        whole = (await first).events
        assert (await second).events == whole
        assert (await third).events == whole[1:]


@pytest.mark.parametrize("garbage", ["", "x", "-1", "1.5", "99999999999", "1 2"])
async def test_an_event_id_that_none_was_given_is_malformed(open_chat: OpenChat, garbage: str) -> None:
    async with open_chat(ScriptedClient(answer("Hi.")), FakeToolBox()) as chat:
        run_id = (await chat.ask("Hello?")).run_id
        refused = await chat.resume(run_id, after=garbage)

        assert (refused.status, refused.events[0].data["error"]) == (400, "malformed_request")


async def test_a_run_that_is_not_there_is_not_found(open_chat: OpenChat) -> None:
    async with open_chat(ScriptedClient(), FakeToolBox()) as chat:
        refused = await chat.resume("00000000-0000-0000-0000-000000000000")

        assert refused.status == 404


async def test_another_process_follows_a_turn_while_it_runs(open_chat: OpenChat, settings: Settings) -> None:
    gate = asyncio.Event()
    client = ScriptedClient([*text("Half an "), gate, *answer("answer.")])
    async with open_chat(client, FakeToolBox()) as chat, second_process(settings, chat) as elsewhere:
        here = asyncio.create_task(chat.ask("Well?"))
        run_id = await chat.until_running()
        there = asyncio.create_task(elsewhere.resume(run_id))
        gate.set()

        assert (await there).events == (await here).events


async def test_another_process_stops_a_turn(open_chat: OpenChat, settings: Settings) -> None:
    client = ScriptedClient([*text("Half an "), asyncio.Event()])
    async with open_chat(client, FakeToolBox()) as chat, second_process(settings, chat) as elsewhere:
        reading = asyncio.create_task(chat.ask("Well?"))
        run_id = await chat.until_running()
        assert (await elsewhere.stop(run_id))["status"] == "running"

        assert (await reading).events[-1].data["finish_reason"] == "stopped"
        assert client.open_streams == 0


async def test_a_stopped_turn_keeps_what_was_said(open_chat: OpenChat) -> None:
    client = ScriptedClient([*text("Half an "), asyncio.Event()], answer("Better."))
    async with open_chat(client, FakeToolBox()) as chat:
        reading = asyncio.create_task(chat.ask("Well?"))
        run_id = await chat.until_running()
        await chat.until(run_id, "message")
        await chat.stop(run_id)
        done = (await reading).events[-1]
        _, assistant = await chat.messages()

        assert (done.type, done.data["finish_reason"], done.data["final_text"]) == ("done", "stopped", "Half an ")
        assert (assistant["content"], assistant["finish_reason"]) == ("Half an ", "stopped")
        assert (await chat.stop(run_id))["status"] == "stopped"
        assert (await chat.ask("Go on?")).text == "Better."


async def test_a_turn_stopped_before_a_word_says_so(open_chat: OpenChat) -> None:
    async with open_chat(ScriptedClient([asyncio.Event()]), FakeToolBox()) as chat:
        reading = asyncio.create_task(chat.ask("Well?"))
        await chat.stop(await chat.until_running())
        done = (await reading).events[-1]
        _, assistant = await chat.messages()

        assert (done.data["finish_reason"], done.data["final_text"]) == ("stopped", "")
        assert assistant["content"] == "Stopped before there was an answer."
        assert assistant["parts"] == []


async def test_a_tool_that_is_stopped_leaves_nobody_waiting(open_chat: OpenChat) -> None:
    async def never(arguments: object) -> None:
        await asyncio.Event().wait()

    toolbox = FakeToolBox(slow=never)
    async with open_chat(ScriptedClient([call("slow", "c1"), end("tool_calls")]), toolbox) as chat:
        reading = asyncio.create_task(chat.ask("Well?"))
        run_id = await chat.until_running()
        await chat.until(run_id, "tool_call")
        await chat.stop(run_id)
        events = (await reading).events

        assert [event.type for event in events] == ["start", "tool_call", "tool_result", "done"]
        assert events[2].data["error"]["code"] == "turn_ended"
        assert toolbox.running == 0


async def test_a_server_that_goes_ends_its_turns_as_retryable(open_chat: OpenChat) -> None:
    client = ScriptedClient([*text("Half an "), asyncio.Event()])
    async with open_chat(client, FakeToolBox()) as chat:
        reading = asyncio.create_task(chat.ask("Well?"))
        run_id = await chat.until_running()
        await chat.until(run_id, "message")
        chat.app.state.runs.begin_shutdown()
        error = (await reading).events[-1]
        refused = await chat.ask("And now?")
        _, assistant = await chat.messages()

    assert (error.type, error.data["code"], error.data["retryable"]) == ("error", "server_restarting", True)
    assert (refused.status, refused.events[0].data["error"]) == (503, "server_restarting")
    assert (assistant["content"], assistant["finish_reason"]) == ("Half an ", "error")


async def test_the_stream_of_a_person_who_was_removed_ends(
    open_chat: OpenChat, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "RENEW_SECONDS", 0.05)
    client = ScriptedClient([*text("Half an "), asyncio.Event()])
    async with open_chat(client, FakeToolBox()) as chat:
        reading = asyncio.create_task(chat.ask("Well?"))
        await chat.until(await chat.until_running(), "message")
        # Not from this thread: it waits for the journal's locks, and the journal runs here
        await asyncio.to_thread(_remove, chat.user.id, settings)
        last = (await reading).events[-1]

        assert (last.type, last.data["code"], last.data["retryable"]) == ("error", "run_gone", False)
        assert client.open_streams == 0


def _remove(user_id: UUID, settings: Settings) -> None:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("delete from users where id = %s", [user_id])


@asynccontextmanager
async def second_process(settings: Settings, chat: Chat) -> AsyncIterator[Chat]:
    """The same person at another process of the same deployment: its own connections, the same database."""
    app = create_app(settings, clients=ScriptedClients(ScriptedClient()), toolbox=FakeToolBox())
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, headers=chat.http.headers, timeout=20) as http,
    ):
        yield Chat(http, app, chat.user, chat.conversation_id)
