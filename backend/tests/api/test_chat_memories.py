"""What is remembered, in a conversation."""

from app.agent.llm_offline import OfflineAnalyst
from app.agent.tools.catalogue import standard_registry
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


async def test_the_offline_analyst_notes_what_it_is_told_and_names_it_once_it_is_confirmed(
    open_chat: OpenChat,
) -> None:
    async with open_chat(OfflineAnalyst(), standard_registry()) as chat:
        noted = await chat.ask("Remember that I compare myself with the S&P 500.")
        (draft,) = (await chat.http.get(PATH, params={"status": "draft"})).json()["items"]
        before = await chat.ask("What do you remember about me?")
        await chat.http.patch(f"{PATH}/{draft['id']}", json={"status": "active", "kind": "preference"})
        after = await chat.ask("What do you remember about me?")

    assert "Noted as a draft: *I compare myself with the S&P 500.*" in noted.text
    assert draft["source_message_id"] == noted.events[0].data["user_message_id"]
    assert (before.events[-1].data["memories"], "given nothing" in before.text) == ([], True)
    assert "- I compare myself with the S&P 500." in after.text
    assert [memory["id"] for memory in after.events[-1].data["memories"]] == [draft["id"]]


async def test_with_memory_off_the_offline_analyst_says_that_it_keeps_nothing(open_chat: OpenChat) -> None:
    async with open_chat(OfflineAnalyst(), standard_registry()) as chat:
        await chat.http.patch("/api/v1/auth/me", json={"memory_enabled": False})
        told = await chat.ask("Remember that I retire in 2040.")
        kept = (await chat.http.get(PATH)).json()["items"]

    assert "memory is switched off" in told.text
    assert kept == []
