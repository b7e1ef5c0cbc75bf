"""The last question answered again, or asked in other words: what takes whose place, and what is kept."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text as sql

from app.agent.llm_client import Overloaded
from app.config import Settings
from app.db import Database
from tests.agent.scripted import Action, ScriptedClient, answer, text
from tests.api.chat_fixtures import Chat, OpenChat
from tests.builders import make_user


async def shown(chat: Chat) -> list[str]:
    return [message["content"] for message in await chat.messages()]


async def last_answer(chat: Chat) -> str:
    return str((await chat.messages())[-1]["id"])


async def test_an_answer_given_again_takes_the_place_of_the_former(open_chat: OpenChat) -> None:
    client = ScriptedClient(answer("Zero."), answer("First."), answer("Second."), answer("Next."))
    async with open_chat(client) as chat:
        await chat.ask("Before?")
        asked = await chat.ask("Well?", ui_context={"page": "risk"})
        again = await chat.ask_again(await last_answer(chat))

        assert again.types == ["start", "message", "done"]
        start = again.events[0].data
        assert start["user_message_id"] == asked.events[0].data["user_message_id"]
        assert start["assistant_message_id"] != asked.events[0].data["assistant_message_id"]
        assert await shown(chat) == ["Before?", "Zero.", "Well?", "Second."]
        await chat.ask("And then?")

    assert client.asked[2] == client.asked[1]
    said = [message["content"] for message in client.asked[3] if message["role"] != "system"]
    assert said == ["Before?", "Zero.", "Well?", "Second.", "And then?"]


@pytest.mark.parametrize(
    "steps", [[Overloaded(retry_after_seconds=900)], [*text("Half an "), Overloaded(retry_after_seconds=900)]]
)
async def test_the_former_answer_stands_where_another_cannot_be_had(open_chat: OpenChat, steps: list[Action]) -> None:
    async with open_chat(ScriptedClient(answer("First."), steps, answer("Third."))) as chat:
        await chat.ask("Well?")
        failed = await chat.ask_again(await last_answer(chat))

        assert failed.types[-1] == "error"
        assert await shown(chat) == ["Well?", "First."]
        assert (await chat.ask_again(await last_answer(chat))).text == "Third."
        assert await shown(chat) == ["Well?", "Third."]


@pytest.mark.parametrize(("words", "stands"), [("Half an ", "Half an "), ("", "First.")])
async def test_an_answer_that_was_stopped_takes_the_place_only_with_words(
    open_chat: OpenChat, words: str, stands: str
) -> None:
    script = [*(text(words) if words else []), asyncio.Event()]
    async with open_chat(ScriptedClient(answer("First."), script)) as chat:
        await chat.ask("Well?")
        asking = asyncio.create_task(chat.ask_again(await last_answer(chat)))
        run_id = await chat.until_running()
        await chat.until(run_id, "message" if words else "start")
        assert await shown(chat) == ["Well?"]
        await chat.stop(run_id)
        await asking

        assert await shown(chat) == ["Well?", stands]


async def test_only_the_last_answer_is_given_again(open_chat: OpenChat) -> None:
    async with open_chat(ScriptedClient(answer("One."), answer("Two."), answer("Three."))) as chat:
        for question in ("First?", "Second?"):
            await chat.ask(question)
        first_question, first_answer, last_question, former = [message["id"] for message in await chat.messages()]
        await chat.ask_again(former)

        for message_id in (first_question, first_answer, last_question, former):
            refused = await chat.ask_again(message_id)
            assert (refused.status, refused.events[0].data["error"]) == (409, "not_the_last_turn"), message_id
        assert (await chat.ask_again(str(uuid4()))).status == 404


async def test_an_answer_is_given_again_by_another_model_or_mode(open_chat: OpenChat) -> None:
    async with open_chat(ScriptedClient(answer("One."), answer("Two."))) as chat:
        await chat.ask("Well?")
        again = await chat.ask_again(await last_answer(chat), mode="deep", model="scripted-2")

        assert (again.events[0].data["mode"], again.events[0].data["model"]) == ("deep", "scripted-2")
        assert (await chat.ask_again(await last_answer(chat), mode="turbo")).status == 422


async def test_the_same_request_again_is_the_same_turn(open_chat: OpenChat) -> None:
    async with open_chat(ScriptedClient(answer("One."), answer("Two."), answer("Three."))) as chat:
        await chat.ask("Well?")
        former = await last_answer(chat)
        readings = await asyncio.gather(*(chat.ask_again(former, key="k1") for _ in range(5)))

        assert {reading.run_id for reading in readings} == {readings[0].run_id}
        assert (await chat.ask_again(former, key="k1")).events == readings[0].events
        other = await chat.ask_again(await last_answer(chat), key="k1")
        assert (other.status, other.events[0].data["error"]) == (422, "idempotency_key_reused")
        assert await shown(chat) == ["Well?", "Two."]


async def test_nothing_is_given_again_while_a_turn_runs(open_chat: OpenChat) -> None:
    gate = asyncio.Event()
    async with open_chat(ScriptedClient(answer("One."), [gate, *answer("Two.")])) as chat:
        await chat.ask("Well?")
        former = await last_answer(chat)
        asking = asyncio.create_task(chat.ask_again(former))
        await chat.until_running()
        refused = await chat.ask_again(former)
        gate.set()
        await asking

        assert (refused.status, refused.events[0].data["error"]) == (409, "run_in_progress")


async def test_somebody_elses_answer_is_not_there(open_chat: OpenChat, database: Database, settings: Settings) -> None:
    async with open_chat(ScriptedClient(answer("One."))) as chat:
        await chat.ask("Well?")
        stranger = await chat.as_another(await make_user(database), settings)

        assert (await stranger.ask_again(await last_answer(chat))).status == 404


async def test_a_question_in_other_words_takes_the_place_of_the_last(open_chat: OpenChat) -> None:
    client = ScriptedClient(answer("Zero."), answer("One."), answer("Two."))
    async with open_chat(client) as chat:
        await chat.ask("Before?")
        first = await chat.ask("Wll?")
        edited = await chat.ask("Well?", replaces_message_id=first.events[0].data["user_message_id"])

        assert edited.types[-1] == "done"
        assert await shown(chat) == ["Before?", "Zero.", "Well?", "Two."]
    said = [message["content"] for message in client.asked[-1] if message["role"] != "system"]
    assert said == ["Before?", "Zero.", "Well?"]


async def test_a_conversation_is_named_after_its_first_question_as_it_was_edited(open_chat: OpenChat) -> None:
    async with open_chat(ScriptedClient(answer("One."), answer("Two."))) as chat:
        first = await chat.ask("Wll?")
        await chat.ask("Well?", replaces_message_id=first.events[0].data["user_message_id"])

        assert (await chat.conversation())["title"] == "Well?"


async def test_only_the_last_question_is_asked_in_other_words(open_chat: OpenChat) -> None:
    async with open_chat(ScriptedClient(answer("One."), answer("Two."))) as chat:
        for question in ("First?", "Second?"):
            await chat.ask(question)
        first, first_answer, _, second_answer = [message["id"] for message in await chat.messages()]

        for message_id in (first, first_answer, second_answer, str(uuid4())):
            refused = await chat.ask("Other?", replaces_message_id=message_id)
            assert (refused.status, refused.events[0].data["error"]) == (409, "not_the_last_turn"), message_id
        assert await shown(chat) == ["First?", "One.", "Second?", "Two."]


async def test_what_was_replaced_is_kept(open_chat: OpenChat, database: Database) -> None:
    async with open_chat(ScriptedClient(answer("One."), answer("Two."))) as chat:
        await chat.ask("Well?")
        await chat.ask_again(await last_answer(chat))
        async with database.session(chat.scope) as session:
            rows: Any = await session.execute(sql("select content from agent.messages where is_superseded"))

    assert [row.content for row in rows] == ["One."]
