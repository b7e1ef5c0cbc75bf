"""What an operator's Prometheus reads."""

import asyncio
import re
from uuid import UUID

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app import metrics
from app.config import Settings
from app.db import Database, together
from app.main import create_app
from app.repositories import job as job_repository
from app.schemas.page import PageQuery
from app.services import demo, token
from app.services import metrics as metrics_service
from app.services import portfolio as portfolio_service
from tests.agent.scripted import FakeToolBox, ScriptedClient, ScriptedClients, answer, call, end, gives, usage
from tests.api.chat_fixtures import OpenChat
from tests.api.chat_server import serving
from tests.api.paused_postgres import paused

METRICS = "/api/v1/metrics"
TOKEN = "prometheus-reads-with-this"
Samples = dict[str, float]
# The contract: dashboards and alarms are written against these
FAMILIES = {
    "sigmasight_turns": ("outcome",),
    "sigmasight_turn_seconds": (),
    "sigmasight_first_token_seconds": (),
    "sigmasight_model_calls": ("provider", "model", "outcome"),
    "sigmasight_tool_calls": ("name", "outcome"),
    "sigmasight_open_streams": (),
    "sigmasight_database_connections": ("state",),
    "sigmasight_database_waiting": (),
    "sigmasight_database_up": (),
    "sigmasight_jobs": ("state",),
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return Settings.model_validate(settings.model_dump() | {"metrics_token": TOKEN})


async def read(client: httpx.AsyncClient) -> str:
    answered = await client.get(METRICS, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answered.status_code == 200, answered.text
    assert answered.headers["content-type"] == metrics.CONTENT_TYPE
    return answered.text


def samples(text: str) -> Samples:
    """By name and labels, the labels in the order of their names."""
    return {
        " ".join((sample.name, *(sample.labels[name] for name in sorted(sample.labels)))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def gained(before: Samples, after: Samples) -> Samples:
    """The process counts on through all tests."""
    return {key: value - before.get(key, 0.0) for key, value in after.items()}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer somebody's"}, {"Authorization": f"Basic {TOKEN}"}])
async def test_nobody_reads_them_without_the_token(client: httpx.AsyncClient, header: dict[str, str]) -> None:
    answered = await client.get(METRICS, headers=header)

    assert (answered.status_code, answered.json()["error"]) == (401, "unauthenticated")


class TestWithoutAToken:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return Settings.model_validate(settings.model_dump() | {"metrics_token": ""})

    @pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer "}])
    async def test_there_are_none(self, client: httpx.AsyncClient, header: dict[str, str]) -> None:
        assert (await client.get(METRICS, headers=header)).status_code == 404


async def test_they_are_what_is_written_down(
    client: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However busy this machine is
    monkeypatch.setattr(metrics_service, "LOOK_SECONDS", 60.0)
    async with database.session() as session:
        await together(session, [job_repository.deferral("made_up", {})])
    families = {family.name: family for family in text_string_to_metric_families(await read(client))}
    found = samples(await read(client))

    assert set(families) - {f"{name}_created" for name in families} >= set(FAMILIES)
    for name, labels in FAMILIES.items():
        for sample in families[name].samples:
            assert set(sample.labels) - {"le"} == set(labels)
    assert found["sigmasight_jobs todo"] == 1
    assert found["sigmasight_database_up"] == 1


async def test_a_turn_is_counted_with_its_calls(open_chat: OpenChat) -> None:
    step = [call("get_beta", "c1"), call("made_up_by_a_model", "c2"), usage(1, 1), end("tool_calls")]
    async with open_chat(ScriptedClient(step, answer("Fine.")), FakeToolBox(get_beta=gives({"beta": 1.2}))) as chat:
        before = samples(await read(chat.http))
        await chat.ask("Well?")
        after = samples(text := await read(chat.http))
    new = gained(before, after)

    assert new["sigmasight_turns_total stop"] == 1
    assert new["sigmasight_turn_seconds_count"] == 1
    assert new["sigmasight_first_token_seconds_count"] == 1
    assert new["sigmasight_model_calls_total scripted-1 answered scripted"] == 2
    assert new["sigmasight_tool_calls_total get_beta ok"] == 1
    assert new["sigmasight_tool_calls_total unknown unknown_tool"] == 1
    assert "made_up_by_a_model" not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", text)
    assert str(UUID(chat.conversation_id)) not in text


async def test_an_open_stream_is_counted(open_chat: OpenChat) -> None:
    gate = asyncio.Event()
    async with open_chat(ScriptedClient([gate, *answer("Fine.")]), FakeToolBox()) as chat:
        before = samples(await read(chat.http))["sigmasight_open_streams"]
        asking = asyncio.create_task(chat.ask("Well?"))
        await chat.until_running()
        while samples(await read(chat.http))["sigmasight_open_streams"] != before + 1:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        gate.set()
        await asking
        after = samples(await read(chat.http))["sigmasight_open_streams"]

    assert after == before


@pytest.mark.demo
async def test_a_reader_of_an_insight_is_counted(settings: Settings, database: Database) -> None:
    gate = asyncio.Event()
    app = create_app(settings, clients=ScriptedClients(ScriptedClient([gate, *answer("No insight.")], answer("None."))))
    async with database.session(demo.DEMO.scope) as session:
        portfolio, *_ = (await portfolio_service.list_page(session, PageQuery())).items
    asked = {"portfolio_id": str(portfolio.id), "insight_type": "daily_summary"}
    headers = {"Authorization": f"Bearer {token.issue(demo.DEMO.scope, settings).text}", "Accept": "text/event-stream"}
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        before = samples(await read(http))["sigmasight_open_streams"]
        async with http.stream("POST", "/api/v1/insights/generate", json=asked, headers=headers) as stream:
            lines = stream.aiter_lines()
            await anext(lines)
            during = samples(await read(http))["sigmasight_open_streams"]
            gate.set()
            told = [line async for line in lines]
        after = samples(await read(http))["sigmasight_open_streams"]

    assert (during, after) == (before + 1, before)
    assert "event: done" in told


async def test_a_database_that_does_not_answer_costs_only_what_it_would_tell(
    client: httpx.AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read(client)
    with paused(settings), monkeypatch.context() as patch:
        patch.setattr(metrics_service, "LOOK_SECONDS", 0.1)
        found = samples(await read(client))

    assert found["sigmasight_database_up"] == 0
    assert not [name for name in found if name.startswith("sigmasight_jobs ")]
