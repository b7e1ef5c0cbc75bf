"""Tokens of other assistants: made, shown once, listed, revoked. That they open `/mcp` is tested with it."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from structlog.testing import capture_logs

from app.config import Settings
from app.db import Database
from app.models import AssistantToken, User
from app.services import assistant_token
from app.services.assistant_token import InvalidAssistantToken
from tests.builders import auth_headers, make_user, scope_of

TOKENS = "/api/v1/assistant-tokens"


async def made(client: httpx.AsyncClient, **wanted: object) -> dict[str, str]:
    answer = await client.post(TOKENS, json={"name": "Laptop"} | wanted)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_token_is_shown_once_and_kept_as_a_hash(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    with capture_logs() as logged:
        token = await made(signed_in, days=7)
    listed = (await signed_in.get(TOKENS)).json()
    async with database.session(scope_of(user)) as session:
        row = (await session.scalars(select(AssistantToken))).one()

    assert listed["url"] == "http://127.0.0.1:8000/mcp"
    assert listed["items"] == [{key: value for key, value in token.items() if key != "token"}]
    assert datetime.fromisoformat(token["expires_at"]) - row.created_at == pytest.approx(
        timedelta(days=7), abs=timedelta(minutes=5)
    )
    assert token["token"].encode() not in row.token_hash
    assert token["token"] not in str(logged)


async def test_using_one_is_noted(signed_in: httpx.AsyncClient, database: Database, user: User) -> None:
    token = await made(signed_in)
    assert token["last_used_at"] is None

    owner = await assistant_token.owner(database, token["token"])
    (listed,) = (await signed_in.get(TOKENS)).json()["items"]

    assert owner.scope == scope_of(user)
    assert listed["last_used_at"] is not None


async def test_a_revoked_token_ends_at_once(signed_in: httpx.AsyncClient, database: Database) -> None:
    token = await made(signed_in)
    await assistant_token.owner(database, token["token"])

    assert (await signed_in.delete(f"{TOKENS}/{token['id']}")).status_code == 204
    with pytest.raises(InvalidAssistantToken):
        await assistant_token.owner(database, token["token"])
    assert (await signed_in.get(TOKENS)).json()["items"] == []
    assert (await signed_in.delete(f"{TOKENS}/{token['id']}")).status_code == 404


async def test_an_expired_token_ends_and_makes_room(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    token = await made(signed_in)
    async with database.session(scope_of(user)) as session:
        await session.execute(update(AssistantToken).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    with pytest.raises(InvalidAssistantToken):
        await assistant_token.owner(database, token["token"])
    assert [item["id"] for item in (await signed_in.get(TOKENS)).json()["items"]] == [token["id"]]
    newer = await made(signed_in)
    assert [item["id"] for item in (await signed_in.get(TOKENS)).json()["items"]] == [newer["id"]]


async def test_the_token_of_somebody_who_may_not_sign_in_ends(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    token = await made(signed_in)
    async with database.session(scope_of(user)) as session:
        await session.execute(update(User).values(is_active=False))

    with pytest.raises(InvalidAssistantToken):
        await assistant_token.owner(database, token["token"])


async def test_many_at_once_do_not_pass_the_limit(signed_in: httpx.AsyncClient) -> None:
    wanted = assistant_token.MAX_TOKENS + 5
    answers = await asyncio.gather(*(signed_in.post(TOKENS, json={"name": f"Desk {n}"}) for n in range(wanted)))

    assert sorted(answer.status_code for answer in answers) == [201] * assistant_token.MAX_TOKENS + [409] * 5
    assert len((await signed_in.get(TOKENS)).json()["items"]) == assistant_token.MAX_TOKENS


async def test_nobody_sees_or_revokes_anothers(
    signed_in: httpx.AsyncClient, client: httpx.AsyncClient, database: Database, settings: Settings, user: User
) -> None:
    token = await made(signed_in)
    colleague = auth_headers(await make_user(database, tenant_id=user.tenant_id), settings)

    assert (await client.get(TOKENS, headers=colleague)).json()["items"] == []
    assert (await client.delete(f"{TOKENS}/{token['id']}", headers=colleague)).status_code == 404
    assert (await assistant_token.owner(database, token["token"])).scope == scope_of(user)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "Desk", "days": 0}, "days"),
        ({"name": "Desk", "days": 367}, "days"),
        ({"name": "Desk", "scope": "write"}, "scope"),
    ],
)
async def test_what_cannot_be_made_names_the_field(
    signed_in: httpx.AsyncClient, wanted: dict[str, object], field: str
) -> None:
    refused = await signed_in.post(TOKENS, json=wanted)

    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json()["fields"]] == [field]


async def test_switched_off_none_is_made_and_those_there_are_can_be_revoked(
    app: FastAPI, signed_in: httpx.AsyncClient, settings: Settings
) -> None:
    token = await made(signed_in)
    app.state.settings = settings.model_copy(update={"mcp_enabled": False})

    refused = await signed_in.post(TOKENS, json={"name": "Laptop"})
    assert (refused.status_code, refused.json()["error"]) == (403, "assistants_disabled")
    assert (await signed_in.get(TOKENS)).json()["url"] is None
    assert (await signed_in.delete(f"{TOKENS}/{token['id']}")).status_code == 204
