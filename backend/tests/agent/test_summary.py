"""Long conversations: older turns in short, the newest word by word, and no turn that waits for either."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

import pytest

from app.agent import history, summary
from app.agent.llm_client import CallMetadata, LLMEvent, LLMMessage, Overloaded, ToolSpec
from app.agent.llm_offline import OfflineAnalyst
from app.agent.runs import Runs
from app.agent.sections import BUDGETS
from app.db import Database
from app.models import Conversation, User
from app.repositories.message import Said
from app.schemas.chat import SendIn
from tests.agent.processes import conversation_of, process, read
from tests.agent.scripted import Action, ScriptedClient, answer
from tests.builders import make_user, scope_of

LONG = "word " * 60


class Remembering(ScriptedClient):
    """Answers every question at length; what it makes of older turns is scripted."""

    def __init__(self, *summaries: list[Action]) -> None:
        super().__init__()
        self._summaries = list(summaries)
        self.summed: list[list[LLMMessage]] = []
        self.chats: list[list[LLMMessage]] = []

    def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,
        metadata: CallMetadata | None = None,
    ) -> AsyncIterator[LLMEvent]:
        if metadata is not None and metadata.task == "summary":
            self.summed.append(list(messages))
            self._steps.insert(0, self._summaries.pop(0))
        else:
            self.chats.append(list(messages))
            self._steps.insert(0, answer(LONG))
        return super().stream_response(messages, tools, model, metadata)


@pytest.fixture
async def user(database: Database) -> User:
    return await make_user(database)


@pytest.fixture(autouse=True)
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUDGETS, "history", 400)


async def ask(runs: Runs, user: User, conversation: Conversation, question: str) -> None:
    run_id = await runs.start(scope_of(user), SendIn(conversation_id=conversation.id, text=question), None)
    assert (await read(runs, user, run_id))[-1].event.type == "done"
    await asyncio.gather(*runs._tasks)
    await asyncio.gather(*runs._looking_back)


async def stored_summary(database: Database, user: User, conversation: Conversation) -> tuple[str | None, int]:
    async with database.session(scope_of(user)) as session:
        found = await session.get(Conversation, conversation.id)
        assert found is not None
        return found.summary, found.summary_position


def said(*tokens: int) -> list[Said]:
    """Turns of a question that costs nothing and an answer of so many tokens."""
    return [
        Said(2 * number + offset, role, cost if offset else 0, "")
        for number, cost in enumerate(tokens)
        for offset, role in enumerate(("user", "assistant"))
    ]


def positions(turns: Sequence[Sequence[Said]]) -> list[int]:
    return [message.position for turn in turns for message in turn]


async def test_what_no_longer_fits_is_shown_in_short(database: Database, user: User) -> None:
    client = Remembering(answer("They asked about beta."), answer("They asked about beta and cash."))
    conversation = await conversation_of(database, user)
    async with process(database, client) as runs:
        for number in range(12):
            await ask(runs, user, conversation, f"Question {number}?")

    text, position = await stored_summary(database, user, conversation)
    assert text == "They asked about beta and cash."
    assert "They asked about beta." in client.summed[1][-1]["content"]
    assert "Question 0?" not in client.summed[1][-1]["content"]
    last = client.chats[-1]
    assert text in last[1]["content"]
    assert "not shown here" not in json.dumps(last)
    shown = [message["content"] for message in last if message["role"] == "user"]
    summed_up = [turn["user"] for call in client.summed for turn in data_of(call)["turns"]]
    assert [*summed_up, *shown] == [f"Question {number}?" for number in range(12)]
    assert position > 0


def data_of(messages: Sequence[LLMMessage]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads(messages[-1]["content"].split("<data>")[1].split("</data>")[0])
    return found


async def test_without_a_summary_the_newest_turns_are_shown_and_the_model_is_told(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary, "CALL_SECONDS", 0.01)
    client = Remembering([Overloaded(retry_after_seconds=900)], [asyncio.Event()], *[answer("")] * 8)
    conversation = await conversation_of(database, user)
    async with process(database, client) as runs:
        for number in range(10):
            await ask(runs, user, conversation, f"Question {number}?")

    assert await stored_summary(database, user, conversation) == (None, 0)
    shown = [message["content"] for message in client.chats[-1] if message["role"] == "user"]
    assert shown == [f"Question {number}?" for number in range(10 - len(shown), 10)]
    assert f"not shown here: {10 - len(shown)}." in client.chats[-1][1]["content"]
    assert client.open_streams == 0


async def test_a_summary_that_came_later_does_not_replace_one_that_covers_more(database: Database, user: User) -> None:
    client = Remembering(answer("Once."), answer("Twice."))
    conversation = await conversation_of(database, user)
    async with process(database, client) as runs:
        for number in range(3):
            await ask(runs, user, conversation, f"Question {number}?")
        await asyncio.gather(
            *(summary.extend(database, runs._desk.clients, scope_of(user), conversation.id) for _ in range(2))
        )

    text, _ = await stored_summary(database, user, conversation)
    assert text in ("Once.", "Twice.")


def test_the_rest_is_small_and_the_last_turn_is_never_summed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUDGETS, "history", 1_000)

    assert positions(summary.older(said(300, 300, 200, 200))) == [0, 1, 2, 3]
    assert summary.older(said(200, 200)) == []
    assert summary.older(said(5_000)) == []
    assert positions(summary.older(said(5_000, 5_000))) == [0, 1]
    assert summary.older([]) == []


def test_many_short_turns_are_summed_up_too() -> None:
    turns = summary.older(said(*[1] * 60))

    assert len(turns) == min(60 - int(history.MAX_MESSAGES * summary.KEPT_SHARE / 2), summary.MAX_TURNS)


def test_a_summary_that_runs_on_loses_its_oldest_sentences() -> None:
    text = " ".join(f"Sentence number {number} is about beta." for number in range(900))

    shown = history.summary(summary.within_budget(text))
    assert shown.tokens <= BUDGETS["summary"]
    assert "number 899" in (shown.text or "")
    assert "number 0 " not in (shown.text or "")


async def test_the_offline_analyst_sums_up_in_the_persons_own_words() -> None:
    turns = [[Said(0, "user", 1, "What is my beta?"), Said(1, "assistant", 1, "It is 1.2.")]]
    words = [
        event["delta"]
        async for event in OfflineAnalyst().stream_response(
            summary._messages("- Asked: How risky is it?", turns), metadata=CallMetadata(task="summary")
        )
        if event["type"] == "text_delta"
    ]

    assert "".join(words) == "- Asked: How risky is it?\n- Asked: What is my beta?"
