"""A database that is there and does not answer (FAULTS row 35). Nobody waits for ever, and nothing of it stays."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app import database_connection, db
from app.agent import runs
from app.api.v1 import health
from app.config import Settings
from app.db import Database, Scope
from tests.agent.scripted import FakeToolBox, ScriptedClient, ScriptedClients, answer
from tests.api.chat_fixtures import OpenChat
from tests.api.paused_postgres import paused

# No time at all for somebody who does not answer in any: it is set while nobody can
IMPATIENT_SECONDS = 0.1
# What psycopg makes of anything shorter
SHORTEST_CONNECT_SECONDS = 2
NOBODY = Scope(uuid4(), uuid4())


# As if a connection had answered just now, and as if it had lain there for a while
@pytest.mark.parametrize("fresh_seconds", [-1.0, 3_600.0])
async def test_a_request_is_told_in_time_and_the_next_one_is_served(
    app: FastAPI,
    signed_in: httpx.AsyncClient,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    fresh_seconds: float,
) -> None:
    database: Database = app.state.database
    created = (await signed_in.post("/api/v1/chat/conversations", json={})).json()
    with paused(settings), monkeypatch.context() as patch:
        patch.setattr(db, "FRESH_SECONDS", fresh_seconds)
        patch.setattr(db, "PING_SECONDS", IMPATIENT_SECONDS)
        patch.setattr(database, "patience_seconds", IMPATIENT_SECONDS)
        patch.setattr(database_connection, "CONNECT_SECONDS", SHORTEST_CONNECT_SECONDS)
        refused = await signed_in.get("/api/v1/chat/conversations")
        is_alive = await signed_in.get("/api/v1/health/live")
    served = await signed_in.get("/api/v1/chat/conversations")

    assert (refused.status_code, refused.json()["error"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert is_alive.status_code == 200
    assert [item["id"] for item in served.json()["items"]] == [created["id"]]


async def test_whoever_asks_whether_the_server_is_ready_hears_before_the_database_does(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with paused(settings), monkeypatch.context() as patch:
        patch.setattr(health, "READY_SECONDS", IMPATIENT_SECONDS)
        refused = await client.get("/api/v1/health/ready")
    again = await client.get("/api/v1/health/ready")

    assert (refused.status_code, refused.json()["detail"]) == (503, "The database does not answer.")
    assert int(refused.headers["Retry-After"]) > 0
    assert again.status_code == 200


async def test_a_connection_that_was_given_up_is_closed_and_not_used_again(app: FastAPI, settings: Settings) -> None:
    database: Database = app.state.database
    async with database.engine.connect() as connection:
        former = (await connection.get_raw_connection()).driver_connection
        assert isinstance(former, database_connection.Connection)
        with paused(settings):
            former.patience_seconds = IMPATIENT_SECONDS
            with pytest.raises(database_connection.NoAnswer):
                await former.execute("select 'somebody else''s'")
    async with database.engine.connect() as connection:
        following = (await connection.get_raw_connection()).driver_connection

    assert former.closed
    assert following is not former


async def test_a_turn_goes_on_when_the_database_does(open_chat: OpenChat, settings: Settings) -> None:
    gate = asyncio.Event()
    async with open_chat(ScriptedClient([gate, *answer("All ", "is ", "well.")]), FakeToolBox()) as chat:
        asking = asyncio.create_task(chat.ask("Well?"))
        await chat.until_running()
        with paused(settings):
            gate.set()
            await until_asked(chat.app.state.database)
        reading = await asking
        said = await chat.messages()

    assert (reading.text, reading.events[-1].type) == ("All is well.", "done")
    assert [message["content"] for message in said] == ["Well?", "All is well."]


async def test_a_stream_whose_database_stays_away_ends_without_a_last_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is stored, and so its reader goes on from where it was."""
    monkeypatch.setattr(runs, "PATIENCE_SECONDS", 0.0)
    away = Database("postgresql://127.0.0.1:1/none")
    reading = runs.Runs(away, ScriptedClients(ScriptedClient()), FakeToolBox()).watch(uuid4(), NOBODY, after=3)

    assert [event async for event in reading] == []
    await away.close()


async def until_asked(database: Database) -> None:
    while not database._looking:  # noqa: ASYNC110 - until something waits for an answer
        await asyncio.sleep(0.01)
