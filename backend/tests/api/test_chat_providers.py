"""Conversations with both providers behind the API: recorded streams on loopback ports, everything else real."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.agent import model_call
from app.agent.routing import Clients
from app.config import Settings
from app.db import Database
from app.main import create_app
from tests.agent.fault_table import ANSWER, FAULTS, Fault
from tests.agent.provider_server import STALL, Provider, Reply, provider, sse, stream
from tests.agent.scripted import FakeToolBox, ScriptedClient, gives
from tests.agent.wires import WIRES, Said, Wire
from tests.api.chat_fixtures import Chat
from tests.api.chat_server import serving
from tests.builders import auth_headers, make_user

OPENAI, CLAUDE = WIRES
SENT_THROUGH_THE_API = (
    "400 invalid_request_error",
    "401 authentication_error",
    "529 overloaded_error",
    "a stream cut in the middle of JSON",
    "a stream cut in a call's arguments",
)
ACCEPTED_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class World:
    chat: Chat
    openai: Provider
    claude: Provider

    def of(self, wire: Wire) -> Provider:
        return self.openai if wire is OPENAI else self.claude


@asynccontextmanager
async def talking(settings: Settings, database: Database, **changes: Any) -> AsyncIterator[World]:
    """An API with both providers; without failover, so that each fault is seen as it is."""
    async with provider() as openai, provider() as claude:
        addresses = {"openai_base_url": openai.url, "anthropic_base_url": claude.url.removesuffix("/v1")}
        changed = settings.model_copy(update={"ai_provider": "openai", "ai_failover": "none", **addresses, **changes})
        user = await make_user(database)
        toolbox = FakeToolBox(get_beta=gives({"beta": 1.2}))
        app = create_app(changed, clients=Clients(changed, offline=ScriptedClient()), toolbox=toolbox)
        headers = auth_headers(user, settings)
        async with serving(app) as api, httpx.AsyncClient(base_url=api, headers=headers, timeout=60) as http:
            created = await http.post("/api/v1/chat/conversations", json={})
            yield World(Chat(http, app, user, created.json()["id"]), openai, claude)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_call, "BASE_PAUSE_SECONDS", 0.0)


async def test_a_conversation_reads_the_same_whoever_answers(settings: Settings, database: Database) -> None:
    async with talking(settings, database) as world:
        world.openai.replies += [*_reasoned_turn(OPENAI, "call:0"), stream(*OPENAI.step(words="Third."))]
        world.claude.replies += _reasoned_turn(CLAUDE, "toolu_1")
        for model in ("gpt-5.4-mini", "claude-sonnet-5-5", "gpt-5.4-mini"):
            reading = await world.chat.ask(f"Beta, {model}?", model=model)
            assert reading.types[-1] == "done", reading.events[-1].data

    # Each model is shown its own reasoning within its turn, and never the other's
    assert OPENAI.reasoning_mark in json.dumps(world.openai.requests[1])
    assert CLAUDE.reasoning_mark in json.dumps(world.claude.requests[1])
    assert OPENAI.reasoning_mark not in json.dumps(world.claude.requests)
    assert CLAUDE.reasoning_mark not in json.dumps(world.openai.requests)
    # Its ids were good for the one who made them, and are rewritten for the other
    assert all(ACCEPTED_ID.fullmatch(call_id) for call_id in _claude_ids(world.claude.requests[0]))
    # And everything that was said and found is told to whoever comes next
    items = world.openai.requests[-1]["input"]
    asked = [item["content"] for item in items if item.get("role") == "user"]
    assert asked == [f"Beta, {model}?" for model in ("gpt-5.4-mini", "claude-sonnet-5-5", "gpt-5.4-mini")]
    assert [item["call_id"] for item in items if item["type"] == "function_call"] == ["call:0", "toolu_1"]
    outputs = [(item["call_id"], item["output"]) for item in items if item["type"] == "function_call_output"]
    assert outputs == [("call:0", '{"beta":1.2}'), ("toolu_1", '{"beta":1.2}')]


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
async def test_faults_reach_the_person_as_the_table_says(settings: Settings, database: Database, wire: Wire) -> None:
    faults = [fault for fault in FAULTS if fault.name in SENT_THROUGH_THE_API]
    assert len(faults) == len(SENT_THROUGH_THE_API)
    async with talking(settings, database, ai_provider=wire.name) as world:
        for fault in faults:
            await _asked_during(world, wire, fault)
        stored = await world.chat.messages()

    assert [message["role"] for message in stored] == ["user", "assistant"] * len(faults) * 2
    assert [message["content"] for message in stored[1::4]] == [fault.seen.sentence for fault in faults]
    assert [message["content"] for message in stored[3::4]] == [ANSWER] * len(faults)


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
async def test_a_stop_reaches_the_provider(settings: Settings, database: Database, wire: Wire) -> None:
    """Its connection is closed: it does not go on writing what nobody will read."""
    async with talking(settings, database, ai_provider=wire.name) as world:
        server = world.of(wire)
        server.replies.append(Reply(chunks=[*(sse(event) for event in wire.words("Half an ")), STALL]))
        reading = asyncio.create_task(world.chat.ask("Well?"))
        run_id = await world.chat.until_running()
        await world.chat.until(run_id, "message")
        await world.chat.stop(run_id)
        done = (await reading).events[-1]
        async with asyncio.timeout(5):
            while not server.closed_by_client:  # noqa: ASYNC110 - until the other end of the socket has noticed
                await asyncio.sleep(0.01)

    assert (done.data["finish_reason"], done.data["final_text"]) == ("stopped", "Half an ")
    assert len(server.requests) == 1


async def _asked_during(world: World, wire: Wire, fault: Fault) -> None:
    """A question that meets the fault, the same request once more, and a question after it has passed."""
    server = world.of(wire)
    server.replies[:] = [fault.reply(wire)] * fault.tries
    first = await world.chat.ask(f"During {fault.name}", key=fault.name)
    repeated = await world.chat.ask(f"During {fault.name}", key=fault.name)
    server.replies[:] = [stream(*wire.step(words=ANSWER))]
    after = await world.chat.ask(f"After {fault.name}")

    assert first.types == ["start", "error"]
    error = first.events[-1].data
    assert (error["code"], error["message"]) == (fault.seen.code, fault.seen.sentence)
    assert [event.id for event in repeated.events] == [event.id for event in first.events]
    assert (after.types[-1], after.text) == ("done", ANSWER)


def _reasoned_turn(wire: Wire, call_id: str) -> list[Any]:
    return [stream(*wire.reasoned(Said(call_id))), stream(*wire.step(words=ANSWER))]


def _claude_ids(request: dict[str, Any]) -> Sequence[str]:
    blocks = [block for message in request["messages"] for block in message["content"]]
    return [block.get("id") or block["tool_use_id"] for block in blocks if block["type"] in ("tool_use", "tool_result")]
