"""`sigmasight context show`: what a turn was given, for whoever asks why it was answered as it was."""

import asyncio
from typing import Any
from uuid import UUID

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from app.agent.runs import RunNotFound
from app.config import Settings
from app.db import Database
from app.errors import NotFound
from app.models import Message, Run
from app.repositories import message as message_repository
from app.repositories import run as run_repository

# Of what was said; the whole of it is in the conversation
TEXT_CHARS = 300


class NoContext(NotFound):
    detail = "There is no record of what this turn was given: it is still running, or its process died."


def load_and_show(settings: Settings, run_id: UUID) -> None:
    """Raises `RunNotFound` and `NoContext`."""
    run, messages = asyncio.run(_load(settings, run_id))
    Console().print(shown(run, messages))


async def _load(settings: Settings, run_id: UUID) -> tuple[Run, list[Message]]:
    database = Database(settings.database_url)
    try:
        async with database.session() as session:
            scope = await run_repository.find_scope(session, run_id)
        if scope is None:
            raise RunNotFound
        async with database.session(scope) as session:
            run = await run_repository.find(session, run_id)
            if run is None:
                raise RunNotFound
            if run.context is None:
                raise NoContext
            return run, await message_repository.list_by_id(session, [*_said(run.context), run.user_message_id])
    finally:
        await database.close()


def shown(run: Run, messages: list[Message]) -> RenderableType:
    context: dict[str, Any] = run.context or {}
    sections: list[dict[str, Any]] = context["sections"]
    texts = {str(message.id): message for message in messages}
    question = texts[str(run.user_message_id)].content
    return Group(
        Text(f"{run.provider} {run.model}, mode {run.mode}, {run.status}"),
        Text(f"Question: {question}"),
        _sizes(sections, context),
        *(part for section in sections for part in _contents(section, texts)),
    )


def _sizes(sections: list[dict[str, Any]], context: dict[str, Any]) -> Table:
    table = Table("section", title=f"Tokens, by {context['counted_by']}", title_justify="left")
    for column in ("tokens", "budget", "sources", "left out"):
        table.add_column(column, justify="right")
    for section in sections:
        sizes = (section["tokens"], section["budget"], len(section["sources"]), section["left_out"])
        table.add_row(section["name"], *(f"{size:,}" for size in sizes))
    table.add_section()
    table.add_row("all", f"{context['tokens']:,}")
    return table


def _contents(section: dict[str, Any], texts: dict[str, Message]) -> list[RenderableType]:
    lines: list[RenderableType] = [Text(f"\n{section['name']}", style="bold")]
    if section["text"] is not None:
        lines.append(Text(section["text"]))
    for source in section["sources"]:
        message = texts.get(source)
        lines.append(Text(source) if message is None else Text(f"{message.role}: {_beginning(message.content)}"))
    return lines if len(lines) > 1 else []


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TEXT_CHARS else line[: TEXT_CHARS - 1] + "\u2026"


def _said(context: dict[str, Any]) -> list[UUID]:
    return [
        UUID(source) for section in context["sections"] if section["name"] == "history" for source in section["sources"]
    ]
