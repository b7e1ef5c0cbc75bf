"""The learning loop and exports at the terminal."""

import asyncio
import json
from pathlib import Path

import pytest

from app.commands import learning_report, personal_data
from app.config import Settings
from app.db import Database
from app.errors import CannotStart
from app.models import User
from tests.builders import make_user
from tests.learning.answered import make_answer, make_conversation


@pytest.fixture
async def user(database: Database) -> User:
    admin = await make_user(database, role="admin", email="admin@example.com")
    conversation = await make_conversation(database, admin)
    for question in ("What is my beta?", "Is my beta high?", "Why is my beta above one?"):
        await make_answer(database, admin, conversation, question, rating="up")
    return admin


async def test_a_report_is_printed_and_written(
    settings: Settings, user: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await asyncio.to_thread(learning_report.report_and_show, settings, "admin@example.com", 30, tmp_path / "out")

    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["answers"] == 3
    assert "beta" in report["body"]["topics"][0]["name"]
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# What was asked")
    assert "# What was asked" in capsys.readouterr().out


async def test_who_is_no_administrator_gets_no_report(settings: Settings, database: Database) -> None:
    await make_user(database, email="somebody@example.com")

    with pytest.raises(CannotStart, match="no administrator"):
        await asyncio.to_thread(learning_report.report_and_show, settings, "somebody@example.com", 30, None)


async def test_conversations_are_written_one_message_a_line(settings: Settings, user: User, tmp_path: Path) -> None:
    out = tmp_path / "said.jsonl"

    written = await asyncio.to_thread(personal_data.conversations, settings, "admin@example.com", out)

    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert written == len(lines) == 6
    assert {line["role"] for line in lines} == {"user", "assistant"}
