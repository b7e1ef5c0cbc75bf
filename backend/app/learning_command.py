"""`sigmasight learn`: the learning loop at the terminal."""

import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.agent.embedding_local import LocalEmbedder
from app.config import Settings
from app.db import Database, Scope
from app.errors import CannotStart
from app.import_command import UnknownUser
from app.repositories import user as user_repository
from app.schemas.learning import ReportIn, ReportWhole
from app.services import learning_report

console = Console()


def report_and_show(settings: Settings, email: str, days: int, folder: Path | None) -> None:
    found = asyncio.run(_report(settings, email, days))
    console.print(found.markdown, markup=False, highlight=False, soft_wrap=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.md").write_text(found.markdown or "", encoding="utf-8")
        (folder / "report.json").write_text(found.model_dump_json(indent=2, exclude={"markdown"}) + "\n", "utf-8")


async def _report(settings: Settings, email: str, days: int) -> ReportWhole:
    database = Database(settings.database_url)
    try:
        scope = await administrator(database, email)
        async with database.session(scope) as session:
            ordered = await learning_report.order(session, scope, ReportIn(days=days))
        with _progress() as progress:
            task = progress.add_task("Embedding questions", total=None)
            await learning_report.make(
                database,
                LocalEmbedder(),
                scope,
                ordered.id,
                lambda done, total: progress.update(task, completed=done, total=total),
            )
        async with database.session(scope) as session:
            return await learning_report.read(session, ordered.id)
    finally:
        await database.close()


async def administrator(database: Database, email: str) -> Scope:
    async with database.session() as session:
        found = await user_repository.find_credentials(session, email)
    if found is None:
        raise UnknownUser
    async with database.session(found.scope) as session:
        user = await user_repository.find_active(session, found.scope.user_id)
    if user is None or user.role != "admin":
        raise CannotStart(f"{email} is no administrator: what a tenant asks is for its administrators.")
    return found.scope


def _progress() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
