"""What is remembered, in a conversation."""

from tests.agent.scripted import ScriptedClient, answer
from tests.api.chat_fixtures import OpenChat

PATH = "/api/v1/agent/memories"


async def test_what_a_turn_was_given_is_in_its_last_event_on_its_message_and_counted(open_chat: OpenChat) -> None:
    async with open_chat(ScriptedClient(answer("As you like."), answer("Again."))) as chat:
        made = await chat.http.post(PATH, json={"content": "I prefer percentages.", "kind": "preference"})
        reading = await chat.ask("How am I doing?")
        (_, message) = await chat.messages()
        counted = (await chat.http.get(f"{PATH}/{made.json()['id']}")).json()
        shown = chat.app.state.clients.client.asked[0]
        await chat.http.delete(f"{PATH}/{made.json()['id']}")
        again = await chat.ask("And now?")
        (_, stored, *_) = await chat.messages()

    expected = [{"id": made.json()["id"], "content": "I prefer percentages."}]
    assert reading.events[-1].data["memories"] == message["memories"] == stored["memories"] == expected
    assert (counted["use_count"], counted["updated_at"]) == (1, made.json()["updated_at"])
    assert counted["last_used_at"] is not None
    assert any("I prefer percentages." in said["content"] for said in shown if said["role"] == "system")
    assert again.events[-1].data["memories"] == []
