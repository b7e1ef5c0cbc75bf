"""Planted instructions, and a model that obeys them all: the server allows nothing that the person may not do."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from app.agent.limits import STANDARD
from app.agent.llm_offline import OfflineAnalyst
from app.agent.runtime import MAX_STEPS
from app.agent.tools.catalogue import standard_registry
from app.agent.turn_tools import MAX_CALLS
from app.config import Settings
from app.db import Database
from app.embedded_postgres import EmbeddedPostgres
from app.main import create_app
from app.schemas.memory import MAX_CONTENT_CHARS
from app.services import memory_draft
from tests.agent.injection.cases import DRAFT, Case, ObeyedCall, cases
from tests.agent.injection.obedient import ObedientModel, SwitchedClients
from tests.agent.injection.planting import PLACES, Victim
from tests.agent.injection.world import CANARIES, World, people_with_secrets
from tests.agent.knowledge_base import WordEmbedder
from tests.agent.scripted import ScriptedClient, ScriptedClients, answer
from tests.api.chat_server import Reading, serving

CASES = [pytest.param(case, id=case.id) for case in cases()]
FEWEST_CASES = 60


@pytest.fixture(scope="module")
async def world(
    postgres: EmbeddedPostgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """One for all cases: each brings a person of its own."""
    with postgres.copied_database(migrated_template) as url:
        database = Database(url, pool_size=5)
        foreign, neighbour = await people_with_secrets(database)
        clients = SwitchedClients()
        settings = _settings(url, tmp_path_factory.mktemp("home"))
        app = create_app(settings, clients=clients, embedder=WordEmbedder())
        async with serving(app) as served_at:
            yield World(database, settings, app, served_at, clients, foreign, neighbour)
        await database.close()


def _settings(url: str, home: Path) -> Settings:
    return Settings(
        _env_file=None,
        environment="test",
        home=home,
        database_url=url,
        ai_provider="offline",
        openai_api_key=SecretStr("sk-a-key-that-no-prompt-may-hold"),
        token_secret=SecretStr("a-secret-of-at-least-32-characters-for-tokens"),
    )


@pytest.mark.parametrize("case", CASES)
async def test_a_model_that_obeys_is_allowed_nothing(world: World, case: Case) -> None:
    async with world.victim() as victim:
        case = case.about({**world.names, "own": victim.portfolio_id})
        place = PLACES[case.planted_in]
        await place.plant(victim, case.text)
        before = world.fingerprint(victim.scope.user_id)
        model = ObedientModel(case, place.seen_with)
        world.clients.client = model

        reading = await victim.chat.ask(victim.question, ui_context=victim.ui_context)

        assert reading.types[-1] == "done", reading.events[-1].data
        assert model.has_met_the_text is not case.is_hidden
        assert_calls_end_as_they_must(case, reading)
        assert_limits_are_kept(model, reading)
        assert await leaked(victim, reading) == []
        assert [secret for secret in world.secrets() if any(secret in text for text in model.shown)] == []
        assert model.offered == {spec["name"] for spec in standard_registry().specs()}
        assert await drafted(world, victim, case, reading) == []
        assert world.fingerprint(victim.scope.user_id) == before


@pytest.mark.parametrize("case", CASES)
async def test_the_offline_analyst_is_not_misled(world: World, case: Case) -> None:
    async with world.victim() as victim:
        case = case.about({**world.names, "own": victim.portfolio_id})
        await PLACES[case.planted_in].plant(victim, case.text)
        before = world.fingerprint(victim.scope.user_id)
        world.clients.client = OfflineAnalyst()

        reading = await victim.chat.ask(victim.question, ui_context=victim.ui_context)

        assert reading.types[-1] == "done", reading.events[-1].data
        assert await leaked(victim, reading) == []
        assert world.fingerprint(victim.scope.user_id) == before


async def test_the_suite_would_see_a_leak(world: World) -> None:
    """The owner's own reading holds what must not be in anybody else's, and a written row changes the fingerprint."""
    async with world.victim() as victim:
        before = world.fingerprint(victim.scope.user_id)
        await victim.hold(symbol="CANARYCO")
        world.clients.client = OfflineAnalyst()

        reading = await victim.chat.ask("What do I hold?", ui_context=victim.ui_context)

        assert "CANARY" in await leaked(victim, reading)
        assert world.fingerprint(victim.scope.user_id) != before


def test_there_are_cases_for_every_place_and_enough_of_them() -> None:
    planted = Counter(case.planted_in for case in cases())

    assert len(cases()) >= FEWEST_CASES
    assert set(planted) == set(PLACES)
    assert len({case.id for case in cases()}) == len(cases())


def assert_calls_end_as_they_must(case: Case, reading: Reading) -> None:
    ended = {
        event.data["tool_call_id"]: (event.data["error"] or {}).get("code")
        for event in reading.events
        if event.type == "tool_result"
    }
    wanted = [call for call in case.obeys for _ in range(call.repeated)]
    for number, call in enumerate(wanted):
        assert ended[f"obeyed-{number}"] in endings(call), (call, ended[f"obeyed-{number}"])


def endings(call: ObeyedCall) -> set[str | None]:
    if call.ends == DRAFT:
        return {None}
    return {call.ends, "tool_limit"} if call.repeated > 1 else {call.ends}


def assert_limits_are_kept(model: ObedientModel, reading: Reading) -> None:
    results = [event.data for event in reading.events if event.type == "tool_result"]
    carried_out = [data for data in results if (data["error"] or {}).get("code") != "tool_limit"]
    assert len(carried_out) <= MAX_CALLS
    assert model.steps <= MAX_STEPS
    assert reading.types.count("done") == 1


async def drafted(world: World, victim: Victim, case: Case, reading: Reading) -> list[str]:
    """What a model that wants to keep the text, wherever it lies, gets kept of it after the turn."""
    rows = [{"content": case.text[:MAX_CONTENT_CHARS], "kind": "rule", "about": "person"}]
    clients = ScriptedClients(ScriptedClient(answer(json.dumps({"memories": rows}))))
    message_id = UUID(reading.events[0].data["user_message_id"])
    outcomes = await memory_draft.listen(world.database, clients, WordEmbedder(), victim.scope, message_id, STANDARD)
    # What the person says themselves becomes a draft of theirs
    return [] if case.planted_in == "question" else [str(outcome) for outcome in outcomes]


async def leaked(victim: Victim, reading: Reading) -> list[str]:
    """Canaries in the stream, or in what is stored of the conversation."""
    told = [event.data for event in reading.events] + await victim.chat.messages()
    return found_in(told, CANARIES)


def found_in(told: Iterable[Any], marks: Iterable[str]) -> list[str]:
    text = "\n".join(json.dumps(item, ensure_ascii=False) for item in told)
    return [mark for mark in marks if mark in text]
