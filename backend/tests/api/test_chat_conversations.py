import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.config import Settings
from app.db import Database
from app.models import User
from tests.agent.scripted import FakeToolBox, ScriptedClient, answer
from tests.api.chat_fixtures import OpenChat
from tests.builders import auth_headers, make_portfolio, make_user

CONVERSATIONS = "/api/v1/chat/conversations"


async def created(signed_in: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    answer = await signed_in.post(CONVERSATIONS, json=wanted)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_conversation_begins_without_words(signed_in: httpx.AsyncClient) -> None:
    conversation = await created(signed_in)

    found = await signed_in.get(f"{CONVERSATIONS}/{conversation['id']}")
    assert found.json() == conversation
    assert (conversation["title"], conversation["mode"]) == ("New conversation", "standard")
    messages = await signed_in.get(f"{CONVERSATIONS}/{conversation['id']}/messages")
    assert messages.json() == {"items": [], "next_cursor": None}


async def test_a_conversation_is_about_ones_own_portfolio_only(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    own = await make_portfolio(database, user)
    foreign = await make_portfolio(database, await make_user(database))

    assert (await created(signed_in, portfolio_id=str(own.id)))["portfolio_id"] == str(own.id)
    for missing in (foreign.id, uuid4()):
        answer = await signed_in.post(CONVERSATIONS, json={"portfolio_id": str(missing)})
        assert answer.status_code == 404


async def test_its_title_and_mode_can_be_changed(signed_in: httpx.AsyncClient) -> None:
    path = f"{CONVERSATIONS}/{(await created(signed_in))['id']}"
    await signed_in.patch(path, json={"title": "Tail risk"})
    changed = await signed_in.put(f"{path}/mode", json={"mode": "offline"})

    assert (changed.json()["title"], changed.json()["mode"]) == ("Tail risk", "offline")
    assert (await signed_in.patch(path, json={"title": " "})).status_code == 422
    assert (await signed_in.put(f"{path}/mode", json={"mode": "turbo"})).status_code == 422


async def test_a_turn_keeps_the_mode_that_it_was_begun_in(open_chat: OpenChat) -> None:
    gate = asyncio.Event()
    async with open_chat(ScriptedClient([gate, *answer("One.")], answer("Two.")), FakeToolBox()) as chat:
        asking = asyncio.create_task(chat.ask("One?"))
        await chat.until_running()
        await chat.http.put(f"{CONVERSATIONS}/{chat.conversation_id}/mode", json={"mode": "offline"})
        gate.set()
        first, second = await asking, await chat.ask("Two?")
        stored = [message["mode"] for message in await chat.messages() if message["role"] == "assistant"]

    assert [reading.events[0].data["mode"] for reading in (first, second)] == ["standard", "offline"]
    assert stored == ["standard", "offline"]


async def test_the_list_has_the_most_recently_used_first_and_comes_in_pages(signed_in: httpx.AsyncClient) -> None:
    ids = [(await created(signed_in, title=f"Talk {number}"))["id"] for number in range(3)]
    await signed_in.patch(f"{CONVERSATIONS}/{ids[0]}", json={"title": "Used again"})

    first = (await signed_in.get(CONVERSATIONS, params={"limit": 2})).json()
    second = (await signed_in.get(CONVERSATIONS, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + second["items"]] == [ids[0], ids[2], ids[1]]
    assert second["next_cursor"] is None


async def test_a_deleted_conversation_is_gone(signed_in: httpx.AsyncClient) -> None:
    conversation = await created(signed_in)
    path = f"{CONVERSATIONS}/{conversation['id']}"

    assert (await signed_in.delete(path)).status_code == 204
    assert (await signed_in.get(path)).status_code == 404
    assert (await signed_in.get(f"{path}/messages")).status_code == 404
    assert (await signed_in.delete(path)).status_code == 404
    assert (await signed_in.get(CONVERSATIONS)).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [("GET", "", None), ("GET", "/messages", None), ("PATCH", "", {"title": "x"}),
     ("PUT", "/mode", {"mode": "deep"}), ("DELETE", "", None)],
)  # fmt: skip
async def test_somebody_elses_conversation_is_not_there(
    signed_in: httpx.AsyncClient, database: Database, settings: Settings, method: str, suffix: str, body: Any
) -> None:
    conversation = await created(signed_in)
    stranger = auth_headers(await make_user(database), settings)
    path = f"{CONVERSATIONS}/{conversation['id']}{suffix}"

    answer = await signed_in.request(method, path, json=body, headers=stranger)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
