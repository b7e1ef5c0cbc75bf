"""What a turn may cost before its model is asked: each round trip and each embedding is time to the first word."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, cast

import psycopg
import pytest
from sqlalchemy import event

from app import db
from app.agent.embeddings import Embedded
from app.agent.llm_client import CallMetadata, LLMEvent, LLMMessage, ToolSpec
from app.db import Database, Read
from app.schemas.chat import SendIn
from tests.agent.knowledge_base import WordEmbedder, index_document
from tests.agent.processes import conversation_of, process, read
from tests.agent.scripted import ScriptedClient, answer
from tests.builders import make_memory, make_user, scope_of

QUESTION = "How does beta stand against my target?"
# The person's name; how things stand; what is stored, and read without a vector; and what lies near the question
ROUND_TRIPS = 4
# So often the event loop goes round between an event and its bytes on the wire, and a few times more
TURNS_OF_A_RESPONSE = 20
# What a process asks now and then, whoever asks it something
OF_THE_PROCESS = ("expired_runs", "renew_run_leases")


class Embedding(WordEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.questions: list[str] = []

    async def embed_documents(self, texts: Sequence[str]) -> Embedded:
        self.questions += [text for text in texts if text == QUESTION]
        return await super().embed_documents(texts)

    async def embed_query(self, text: str) -> Embedded:
        self.questions.append(text)
        return await super().embed_query(text)


class Client(ScriptedClient):
    """Notes how often the database had been asked when the model was."""

    def __init__(self, round_trips: list[str]) -> None:
        super().__init__(answer("Well."))
        self._round_trips = round_trips
        self.before: list[str] = []

    def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,
        metadata: CallMetadata | None = None,
    ) -> Any:
        self.before = list(self._round_trips)
        return super().stream_response(messages, tools, model, metadata)


async def test_a_turn_embeds_its_question_once_and_asks_the_database_in_few_round_trips(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await make_user(database)
    await make_memory(database, user, content="My target is a beta of 1", kind="rule")
    await index_document(database, WordEmbedder(), None, f"{QUESTION} It is a slope.", knowledge_scope="global")
    round_trips: list[str] = []
    sent_together = db._rows_of

    async def counted(driver: psycopg.AsyncConnection, statements: Sequence[Read]) -> list[list[Any]]:
        note(None, None, "; ".join(str(each.statement) for each in statements))
        return await sent_together(driver, statements)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not any(door in statement for door in OF_THE_PROCESS):
            round_trips.append(statement)

    client, embedder = Client(round_trips), Embedding()
    conversation = await conversation_of(database, user)
    async with process(database, client, embedder=embedder) as runs:
        monkeypatch.setattr(db, "_rows_of", counted)
        event.listen(database.engine.sync_engine, "before_cursor_execute", note)
        try:
            asked = SendIn(conversation_id=conversation.id, text=QUESTION)
            events = await read(runs, user, await runs.start(scope_of(user), asked, None))
        finally:
            event.remove(database.engine.sync_engine, "before_cursor_execute", note)

    assert events[-1].event.type == "done"
    assert "It is a slope." in str(client.asked)
    assert "My target is a beta of 1" in str(client.asked)
    assert embedder.questions == [QUESTION]
    assert len(client.before) <= ROUND_TRIPS, client.before


class Ready(ScriptedClient):
    """All that it says lies ready: whoever reads it never waits."""

    def __init__(self) -> None:
        super().__init__()
        self.first_is_heard = asyncio.Event()
        self.was_heard_by_the_last = False

    async def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,
        metadata: CallMetadata | None = None,
    ) -> AsyncIterator[LLMEvent]:
        for action in answer(*["word "] * 500):
            self.was_heard_by_the_last = self.first_is_heard.is_set()
            yield cast(LLMEvent, action)


async def test_the_first_word_is_heard_while_a_fast_provider_is_read(database: Database) -> None:
    user, client = await make_user(database), Ready()
    conversation = await conversation_of(database, user)
    async with process(database, client) as runs:
        run_id = await runs.start(scope_of(user), SendIn(conversation_id=conversation.id, text=QUESTION), None)
        async with aclosing(runs.watch(run_id, scope_of(user), 0)) as events:
            async for logged in events:
                if logged.event.type == "message":
                    for _ in range(TURNS_OF_A_RESPONSE):
                        await asyncio.sleep(0)
                    client.first_is_heard.set()

    assert client.was_heard_by_the_last
