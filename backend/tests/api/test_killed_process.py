"""Two processes on one database, and one of them dies: turns cut at random points, ten with each death.

`KILLS = 20` cuts two hundred.
"""

import asyncio
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from app.config import Settings
from app.db import Database
from tests.api.chat_server import Received, events, serving
from tests.api.paced_server import paced_app, running
from tests.builders import auth_headers, make_user

PEOPLE = 10
KILLS = 3
# Of a turn's forty and more, by which it is certainly under way
EVENTS = 25
TERMINAL = ("done", "error")


@dataclass
class Person:
    headers: dict[str, str]
    conversation_id: str
    questions: int = 0
    seen: list[Received] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(event.data["delta"] for event in self.seen if event.type == "message")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a connection for everybody: who waits for one is refused, and that is another test's business."""
    return settings.model_copy(update={"database_pool_size": 2 * PEOPLE})


async def test_whoever_is_killed_no_event_is_missing_and_none_comes_twice(
    settings: Settings, database: Database
) -> None:
    app = paced_app(settings)
    chance = random.Random(7)  # noqa: S311 - points of a turn
    outcomes: list[str] = []
    async with (
        serving(app) as survivor,
        httpx.AsyncClient(timeout=60) as http,
    ):
        people = [await person(settings, database, http, survivor) for _ in range(PEOPLE)]
        for _ in range(KILLS):
            await one_dies(settings, app, http, survivor, people, after=chance.randint(1, PEOPLE * EVENTS))
            outcomes += [await checked(http, survivor, somebody) for somebody in people]

    assert len(outcomes) == PEOPLE * KILLS
    # Were nobody cut off, nothing would have been tested
    assert outcomes.count("error") > 0
    assert still_running(settings) == 0


async def test_a_server_that_is_told_to_go_ends_its_streams_itself(settings: Settings, database: Database) -> None:
    """Each with a last event; all of it is there for whoever reads it again elsewhere, and nothing more comes."""
    async with serving(paced_app(settings)) as survivor, httpx.AsyncClient(timeout=60) as http:
        people = await told_to_go(settings, database, http, shutdown_seconds=60)

        assert {somebody.seen[-1].type for somebody in people} == {"error"}
        assert still_running(settings) == 0
        for somebody in people:
            await checked(http, survivor, somebody, code="server_restarting")


async def test_what_a_server_has_no_time_to_end_is_ended_by_another(settings: Settings, database: Database) -> None:
    """Its readers' streams break off, and they go on where they are."""
    app = paced_app(settings)
    async with serving(app) as survivor, httpx.AsyncClient(timeout=60) as http:
        people = await told_to_go(settings, database, http, shutdown_seconds=0)
        were_cut = [somebody for somebody in people if somebody.seen[-1].type not in TERMINAL]
        expire_leases(settings, but=app.state.runs._place.owner)
        reading = [asyncio.create_task(go_on(http, survivor, somebody)) for somebody in people]
        await app.state.runs._takeover.end_expired()
        await asyncio.gather(*reading)

        assert were_cut == people
        assert still_running(settings) == 0
        for somebody in people:
            await checked(http, survivor, somebody)


async def told_to_go(
    settings: Settings, database: Database, http: httpx.AsyncClient, *, shutdown_seconds: int
) -> list[Person]:
    """People whose turns were under way when their server was told to end. With no time, none of them can be stored."""
    with running(settings, longest_pause=5.0, shutdown_seconds=shutdown_seconds) as server:
        people = [await person(settings, database, http, server.url) for _ in range(PEOPLE)]
        asking = [asyncio.create_task(ask(http, server.url, somebody)) for somebody in people]
        while not have_begun(people):  # noqa: ASYNC110 - until events of theirs have come
            await asyncio.sleep(0.01)
        with nullcontext() if shutdown_seconds else no_run_can_be_ended(settings):
            os.kill(server.process.pid or 0, signal.SIGTERM)
            await asyncio.gather(*asking)
            await asyncio.to_thread(server.process.join)
    return people


def have_begun(people: list[Person]) -> bool:
    return all(somebody.seen for somebody in people) and any(somebody.text for somebody in people)


@contextmanager
def no_run_can_be_ended(settings: Settings) -> Iterator[None]:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("lock table agent.runs in share mode")
        yield


async def one_dies(
    settings: Settings, app: FastAPI, http: httpx.AsyncClient, survivor: str, people: list[Person], *, after: int
) -> None:
    """As soon as its readers have seen so many events in all: a time would be another point on each machine."""
    with running(settings) as victim:
        asking = [asyncio.create_task(ask(http, victim.url, somebody)) for somebody in people]
        while sum(len(somebody.seen) for somebody in people) < after:  # noqa: ASYNC110 - until they have come
            await asyncio.sleep(0.002)
        victim.process.kill()
        await asyncio.to_thread(victim.process.join)
        await asyncio.gather(*asking)
    expire_leases(settings, but=app.state.runs._place.owner)
    reading = [asyncio.create_task(go_on(http, survivor, somebody)) for somebody in people]
    await app.state.runs._takeover.end_expired()
    await asyncio.gather(*reading)


async def person(settings: Settings, database: Database, http: httpx.AsyncClient, url: str) -> Person:
    headers = auth_headers(await make_user(database), settings)
    created = await http.post(f"{url}/api/v1/chat/conversations", json={}, headers=headers)
    return Person(headers, created.json()["id"])


async def ask(http: httpx.AsyncClient, url: str, somebody: Person) -> None:
    somebody.questions += 1
    somebody.seen = []
    await send(http, url, somebody)


async def go_on(http: httpx.AsyncClient, url: str, somebody: Person) -> None:
    """As a reader does: once more where a connection that lay idle was closed just as it was taken up again."""
    for _ in range(3):
        if not somebody.seen:
            # Nothing was acknowledged: the same request once more
            await send(http, url, somebody)
        elif somebody.seen[-1].type not in TERMINAL:
            run_id = somebody.seen[0].data["run_id"]
            await receive(http, "GET", f"{url}/api/v1/chat/runs/{run_id}/events", somebody)


async def send(http: httpx.AsyncClient, url: str, somebody: Person) -> None:
    question = {"conversation_id": somebody.conversation_id, "text": f"{somebody.conversation_id} {somebody.questions}"}
    await receive(http, "POST", f"{url}/api/v1/chat/send", somebody, question)


async def receive(
    http: httpx.AsyncClient, method: str, url: str, somebody: Person, body: dict[str, str] | None = None
) -> None:
    headers = somebody.headers | {"Idempotency-Key": f"question-{somebody.questions}"}
    if somebody.seen:
        headers["Last-Event-ID"] = str(somebody.seen[-1].id)
    try:
        async with http.stream(method, url, json=body, headers=headers) as response:
            assert response.status_code == 200, (await response.aread(), url)
            async for event in events(response):
                somebody.seen.append(event)
    except httpx.TransportError:
        return


async def checked(http: httpx.AsyncClient, url: str, somebody: Person, *, code: str = "run_interrupted") -> str:
    """How the turn ended, once all that it must be was found."""
    seen = somebody.seen
    assert [event.id for event in seen] == list(range(1, len(seen) + 1))
    assert [event.type for event in seen if event.type in TERMINAL] == [seen[-1].type]
    whole = Person(somebody.headers, somebody.conversation_id)
    run_id = seen[0].data["run_id"]
    await receive(http, "GET", f"{url}/api/v1/chat/runs/{run_id}/events", whole)
    assert whole.seen == seen
    messages = await http.get(
        f"{url}/api/v1/chat/conversations/{somebody.conversation_id}/messages", headers=somebody.headers
    )
    said = messages.json()["items"]
    assert [message["role"] for message in said] == ["user", "assistant"] * somebody.questions
    assert [message["content"].split()[-1] for message in said[::2]] == [
        str(number) for number in range(1, somebody.questions + 1)
    ]
    assert said[-1]["content"] == (somebody.text or seen[-1].data["message"])
    used = (await http.get(f"{url}/api/v1/agent/usage", headers=somebody.headers)).json()["totals"]
    # Each turn has a call before its tool and one after it; of a turn that was cut off, those that it came to
    assert somebody.questions <= used["calls"] <= 2 * somebody.questions
    assert used["failed_calls"] <= used["calls_of_unknown_cost"]
    if seen[-1].type == "error":
        assert (seen[-1].data["code"], seen[-1].data["retryable"]) == (code, True)
    return seen[-1].type


def expire_leases(settings: Settings, *, but: str) -> None:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "update agent.runs set lease_expires_at = now() - interval '1 second' "
            "where status = 'running' and lease_owner <> %s",
            [but],
        )


def still_running(settings: Settings) -> int:
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute("select count(*) from agent.runs where status = 'running'").fetchone()
    assert row is not None
    return int(row[0])
