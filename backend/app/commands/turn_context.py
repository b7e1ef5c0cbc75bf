"""`sigmasight context show`: what a turn was given, for whoever asks why it was answered as it was."""

import asyncio
from itertools import zip_longest
from typing import Any
from uuid import UUID

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.runs import RunNotFound
from app.agent.sections import SectionName
from app.config import Settings
from app.db import Database
from app.errors import NotFound
from app.models import Run
from app.repositories import knowledge as knowledge_repository
from app.repositories import memory as memory_repository
from app.repositories import message as message_repository
from app.repositories import run as run_repository

# Of what was said; the whole of it is in the conversation
TEXT_CHARS = 300


class NoContext(NotFound):
    detail = "There is no record of what this turn was given: it is still running, or its process died."


def load_and_show(settings: Settings, run_id: UUID) -> None:
    """Raises `RunNotFound` and `NoContext`."""
    run, texts = asyncio.run(_load(settings, run_id))
    Console().print(shown(run, texts))


async def _load(settings: Settings, run_id: UUID) -> tuple[Run, dict[str, str]]:
    async with Database(settings.database_url) as database:
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
            return run, await _texts(session, run)


async def _texts(session: AsyncSession, run: Run) -> dict[str, str]:
    """What stands behind the identifiers, as far as it is still there; the question under its own."""
    context: dict[str, Any] = run.context or {}
    said = await message_repository.list_by_id(session, [*_sources(context, "history"), run.user_message_id])
    passages = await knowledge_repository.chunks_by_id(session, _sources(context, "knowledge"))
    memories = await memory_repository.list_by_id(session, _sources(context, "memories"))
    return (
        {str(message.id): f"{message.role}: {message.content}" for message in said}
        | {str(passage.id): f"{passage.title} / {passage.section}: {passage.content}" for passage in passages}
        | {str(memory.id): f"{memory.kind}: {memory.content}" for memory in memories}
    )


def shown(run: Run, texts: dict[str, str]) -> RenderableType:
    context: dict[str, Any] = run.context or {}
    sections: list[dict[str, Any]] = context["sections"]
    question = texts[str(run.user_message_id)].removeprefix("user: ")
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


def _contents(section: dict[str, Any], texts: dict[str, str]) -> list[RenderableType]:
    lines: list[RenderableType] = [Text(f"\n{section['name']}", style="bold")]
    if section["text"] is not None:
        lines.append(Text(section["text"]))
    # Only what was chosen by a score has one, and turns of before scores were kept have none
    scores = section.get("scores") or []
    for source, score in zip_longest(section["sources"], scores):
        placed = f"{score:.3f}  " if score is not None else ""
        lines.append(Text(f"{placed}{_beginning(texts.get(source, source))}"))
    return lines if len(lines) > 1 else []


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TEXT_CHARS else line[: TEXT_CHARS - 1] + "\u2026"


def _sources(context: dict[str, Any], name: SectionName) -> list[UUID]:
    found = [section["sources"] for section in context["sections"] if section["name"] == name]
    return [UUID(source) for sources in found for source in sources]
