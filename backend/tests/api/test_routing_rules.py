"""The administrator's rules over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.config import Settings
from app.db import Database
from app.models import User
from tests.builders import auth_headers, make_user

RULES = "/api/v1/agent/routing-rules"
WANTED = {"provider": "offline", "model": "offline-analyst", "variant": "calm", "share": 50, "mode": "deep"}


@pytest.fixture
async def user(database: Database) -> User:
    return await make_user(database, role="admin")


async def created(admin: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await admin.post(RULES, json=WANTED | changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_rule_is_made_changed_and_deleted(signed_in: httpx.AsyncClient, user: User) -> None:
    rule = await created(signed_in)
    path = f"{RULES}/{rule['id']}"
    assert rule | WANTED == rule
    assert (rule["updated_by"], rule["is_enabled"], rule["task"]) == (str(user.id), True, None)
    assert (await signed_in.get(path)).json() == rule

    changed = await signed_in.put(path, json=WANTED | {"share": 10, "is_enabled": False})
    assert (changed.json()["share"], changed.json()["is_enabled"]) == (10, False)
    assert (await signed_in.delete(path)).status_code == 204
    assert (await signed_in.get(path)).status_code == 404
    assert (await signed_in.get(RULES)).json() == {"items": []}


async def test_rules_are_listed_in_the_order_in_which_they_are_asked(signed_in: httpx.AsyncClient) -> None:
    for priority in (30, 10, 20):
        await created(signed_in, priority=priority)

    listed = (await signed_in.get(RULES)).json()["items"]
    assert [rule["priority"] for rule in listed] == [10, 20, 30]


async def test_who_changed_a_rule_last_is_kept(
    signed_in: httpx.AsyncClient, database: Database, user: User, settings: Settings
) -> None:
    rule = await created(signed_in)
    other = await make_user(database, tenant_id=user.tenant_id, role="admin")
    changed = await signed_in.put(f"{RULES}/{rule['id']}", json=WANTED, headers=auth_headers(other, settings))

    assert changed.json()["updated_by"] == str(other.id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"share": 101}, "share"),
        ({"share": -1}, "share"),
        ({"mode": "offline"}, "mode"),
        ({"task": "cooking"}, "task"),
        ({"provider": "openai"}, "provider"),
        ({"model": "gpt-5-mini"}, "model"),
        ({"variant": " "}, "variant"),
        ({"priority": -1}, "priority"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
async def test_a_rule_that_cannot_hold_is_refused(
    signed_in: httpx.AsyncClient, changes: dict[str, Any], field: str
) -> None:
    answer = await signed_in.post(RULES, json=WANTED | changes)

    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == field


async def test_there_is_a_limit_to_rules(signed_in: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.routing_rule.MAX_RULES", 1)
    await created(signed_in)

    answer = await signed_in.post(RULES, json=WANTED)
    assert (answer.status_code, answer.json()["error"]) == (409, "too_many_routing_rules")


@pytest.mark.parametrize(
    ("method", "suffix"), [("GET", ""), ("POST", ""), ("GET", "/{id}"), ("PUT", "/{id}"), ("DELETE", "/{id}")]
)
async def test_only_administrators_have_rules(
    client: httpx.AsyncClient, database: Database, settings: Settings, method: str, suffix: str
) -> None:
    headers = auth_headers(await make_user(database), settings)
    path = RULES + suffix.format(id=uuid4())
    answer = await client.request(method, path, headers=headers, json=WANTED if method in ("POST", "PUT") else None)

    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


async def test_everybody_sees_which_models_there_are(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.get("/api/v1/agent/models")

    assert [item["model"] for item in answer.json()["items"]] == ["offline-analyst"]
    assert answer.json()["items"][0]["price"]["output"] == 0
