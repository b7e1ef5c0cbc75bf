"""The wire format that the web app reads: written here, read there, drift fails on both sides."""

import json

from scripts.write_contract_fixture import FIXTURE, rendered, wire
from tests.agent.scripted import FakeToolBox, ScriptedClient, answer, call, end, gives, text
from tests.api.chat_fixtures import OpenChat


def test_the_fixture_is_what_the_code_writes() -> None:
    assert FIXTURE.read_text(encoding="utf-8") == rendered(), "run `make gen`"


def test_the_deltas_of_every_turn_are_its_final_text() -> None:
    for turn in json.loads(rendered()):
        deltas = [event["data"]["delta"] for event in turn["events"] if event["type"] == "message"]
        assert "".join(deltas) == turn["final_text"], turn["name"]


async def test_a_real_stream_is_written_as_the_fixture_is(open_chat: OpenChat) -> None:
    client = ScriptedClient([*text("Größe \u2028"), call("get_beta", "c1"), end("tool_calls")], answer("1.2\r\n"))
    async with open_chat(client, FakeToolBox(get_beta=gives({"beta": None}))) as chat:
        sent = {"conversation_id": chat.conversation_id, "text": "Well?"}
        received = await chat.http.post("/api/v1/chat/send", json=sent)
        run_id = received.text.split('"run_id":"')[1].split('"')[0]
        runs, scope = chat.app.state.runs, chat.scope
        logged = [event async for event in runs.watch(run_id, scope, 0)]

    assert received.text == wire(logged)
