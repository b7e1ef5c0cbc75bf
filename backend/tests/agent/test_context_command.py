"""`sigmasight context show`, on a turn of the runtime."""

import asyncio
import re
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from app.cli import app as cli
from app.db import Database
from app.models import User
from app.repositories import memory as memory_repository
from app.schemas.chat import SendIn, UiContext
from tests.agent.knowledge_base import WordEmbedder, index_document
from tests.agent.processes import conversation_of, process, read
from tests.agent.scripted import ScriptedClient, answer
from tests.builders import make_memory, make_user, scope_of


@pytest.fixture(autouse=True)
def environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")


async def show(run_id: object) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli, ["context", "show", str(run_id)])


async def test_it_prints_what_a_turn_was_given(database: Database) -> None:
    user = await make_user(database)
    conversation = await conversation_of(database, user)
    async with process(database, ScriptedClient(answer("It is [bold]1.2."), answer("Since May."))) as runs:
        for question in ("What is my beta?", "Since when?"):
            sent = SendIn(conversation_id=conversation.id, text=question, ui_context=UiContext(page="risk"))
            run_id = await runs.start(scope_of(user), sent, None)
            await read(runs, user, run_id)

    printed = await show(run_id)
    assert printed.exit_code == 0, printed.output
    for words in (
        "Question: Since when?",
        "by estimate",
        "user: What is my beta?",
        "It is [bold]1.2.",
        '"page": "risk"',
    ):
        assert words in printed.output
    assert [line.split()[1] for line in printed.output.splitlines() if line.count("\u2502") == 6] == [
        "rules", "history", "page", "question", "all",
    ]  # fmt: skip


async def test_memories_and_passages_are_printed_with_their_scores(database: Database, user: User) -> None:
    conversation = await conversation_of(database, user)
    memory = await make_memory(database, user, content="I prefer percentages.", kind="preference")
    body = "Beta is the slope on the benchmark."
    await index_document(
        database, WordEmbedder(), scope_of(user), body, knowledge_scope=f"user:{user.id}", title="Beta"
    )
    async with process(database, ScriptedClient(answer("It is 1.2.")), embedder=WordEmbedder()) as runs:
        sent = SendIn(conversation_id=conversation.id, text="What is the slope on the benchmark?")
        run_id = await runs.start(scope_of(user), sent, None)
        await read(runs, user, run_id)

    printed = (await show(run_id)).output
    async with database.session(scope_of(user)) as session:
        await memory_repository.delete_by_id(session, memory.id)
    without = (await show(run_id)).output

    assert re.search(r"^0\.\d{3}  preference: I prefer percentages\.$", printed, re.MULTILINE)
    assert re.search(r"^\d\.\d{3}  Beta / .*: Beta is the slope on the benchmark\.$", printed, re.MULTILINE)
    assert re.search(rf"^0\.\d{{3}}  {memory.id}$", without, re.MULTILINE)


async def test_a_run_that_is_not_there_is_told_in_one_sentence() -> None:
    assert (await show(uuid4())).output.strip() == "There is no such run."
