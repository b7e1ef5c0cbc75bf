"""What becomes of turns and requests when the database fails (FAULTS 34 to 38)."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import OperationalError

from app import db
from app.agent import run_ending
from app.config import Settings
from app.db import Database
from tests.agent.scripted import FakeToolBox, ScriptedClient, answer
from tests.api.chat_fixtures import OpenChat
from tests.api.chat_server import Reading, read, serving
from tests.api.paced_server import paced_app
from tests.builders import auth_headers, make_user

TURNS = 12


@asynccontextmanager
async def people_at(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Each with an e-mail address of their own, at one server."""
    async with serving(app) as url, AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=url, headers=auth_headers(await make_user(database), settings), timeout=60)
            )
            for _ in range(TURNS)
        ]


async def conversation(client: httpx.AsyncClient) -> str:
    return str((await client.post("/api/v1/chat/conversations", json={})).json()["id"])


async def ask(client: httpx.AsyncClient, conversation_id: str, text: str) -> Reading:
    sent = {"conversation_id": conversation_id, "text": text}
    return await read(client, "POST", "/api/v1/chat/send", json=sent)


async def test_turns_survive_a_database_that_is_killed(settings: Settings, database: Database) -> None:
    """Row 34. One of its processes is killed: PostgreSQL ends all others and recovers from its log."""
    forget_nothing(settings)
    roomy = settings.model_copy(update={"database_pool_size": TURNS})
    async with people_at(paced_app(roomy, 0.05), settings, database) as people:
        conversations = [await conversation(person) for person in people]
        asking = [
            asyncio.create_task(ask(person, conversation_id, "Well?"))
            for person, conversation_id in zip(people, conversations, strict=True)
        ]
        while len(running := await running_turns(settings)) < TURNS:  # noqa: ASYNC110 - until all are under way
            await asyncio.sleep(0.01)
        assert len(running) == TURNS
        kill_a_backend(settings)
        readings = await asyncio.gather(*asking)
        after = [
            await ask(person, conversation_id, "And now?")
            for person, conversation_id in zip(people, conversations, strict=True)
        ]
        said = [await messages(person, one) for person, one in zip(people, conversations, strict=True)]

    for reading in readings:
        assert [event.id for event in reading.events] == list(range(1, len(reading.events) + 1))
        last = reading.events[-1]
        assert last.type == "done" or last.data["retryable"] is True
    assert {reading.events[-1].type for reading in after} == {"done"}
    assert said == [["user", "assistant"] * 2] * TURNS


async def test_a_pool_without_a_free_connection_is_told_at_once_and_the_process_lives(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 35."""
    monkeypatch.setattr(db, "POOL_TIMEOUT_SECONDS", 0.1)
    app = paced_app(settings.model_copy(update={"database_pool_size": 1}))
    async with people_at(app, settings, database) as (person, *_):
        async with AsyncExitStack() as held:
            for _ in range(2):
                session = await held.enter_async_context(app.state.database.session())
                await session.connection()
            refused = await person.get("/api/v1/chat/conversations")
            alive = await person.get("/api/v1/health/live")
        served = await person.get("/api/v1/chat/conversations")

    assert (refused.status_code, refused.json()["error"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert (alive.status_code, served.status_code) == (200, 200)


async def test_a_turn_whose_end_meets_a_deadlock_ends_all_the_same(
    open_chat: OpenChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 36."""
    tried: list[str] = []
    store = run_ending.store

    async def meets_a_deadlock_once(*given: object, **named: object) -> None:
        tried.append("store")
        await store(*given, **named)  # type: ignore[arg-type]
        if len(tried) == 1:
            raise OperationalError("update", None, DeadlockDetected("deadlock detected"))

    monkeypatch.setattr(run_ending, "store", meets_a_deadlock_once)
    async with open_chat(ScriptedClient(answer("Fine.")), FakeToolBox()) as chat:
        reading = await chat.ask("Well?")
        stored = await chat.messages()

    assert reading.events[-1].type == "done"
    assert len(tried) == 2
    assert [message["content"] for message in stored] == ["Well?", "Fine."]


async def test_a_disk_that_is_full_refuses_questions_and_still_shows_what_is_there(
    open_chat: OpenChat, settings: Settings
) -> None:
    """Row 37. The database refuses each new row as it does when there is no room for its log."""
    async with open_chat(ScriptedClient(answer("Fine."), answer("Better.")), FakeToolBox()) as chat:
        await chat.ask("Well?")
        with no_room_for_messages(settings):
            refused = await chat.ask("And now?")
            shown = await chat.messages()
        again = await chat.ask("And now?")

    assert (refused.status, refused.events[0].data["error"]) == (503, "unavailable")
    assert [message["content"] for message in shown] == ["Well?", "Fine."]
    assert again.events[-1].type == "done"


async def test_a_clock_that_jumps_back_changes_no_order(open_chat: OpenChat, settings: Settings) -> None:
    """Row 38. What was said before the jump bears the later time."""
    async with open_chat(ScriptedClient(answer("One."), answer("Two.")), FakeToolBox()) as chat:
        await chat.ask("First?")
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            connection.execute("update agent.messages set created_at = created_at + interval '1 hour'")
            connection.execute("update agent.runs set created_at = created_at + interval '1 hour'")
        await chat.ask("Second?")
        said = [message["content"] for message in await chat.messages()]

    assert said == ["First?", "One.", "Second?", "Two."]
    client = chat.app.state.clients.client
    shown = [message["content"] for message in client.asked[-1] if message["role"] in ("user", "assistant")]
    assert shown == ["First?", "One.", "Second?"]


async def messages(client: httpx.AsyncClient, conversation_id: str) -> list[str]:
    answered = await client.get(f"/api/v1/chat/conversations/{conversation_id}/messages")
    return [message["role"] for message in answered.json()["items"]]


async def running_turns(settings: Settings) -> list[object]:
    async with await psycopg.AsyncConnection.connect(settings.database_url) as connection:
        rows = await connection.execute("select id from agent.runs where status = 'running'")
        return list(await rows.fetchall())


def forget_nothing(settings: Settings) -> None:
    """The tests' servers commit without waiting for their log, and would lose what was committed last."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set synchronous_commit = on").format(name))


def kill_a_backend(settings: Settings) -> None:
    connection = psycopg.connect(settings.database_url)
    os.kill(connection.info.backend_pid, signal.SIGKILL)
    connection.close()


@contextmanager
def no_room_for_messages(settings: Settings) -> Iterator[None]:
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute(
            "create function agent.no_room() returns trigger language plpgsql as "
            "$$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$"
        )
        connection.execute(
            "create trigger no_room before insert on agent.messages for each row execute function agent.no_room()"
        )
        yield
        connection.execute("drop trigger no_room on agent.messages")
