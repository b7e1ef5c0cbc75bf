"""The prompts of insights: shipped from files, versioned, a tenant's own before them, and back again."""

import json
from collections.abc import AsyncIterator
from typing import Any, get_args

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.exc import DBAPIError

from app import migrations
from app.config import Settings
from app.db import Database, sqlalchemy_url
from app.insights import prompts
from app.models import InsightTemplate
from app.repositories import insight_template as template_repository
from app.schemas.insight import InsightType
from app.services import demo
from tests.agent.demo_turn import BALANCED
from tests.agent.scripted import ScriptedClient, answer
from tests.api.insights.asking import ANSWER, OneClient, client_of, generate

pytestmark = pytest.mark.demo

PATH = "/api/v1/insights/templates"
OWN = {"insight_type": "daily_summary", "prompt": "Write about the day in one line."}


@pytest.fixture
async def admin(app: FastAPI, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(demo.ADMINISTRATOR, app, settings) as opened:
        yield opened


async def _listed(admin: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    response = await admin.get(PATH, params=query)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["items"]
    return found


async def test_what_ships_is_there_once_and_used(admin: httpx.AsyncClient, database_url: str) -> None:
    listed = await _listed(admin)
    assert {row["insight_type"]: row["prompt"] for row in listed} == {
        kind: prompts.shipped(kind) for kind in get_args(InsightType)
    }
    assert all(row["is_shipped"] and row["is_active"] and row["is_used"] and row["version"] == 1 for row in listed)
    assert migrations.ship(database_url) == 0


async def test_a_file_that_changed_ships_as_a_new_version(admin: httpx.AsyncClient, database_url: str) -> None:
    engine = create_engine(sqlalchemy_url(database_url))
    with engine.begin() as connection:
        assert template_repository.ship(connection, "daily_summary", "Another task.")
    engine.dispose()
    rows = await _listed(admin, insight_type="daily_summary")
    assert [(row["version"], row["is_used"]) for row in rows] == [(2, True), (1, False)]
    old = await admin.post(f"{PATH}/{rows[1]['id']}/activate")
    assert (old.status_code, old.json()["error"]) == (409, "insight_template_replaced")


async def test_a_tenants_own_version_is_used_until_it_is_taken_back(
    admin: httpx.AsyncClient, demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient
) -> None:
    scripted = clients.client = ScriptedClient(*(answer(json.dumps(ANSWER)) for _ in range(3)))
    added = (await admin.post(PATH, json=OWN)).json()
    assert (added["version"], added["is_active"], added["is_used"]) == (1, False, False)
    second = (await admin.post(PATH, json={**OWN, "prompt": "Two lines.", "activate": True})).json()
    assert (second["version"], second["is_active"], second["is_used"]) == (2, True, True)
    shipped = next(row for row in await _listed(admin, insight_type="daily_summary") if row["is_shipped"])
    written = [(await generate(demo_user, portfolios[BALANCED])).json()["prompt_version"]]
    for template in (added, shipped):
        activated = await admin.post(f"{PATH}/{template['id']}/activate")
        assert activated.json()["is_used"]
        written.append((await generate(demo_user, portfolios[BALANCED])).json()["prompt_version"])
    rules = prompts.rules_version()
    assert written == [f"daily_summary-own-2-{rules}", f"daily_summary-own-1-{rules}", f"daily_summary-1-{rules}"]
    tasks = [asked[0]["content"].rsplit("Your task\n", 1)[1] for asked in scripted.asked]
    assert tasks == ["Two lines.", OWN["prompt"], prompts.shipped("daily_summary")]


async def test_only_administrators_touch_them(demo_user: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    template_id = (await _listed(admin))[0]["id"]
    refused = [
        await demo_user.get(PATH),
        await demo_user.post(PATH, json=OWN),
        await demo_user.post(f"{PATH}/{template_id}/activate"),
    ]
    assert [response.status_code for response in refused] == [403] * 3


@pytest.mark.parametrize(
    "body", [{"prompt": ""}, {"prompt": "x" * 8_001}, {"insight_type": "horoscope"}, {"version": 9}]
)
async def test_a_version_that_cannot_be_is_refused(admin: httpx.AsyncClient, body: dict[str, Any]) -> None:
    response = await admin.post(PATH, json={**OWN, **body})
    assert (response.status_code, response.json()["fields"][0]["field"]) == (422, next(iter(body)))


async def test_another_tenants_version_is_neither_seen_nor_used(admin: httpx.AsyncClient, database: Database) -> None:
    async with database.session(demo.OTHER.scope) as session:
        theirs = InsightTemplate(tenant_id=demo.OTHER.scope.tenant_id, version=1, is_active=True, **OWN)
        session.add(theirs)
        await session.flush()
    assert str(theirs.id) not in {row["id"] for row in await _listed(admin)}
    assert (await admin.post(f"{PATH}/{theirs.id}/activate")).status_code == 404
    assert all(row["is_used"] for row in await _listed(admin))


async def test_the_application_cannot_touch_what_ships(database: Database) -> None:
    async with database.session(demo.ADMINISTRATOR.scope) as session:
        await session.execute(update(InsightTemplate).values(prompt="mine now"))
        await session.execute(delete(InsightTemplate))
        assert len((await session.scalars(select(InsightTemplate))).all()) == len(get_args(InsightType))
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.session(demo.ADMINISTRATOR.scope) as session:
            session.add(InsightTemplate(tenant_id=None, version=9, **OWN))
