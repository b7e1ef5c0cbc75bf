"""The ledger as turns fill it, and what is told of it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from app.agent.llm_client import Choice, Mode, Overloaded, Rule, StreamCut, Task, Unauthorized
from app.agent.price_table import FREE, Price
from app.config import Settings
from app.db import Database
from app.main import create_app
from app.models import Message, ModelUsage, Run, User
from tests.agent.scripted import Action, FakeToolBox, ScriptedClient, ScriptedClients, answer, call, end, gives, usage
from tests.agent.scripted import text as said
from tests.api.chat_fixtures import Chat
from tests.api.chat_server import serving
from tests.builders import auth_headers, make_routing_rule, make_user, scope_of

USAGE = "/api/v1/agent/usage"
# 100 tokens read and 10 written, as in `answer()`, cost 0.001 + 0.001
PRICE = Price(Decimal(10), Decimal(1), Decimal(10), Decimal(100), "test")
COST = Decimal("0.002")
# The output that is reserved for: 20,000 tokens cost 2
BUDGET = Decimal("2.5")


class PricedClients(ScriptedClients):
    """A model with a price, which rules may name, and perhaps one that is free and goes on where it fails."""

    def __init__(self, client: ScriptedClient, stand_in: ScriptedClient | None = None) -> None:
        super().__init__(client)
        self.stand_in = stand_in
        self.tasks: list[Task] = []

    def choose(self, *, task: Task, mode: Mode, model: str | None, rule: Rule | None) -> Choice:
        self.tasks.append(task)
        free = () if self.stand_in is None else (Choice(self.stand_in, "free-1", price=FREE),)
        choice = Choice(self.client, "scripted-1", price=PRICE, fallbacks=free)
        return choice if rule is None else replace(choice, variant=rule.variant)


class World:
    def __init__(self, database: Database, settings: Settings, user: User) -> None:
        self.database, self.settings, self.user = database, settings, user

    async def rows(self) -> list[ModelUsage]:
        async with self.database.session(scope_of(self.user)) as session:
            return list((await session.scalars(select(ModelUsage).order_by(ModelUsage.created_at))).all())

    def http(self, url: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=url, headers=auth_headers(self.user, self.settings), timeout=20)


@pytest.fixture
def world(database: Database, settings: Settings, user: User) -> World:
    return World(database, settings, user)


async def asked(
    world: World, clients: PricedClients, *questions: str, tools: FakeToolBox | None = None, **settings: Any
) -> list[tuple[str, dict[str, Any]]]:
    """The last event of each turn, or the refusal, with its status among it."""
    app = create_app(world.settings.model_copy(update=settings), clients=clients, toolbox=tools or FakeToolBox())
    async with serving(app) as url, world.http(url) as http:
        created = await http.post("/api/v1/chat/conversations", json={})
        chat = Chat(http, app, world.user, created.json()["id"])
        endings = []
        for question in questions:
            reading = await chat.ask(question)
            last = reading.events[-1]
            told = {"status": reading.status, "retry_after": reading.headers.get("retry-after")}
            endings.append((last.type, last.data | told))
        return endings


async def test_a_turn_leaves_a_row_for_each_call_and_tells_what_it_cost(world: World) -> None:
    client = ScriptedClient([call("get_beta", "c1"), usage(100, 10), end("tool_calls")], answer("It is 1.2."))
    [(_, done)] = await asked(world, PricedClients(client), "Beta?", tools=FakeToolBox(get_beta=gives(1.2)))

    assert done["usage"]["cost_usd"] == 2 * float(COST)
    rows = await world.rows()
    assert [(row.outcome, row.cost_usd, row.price_version, row.task) for row in rows] == [
        ("answered", COST, "test", "chat")
    ] * 2
    assert all(row.run_id is not None and row.duration_ms is not None for row in rows)


async def test_failed_calls_are_in_the_ledger_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.agent.model_call.BASE_PAUSE_SECONDS", 0.0)
    clients = PricedClients(
        ScriptedClient([Overloaded()], [*said("Half an "), StreamCut()]), ScriptedClient(answer("never asked for"))
    )
    [(kind, _)] = await asked(world, clients, "Beta?")

    assert kind == "error"
    assert sorted((row.outcome, row.cost_usd) for row in await world.rows()) == [
        ("provider_overloaded", Decimal(0)), ("provider_stream_cut", None),
    ]  # fmt: skip


async def test_who_answered_is_stored_and_who_was_asked_is_told(world: World) -> None:
    clients = PricedClients(ScriptedClient([Unauthorized()]), ScriptedClient(answer("For nothing.")))
    [(_, done)] = await asked(world, clients, "Beta?")
    async with world.database.session(scope_of(world.user)) as session:
        run = (await session.scalars(select(Run))).one()

    assert run.model == "free-1"
    assert [(one["model"], one["outcome"]) for one in done["attempts"]] == [
        ("scripted-1", "provider_unauthorized"), ("free-1", "answered"),
    ]  # fmt: skip
    assert done["usage"]["cost_usd"] == 0


async def test_a_call_that_the_budget_does_not_cover_ends_the_turn_with_its_name(world: World) -> None:
    clients = PricedClients(ScriptedClient(answer("never asked for")))
    [(kind, error)] = await asked(world, clients, "Beta?", ai_daily_budget_usd=Decimal("0.5"))

    assert (kind, error["code"], error["retryable"]) == ("error", "budget_exceeded", False)
    assert "offline" in error["message"]
    assert clients.client.asked == []


async def test_what_costs_nothing_goes_on_where_the_budget_ends(world: World) -> None:
    clients = PricedClients(ScriptedClient(), ScriptedClient(answer("For nothing.")))
    [(kind, done)] = await asked(world, clients, "Beta?", ai_daily_budget_usd=Decimal("0.5"))

    assert (kind, done["final_text"]) == ("done", "For nothing.")
    assert done["attempts"][0]["outcome"] == "budget_exceeded"


async def test_a_budget_that_is_used_up_refuses_before_there_is_a_stream(world: World) -> None:
    long: list[Action] = [*said("Long."), usage(0, 25_000), end()]
    clients = PricedClients(ScriptedClient(long))
    first, second = await asked(world, clients, "One?", "Two?", ai_daily_budget_usd=BUDGET)

    assert first[0] == "done"
    assert (second[0], second[1]["status"], second[1]["error"]) == ("refused", 429, "budget_exceeded")
    assert 0 < int(second[1]["retry_after"]) <= 24 * 60 * 60 + 1


async def test_questions_have_a_pace(world: World) -> None:
    clients = PricedClients(ScriptedClient(answer("One."), answer("Two.")))
    endings = await asked(world, clients, "One?", "Two?", "Three?", ai_turns_per_minute=2)

    assert [kind for kind, _ in endings] == ["done", "done", "refused"]
    assert (endings[2][1]["status"], endings[2][1]["error"]) == (429, "too_many_turns")
    assert 0 < int(endings[2][1]["retry_after"]) <= 61


async def test_a_rule_holds_from_the_next_question_on_and_its_variant_is_kept(world: World) -> None:
    clients = PricedClients(ScriptedClient(answer("One."), answer("Two.")))
    await asked(world, clients, "One?")
    await make_routing_rule(world.database, world.user, variant="calm", model="scripted-1")
    await asked(world, clients, "Two?")
    async with world.database.session(scope_of(world.user)) as session:
        rows = await session.execute(
            select(Run.variant, Message.variant).join(Message, Message.run_id == Run.id).order_by(Run.created_at)
        )
        stored = [tuple(row) for row in rows]

    assert stored == [(None, None), ("calm", "calm")]
    assert [row.variant for row in await world.rows()] == [None, "calm"]


async def test_a_question_that_asks_for_long_work_is_a_heavy_task(world: World) -> None:
    clients = PricedClients(ScriptedClient(answer("Long."), answer("Short.")))
    await asked(world, clients, "Write a 30-day post-mortem.", "What is a post-mortem?")

    assert clients.tasks == ["heavy", "chat"]
    assert [row.task for row in await world.rows()] == ["heavy", "chat"]


async def test_usage_is_told_by_day_and_by_model(signed_in: httpx.AsyncClient, world: World) -> None:
    await asked(world, PricedClients(ScriptedClient(answer("One."), answer("Two."))), "One?", "Two?")
    told = (await signed_in.get(USAGE)).json()

    totals = {
        "calls": 2, "failed_calls": 0, "calls_of_unknown_cost": 0, "cost_usd": 0.004, "input_tokens": 200,
        "cached_input_tokens": 0, "output_tokens": 20, "reasoning_tokens": 0,
    }  # fmt: skip
    assert told["totals"] == totals
    assert [one | {"day": None} for one in told["by_day"]] == [totals | {"day": None}]
    assert told["by_model"] == [totals | {"provider": "scripted", "model": "scripted-1"}]
    assert told["by_user"] == []
    assert (told["budget"]["limit_usd"], told["budget"]["left_usd"]) == (None, None)
    assert told["budget"]["spent_usd"] == 0.004


async def test_usage_of_nobody_is_nothing(signed_in: httpx.AsyncClient) -> None:
    told = (await signed_in.get(USAGE, params={"from": "2022-01-01", "to": "2022-01-31"})).json()

    assert (told["from"], told["to"], told["totals"]["calls"], told["by_day"]) == ("2022-01-01", "2022-01-31", 0, [])


async def test_an_administrator_sees_the_tenants_usage_by_person(
    client: httpx.AsyncClient, world: World, settings: Settings
) -> None:
    admin = await make_user(world.database, tenant_id=world.user.tenant_id, role="admin", display_name="Grace")
    stranger = await make_user(world.database, role="admin")
    await asked(world, PricedClients(ScriptedClient(answer("One."))), "One?")

    async def tenant(user: User) -> httpx.Response:
        return await client.get(USAGE, params={"scope": "tenant"}, headers=auth_headers(user, settings))

    told = (await tenant(admin)).json()
    assert [(one["user_id"], one["display_name"], one["calls"]) for one in told["by_user"]] == [
        (str(world.user.id), "Ada", 1)
    ]
    assert told["totals"]["cost_usd"] == float(COST)
    assert (await tenant(stranger)).json()["totals"]["calls"] == 0
    assert (await tenant(world.user)).status_code == 403


async def test_the_door_to_the_tenants_usage_opens_to_administrators_only(world: World) -> None:
    """Even for who gets past the endpoint."""
    await asked(world, PricedClients(ScriptedClient(answer("One."))), "One?")
    async with world.database.session(scope_of(world.user)) as session:
        seen = await session.scalar(text("select count(*) from tenant_usage('-infinity', 'infinity')"))

    assert seen == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2022-02-01", "to": "2022-01-01"}, "from"),
        ({"from": "2020-01-01", "to": "2022-01-01"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"scope": "world"}, "scope"),
        ({"days": "3"}, "days"),
    ],
)
async def test_a_time_that_makes_no_sense_is_refused(
    signed_in: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    refused = await signed_in.get(USAGE, params=query)

    assert refused.status_code == 422
    assert refused.json()["fields"][0]["field"] == field
