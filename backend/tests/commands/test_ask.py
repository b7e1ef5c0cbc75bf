"""`sigmasight ask`: a durable turn, shown in a terminal."""

import asyncio

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from app.cli import app as cli
from app.db import Database
from app.models import Conversation, Message, Run
from app.services import demo

pytestmark = pytest.mark.demo


async def ask(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli, ["ask", *arguments])


async def test_the_answer_is_printed_and_kept(database: Database) -> None:
    printed = await ask("What is my beta?", "--portfolio", "balanced individual")
    async with database.session(demo.DEMO.scope) as session:
        (run,) = (await session.scalars(select(Run))).all()
        messages = (await session.scalars(select(Message).order_by(Message.position))).all()

    assert printed.exit_code == 0, printed.output
    question, answer = messages
    assert (run.status, question.content) == ("completed", "What is my beta?")
    assert printed.stdout.strip() == answer.content.strip()
    assert "get_beta" in printed.stderr
    assert str(run.id) in printed.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["Well?", "--email", "nobody@example.com"], "There is no account with this e-mail address"),
        (["Well?", "--portfolio", "Nothing"], "There are: Balanced Individual"),
        (["Well?", "--model", "nothing"], "model: there is no such model here"),
        ([" "], "text: "),
    ],
)
async def test_what_cannot_be_asked_is_told_in_one_sentence(arguments: list[str], sentence: str) -> None:
    refused = await ask(*arguments)

    assert refused.exit_code == 1
    assert sentence in refused.stderr
    assert "Traceback" not in refused.output


async def test_a_question_to_a_model_that_is_not_there_leaves_no_conversation(database: Database) -> None:
    await ask("Well?", "--model", "nothing")

    async with database.session(demo.DEMO.scope) as session:
        assert (await session.scalars(select(Conversation))).all() == []
