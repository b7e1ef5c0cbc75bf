"""Transactions that the database ends, or does not take, because they met another's (FAULTS row 36)."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psycopg
import pytest
from psycopg import sql

from app.api import collisions
from app.config import Settings
from app.db import Database
from app.models import Position, User
from tests.agent.scripted import FakeToolBox, ScriptedClient, answer
from tests.api.chat_fixtures import OpenChat
from tests.builders import make_instrument, make_portfolio, make_position, scope_of
from tests.waiting import until_somebody_waits

DEADLOCK, SERIALIZATION = "40P01", "40001"
FOREIGN_KEY, UNIQUE, CHECK = "23503", "23505", "23514"
AT_ONCE = "create trigger collide before {} on {} for each row execute function collide()"
AT_THE_COMMIT = (
    "create constraint trigger collide after {} on {} deferrable initially deferred "
    "for each row execute function collide()"
)


@dataclass
class Met:
    tries: int = 0


@contextmanager
def colliding(
    settings: Settings, event: str, table: str, *, times: int, code: str = DEADLOCK, when: str = AT_ONCE
) -> Iterator[Met]:
    """Writes into the table fail so many times. They are counted by a sequence, of which nothing is undone."""
    raising = sql.SQL(
        "create function collide() returns trigger language plpgsql security definer as $$ begin "
        "if nextval('collisions') <= {} then raise exception 'collided' using errcode = {}; end if; return new; end $$"
    )
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("create sequence collisions")
        connection.execute(raising.format(sql.Literal(times), sql.Literal(code)))
        connection.execute(sql.SQL(when).format(sql.SQL(event), sql.SQL(table)))
        met = Met()
        yield met
        (met.tries,) = connection.execute("select last_value from collisions where is_called").fetchone() or (0,)


@pytest.mark.parametrize("code", [DEADLOCK, SERIALIZATION, FOREIGN_KEY, UNIQUE, CHECK])
@pytest.mark.parametrize("when", [AT_ONCE, AT_THE_COMMIT], ids=["at_once", "at_the_commit"])
async def test_what_collided_once_is_done_once(
    signed_in: httpx.AsyncClient, settings: Settings, database: Database, code: str, when: str
) -> None:
    await make_instrument(database, "SP500", [100.0, 101.0, 99.0], asset_class="index")
    with colliding(settings, "insert", "portfolios", times=1, code=code, when=when) as met:
        made = await signed_in.post("/api/v1/portfolios", json={"name": "Pension"})
        listed = await signed_in.get("/api/v1/portfolios")

    assert made.status_code == 201
    assert met.tries == 2
    assert [portfolio["name"] for portfolio in listed.json()["items"]] == ["Pension"]


async def test_what_collides_again_and_again_is_told(
    signed_in: httpx.AsyncClient, settings: Settings, database: Database, user: User
) -> None:
    portfolio = await make_portfolio(database, user)
    with colliding(settings, "update", "portfolios", times=100) as met:
        refused = await signed_in.patch(f"/api/v1/portfolios/{portfolio.id}", json={"name": "Pension"})

    assert (refused.status_code, refused.json()["error"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert met.tries == collisions.MAX_TRIES


async def test_a_body_that_is_too_large_to_keep_is_told_at_once(
    signed_in: httpx.AsyncClient,
    settings: Settings,
    database: Database,
    user: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collisions, "MAX_BODY_BYTES", 10)
    portfolio = await make_portfolio(database, user)
    with colliding(settings, "update", "portfolios", times=1) as met:
        refused = await signed_in.patch(f"/api/v1/portfolios/{portfolio.id}", json={"name": "Pension"})

    assert refused.status_code == 503
    assert met.tries == 1


async def test_a_request_of_several_transactions_is_not_carried_out_again(
    signed_in: httpx.AsyncClient, settings: Settings
) -> None:
    with colliding(settings, "insert", "ai_memories", times=1) as met:
        refused = await signed_in.post("/api/v1/agent/memories", json={"content": "I hold no tobacco."})

    assert refused.status_code == 503
    assert met.tries == 1


async def test_a_question_that_collided_is_asked_once(open_chat: OpenChat, settings: Settings) -> None:
    async with open_chat(ScriptedClient(answer("Fine.")), FakeToolBox()) as chat:
        with colliding(settings, "insert", "agent.runs", times=1) as met:
            reading = await chat.ask("Well?")
        said = await chat.messages()

    assert reading.types == ["start", "message", "done"]
    assert met.tries == 2
    assert [message["content"] for message in said] == ["Well?", "Fine."]


async def test_what_is_deleted_while_it_is_changed_is_gone(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    await make_instrument(database, "ACME", [10.0, 11.0])
    position = await make_position(database, await make_portfolio(database, user), symbol="ACME")
    async with database.session(scope_of(user)) as session:
        await session.delete(await session.get_one(Position, position.id))
        await session.flush()
        change = asyncio.create_task(signed_in.patch(f"/api/v1/positions/{position.id}", json={"quantity": 2}))
        await until_somebody_waits(database)
    changed = await change

    assert (changed.status_code, changed.json()["error"]) == (404, "position_not_found")


async def test_two_changes_that_do_not_go_together_leave_the_first(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    await make_instrument(database, "ACME", [10.0, 11.0])
    position = await make_position(database, await make_portfolio(database, user), symbol="ACME")
    later = position.entry_date.replace(year=position.entry_date.year + 1)
    sold = {"exit_date": position.entry_date.isoformat(), "exit_price": 11}
    async with database.session(scope_of(user)) as session:
        (await session.get_one(Position, position.id)).entry_date = later
        await session.flush()
        change = asyncio.create_task(signed_in.patch(f"/api/v1/positions/{position.id}", json=sold))
        await until_somebody_waits(database)
    refused = await change

    assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "exit_date")
