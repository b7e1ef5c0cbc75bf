"""What is remembered: written, confirmed, changed, listed and deleted, by whom it belongs to."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.config import Settings
from app.db import Database
from app.models import User
from app.schemas.memory import MAX_CONTENT_CHARS
from app.services.memory import MAX_MEMORIES
from tests.builders import auth_headers, make_memory, make_portfolio, make_user

PATH = "/api/v1/agent/memories"


@pytest.fixture
async def admin(app: FastAPI, database: Database, user: User, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator of the tenant that `signed_in` belongs to."""
    administrator = await make_user(database, tenant_id=user.tenant_id, role="admin")
    headers = auth_headers(administrator, settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as opened:
        yield opened


async def remember(http: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    answered = await http.post(PATH, json={"content": "I retire in 2040.", **wanted})
    assert answered.status_code == 201, answered.text
    return dict(answered.json())


async def contents(http: httpx.AsyncClient, **query: Any) -> list[str]:
    answered = await http.get(PATH, params=query)
    assert answered.status_code == 200, answered.text
    return [item["content"] for item in answered.json()["items"]]


async def test_a_memory_is_written_changed_and_deleted(signed_in: httpx.AsyncClient) -> None:
    made = await remember(signed_in, content="  I prefer\n percentages. ", kind="preference", tags=["style"])
    path = f"{PATH}/{made['id']}"
    assert {name: made[name] for name in ("content", "kind", "tags", "status", "scope", "use_count")} == {
        "content": "I prefer percentages.", "kind": "preference", "tags": ["style"], "status": "active",
        "scope": "user", "use_count": 0,
    }  # fmt: skip

    changed = await signed_in.patch(path, json={"content": "I prefer amounts.", "tags": []})
    assert changed.status_code == 200, changed.text
    assert changed.json() == (await signed_in.get(path)).json()
    assert changed.json() == {**made, "content": "I prefer amounts.", "tags": [], **times(changed.json())}

    assert (await signed_in.delete(path)).status_code == 204
    assert (await signed_in.delete(path)).json()["error"] == "memory_not_found"


def times(memory: dict[str, Any]) -> dict[str, Any]:
    return {"updated_at": memory["updated_at"]}


async def test_a_draft_is_confirmed_and_takes_the_place_of_what_it_contradicts(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    former = await make_memory(database, user, content="My target is 10 %.")
    draft = await make_memory(database, user, content="My target is 12 %.", status="draft", replaces_id=former.id)
    assert await contents(signed_in, status="draft") == ["My target is 12 %."]

    confirmed = await signed_in.patch(f"{PATH}/{draft.id}", json={"status": "active"})

    assert (confirmed.json()["status"], confirmed.json()["replaces_id"]) == ("active", None)
    assert await contents(signed_in) == ["My target is 12 %."]


async def test_the_list_comes_in_pages_and_by_portfolio(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    portfolio = await make_portfolio(database, user)
    await remember(signed_in, content="Its benchmark is the S&P 500.", portfolio_id=str(portfolio.id))
    for number in range(3):
        await remember(signed_in, content=f"Number {number}")

    first = (await signed_in.get(PATH, params={"limit": 3})).json()
    second = (await signed_in.get(PATH, params={"limit": 3, "cursor": first["next_cursor"]})).json()

    assert [item["content"] for item in first["items"]] == ["Number 2", "Number 1", "Number 0"]
    assert [item["content"] for item in second["items"]] == ["Its benchmark is the S&P 500."]
    assert second["next_cursor"] is None
    assert await contents(signed_in, portfolio_id=str(portfolio.id)) == ["Its benchmark is the S&P 500."]


async def test_deleting_all_takes_ones_own_only(
    signed_in: httpx.AsyncClient, admin: httpx.AsyncClient, database: Database, user: User
) -> None:
    await remember(admin, content="Answer in English.", kind="rule", scope="tenant")
    await remember(admin, content="The administrator's own.")
    await remember(signed_in, content="One")
    await make_memory(database, user, content="Two", status="draft")

    drafts = await signed_in.delete(PATH, params={"status": "draft"})
    assert (drafts.json(), await contents(signed_in, scope="user")) == ({"deleted": 1}, ["One"])
    assert (await signed_in.delete(PATH)).json() == {"deleted": 1}

    assert await contents(signed_in) == ["Answer in English."]
    assert sorted(await contents(admin)) == ["Answer in English.", "The administrator's own."]


async def test_the_tenants_memories_are_read_by_all_and_written_by_administrators(
    signed_in: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    assert (await signed_in.post(PATH, json={"content": "Mine for all", "scope": "tenant"})).status_code == 403
    rule = await remember(admin, content="Answer in English.", kind="rule", scope="tenant")
    path = f"{PATH}/{rule['id']}"

    assert await contents(signed_in) == ["Answer in English."]
    refused = [await signed_in.patch(path, json={"content": "Answer in Klingon."}), await signed_in.delete(path)]
    assert [answer.json()["error"] for answer in refused] == ["memory_not_yours"] * 2
    changed = await admin.patch(path, json={"content": "Answer in German."})
    assert (changed.status_code, await contents(signed_in)) == (200, ["Answer in German."])
    assert (await admin.delete(path)).status_code == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"content": ""}, "content"),
        ({"content": " \n "}, "content"),
        ({"content": "a\x00b"}, "content"),
        ({"content": "x" * (MAX_CONTENT_CHARS + 1)}, "content"),
        ({"content": "x", "kind": "secret"}, "kind"),
        ({"content": "x", "scope": "global"}, "scope"),
        ({"content": "x", "tags": ["t"] * 11}, "tags"),
        ({"content": "x", "status": "active"}, "status"),
        ({"content": "x", "user_id": str(uuid4())}, "user_id"),
    ],
    ids=["empty", "blank", "nul", "long", "kind", "scope", "tags", "status", "foreign-field"],
)
async def test_what_cannot_be_meant_names_its_field(
    signed_in: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    answered = await signed_in.post(PATH, json=body)

    assert (answered.status_code, answered.json()["fields"][0]["field"]) == (422, field)
    assert await contents(signed_in) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [({"content": None}, "content"), ({"kind": None}, "kind"), ({"status": "draft"}, "status")],
)
async def test_a_change_that_cannot_be_meant_names_its_field(
    signed_in: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    made = await remember(signed_in)

    answered = await signed_in.patch(f"{PATH}/{made['id']}", json=body)

    assert (answered.status_code, answered.json()["fields"][0]["field"]) == (422, field)


async def test_a_portfolio_must_be_ones_own_and_a_tenants_memory_has_none(
    signed_in: httpx.AsyncClient, admin: httpx.AsyncClient, database: Database, user: User
) -> None:
    foreign = await make_portfolio(database, await make_user(database))
    portfolio = await make_portfolio(database, user)
    memory = await remember(signed_in)

    created = await signed_in.post(PATH, json={"content": "x", "portfolio_id": str(foreign.id)})
    changed = await signed_in.patch(f"{PATH}/{memory['id']}", json={"portfolio_id": str(foreign.id)})
    shared = await admin.post(PATH, json={"content": "x", "scope": "tenant", "portfolio_id": str(portfolio.id)})

    assert (created.status_code, changed.status_code) == (404, 404)
    assert (shared.status_code, shared.json()["fields"][0]["field"]) == (422, "portfolio_id")
    bound = await signed_in.patch(f"{PATH}/{memory['id']}", json={"portfolio_id": str(portfolio.id)})
    freed = await signed_in.patch(f"{PATH}/{memory['id']}", json={"portfolio_id": None})
    assert (bound.json()["portfolio_id"], freed.json()["portfolio_id"]) == (str(portfolio.id), None)


async def test_the_same_words_are_remembered_once(signed_in: httpx.AsyncClient) -> None:
    await remember(signed_in, content="I retire in 2040.")
    other = await remember(signed_in, content="I retire in 2041.")

    again = await signed_in.post(PATH, json={"content": "i retire  in 2040."})
    changed = await signed_in.patch(f"{PATH}/{other['id']}", json={"content": "I retire in 2040."})

    assert [answer.json()["error"] for answer in (again, changed)] == ["memory_exists"] * 2


async def test_there_are_no_more_than_the_limit_even_where_many_come_at_once(
    signed_in: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_MEMORIES == 200
    monkeypatch.setattr("app.services.memory.MAX_MEMORIES", 3)

    sent = [signed_in.post(PATH, json={"content": f"Number {number}"}) for number in range(6)]
    answers = await asyncio.gather(*sent)

    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 3
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["error"] == "too_many_memories"
    assert len(await contents(signed_in)) == 3


async def test_whether_anything_is_remembered_is_the_persons_choice(signed_in: httpx.AsyncClient) -> None:
    assert (await signed_in.get("/api/v1/auth/me")).json()["memory_enabled"] is True

    changed = await signed_in.patch("/api/v1/auth/me", json={"memory_enabled": False})

    assert (changed.status_code, changed.json()["memory_enabled"]) == (200, False)
    assert (await signed_in.get("/api/v1/auth/me")).json() == changed.json()
    assert (await signed_in.patch("/api/v1/auth/me", json={"memory_enabled": None})).status_code == 422
    assert (await signed_in.patch("/api/v1/auth/me", json={"role": "admin"})).status_code == 422
