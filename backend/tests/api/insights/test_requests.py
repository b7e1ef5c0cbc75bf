"""One insight for one request, whatever happens: keys, claims, replicas, the nightly schedule, and what readers do."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select, update

from app.db import Database
from app.models import Insight, InsightClaim
from app.repositories import insight as insight_repository
from app.services import demo
from tests.agent.demo_turn import BALANCED, TECHNOLOGY
from tests.agent.scripted import ScriptedClient, answer, end, text
from tests.api.insights.asking import ANSWER, OneClient, generate

pytestmark = pytest.mark.demo

WORDED = json.dumps(ANSWER)


async def _count(database: Database) -> int:
    async with database.session(demo.DEMO.scope) as session:
        assert await session.scalar(select(func.count()).select_from(InsightClaim)) == 0
        return await session.scalar(select(func.count()).select_from(Insight)) or 0


async def test_the_same_key_and_request_are_answered_once(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient, database: Database
) -> None:
    scripted = clients.client = ScriptedClient(answer(WORDED))
    answers = [await generate(demo_user, portfolios[BALANCED], key="k1", focus="beta") for _ in range(3)]
    assert [response.status_code for response in answers] == [200] * 3
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert len(scripted.asked) == 1
    assert await _count(database) == 1


@pytest.mark.parametrize("other", [{"focus": "beta"}, {"insight_type": "performance"}])
async def test_a_key_belongs_to_its_request(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], database: Database, other: dict[str, Any]
) -> None:
    await generate(demo_user, portfolios[BALANCED], key="k1")
    response = await generate(demo_user, portfolios[BALANCED], key="k1", **other)
    assert (response.status_code, response.json()["error"]) == (422, "idempotency_key_reused")
    assert await _count(database) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
async def test_a_key_that_is_none_is_refused(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], key: str
) -> None:
    assert (await generate(demo_user, portfolios[BALANCED], key=key)).status_code == 400


async def test_ten_at_once_are_one_insight_and_the_others_are_told_to_wait(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient, database: Database
) -> None:
    gate = asyncio.Event()
    scripted = clients.client = ScriptedClient([gate, *text(WORDED), end()])
    first = asyncio.create_task(generate(demo_user, portfolios[BALANCED], key="k1"))
    while not scripted.asked:  # noqa: ASYNC110 - the script tells nobody that it was asked
        await asyncio.sleep(0.01)
    others = await asyncio.gather(*(generate(demo_user, portfolios[BALANCED], key="k1") for _ in range(9)))
    assert {(response.status_code, response.json()["error"]) for response in others} == {(409, "insight_in_progress")}
    assert {response.headers["Retry-After"] for response in others} == {"5"}
    gate.set()
    assert (await first).status_code == 200
    assert await _count(database) == 1


async def test_after_a_failure_the_same_key_tries_again(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient, database: Database
) -> None:
    clients.client = ScriptedClient([*text("I will not."), end("refused")], answer(WORDED))
    assert (await generate(demo_user, portfolios[BALANCED], key="k1")).status_code == 502
    assert (await generate(demo_user, portfolios[BALANCED], key="k1")).status_code == 200
    assert await _count(database) == 1


async def test_a_claim_of_a_process_that_died_runs_out(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], database: Database
) -> None:
    body = {"portfolio_id": portfolios[BALANCED], "insight_type": "daily_summary", "focus": None, "question": None}
    async with database.session(demo.DEMO.scope) as session:
        claimed = {"user_id": demo.DEMO.scope.user_id, "key": "k1", "request_hash": "of another"}
        assert await insight_repository.claim(session, **claimed, lease=timedelta(minutes=10))
    refused = await generate(demo_user, **body, key="k1")
    assert refused.status_code == 422
    async with database.session(demo.DEMO.scope) as session:
        await session.execute(update(InsightClaim).values(expires_at=func.now() - timedelta(seconds=1)))
    assert (await generate(demo_user, **body, key="k1")).status_code == 200
    assert await _count(database) == 1


async def test_a_reader_who_leaves_does_not_end_it(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient, database: Database
) -> None:
    gate = asyncio.Event()
    scripted = clients.client = ScriptedClient([gate, *text(WORDED), end()])
    reader = asyncio.create_task(generate(demo_user, portfolios[BALANCED], key="k1"))
    while not scripted.asked:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    gate.set()
    async with asyncio.timeout(10):
        while (again := await generate(demo_user, portfolios[BALANCED], key="k1")).status_code == 409:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert again.status_code == 200
    assert await _count(database) == 1


async def test_a_list_holds_one_type_and_leaves_dismissed_ones_out(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str]
) -> None:
    made = {kind: (await generate(demo_user, portfolios[BALANCED], insight_type=kind)).json()
            for kind in ("daily_summary", "performance")}  # fmt: skip
    path = f"/api/v1/insights/portfolio/{portfolios[BALANCED]}"
    of_type = (await demo_user.get(path, params={"insight_type": "performance"})).json()["items"]
    assert of_type == [made["performance"]]
    changed = await demo_user.patch(f"/api/v1/insights/{made['performance']['id']}", json={"is_dismissed": True})
    assert changed.json() == {**made["performance"], "is_dismissed": True}
    assert (await demo_user.get(path)).json()["items"] == [made["daily_summary"]]
    everything = (await demo_user.get(path, params={"with_dismissed": True})).json()["items"]
    assert everything == [changed.json(), made["daily_summary"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [({"title": ""}, "title"), ({"title": None}, "title"), ({"is_dismissed": None}, "is_dismissed"),
     ({"severity": "info"}, "severity"), ({"summary": "better"}, "summary")],
)  # fmt: skip
async def test_only_what_is_a_readers_can_be_changed(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], body: dict[str, Any], field: str
) -> None:
    insight = (await generate(demo_user, portfolios[TECHNOLOGY])).json()
    response = await demo_user.patch(f"/api/v1/insights/{insight['id']}", json=body)
    assert (response.status_code, response.json()["fields"][0]["field"]) == (422, field)
    assert (await demo_user.patch(f"/api/v1/insights/{uuid4()}", json={"title": "x"})).status_code == 404
