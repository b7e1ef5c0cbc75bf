"""`sigmasight learn`: the learning loop at the terminal."""

import asyncio
from pathlib import Path

from rich.console import Console

from app.agent.embedding_local import LocalEmbedder
from app.commands.progress import progress_on
from app.config import Settings
from app.db import Database, Scope
from app.errors import CannotStart
from app.repositories import user as user_repository
from app.schemas.learning import ReportIn, ReportWhole
from app.services import auth, learning_report

console = Console()


def report_and_show(settings: Settings, email: str, days: int, folder: Path | None) -> None:
    found = asyncio.run(_report(settings, email, days))
    console.print(found.markdown, markup=False, highlight=False, soft_wrap=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.md").write_text(found.markdown or "", encoding="utf-8")
        (folder / "report.json").write_text(found.model_dump_json(indent=2, exclude={"markdown"}) + "\n", "utf-8")


async def _report(settings: Settings, email: str, days: int) -> ReportWhole:
    async with Database(settings.database_url) as database:
        scope = await administrator(database, email)
        async with database.session(scope) as session:
            ordered = await learning_report.order(session, scope, ReportIn(days=days))
        with progress_on(console) as progress:
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


async def administrator(database: Database, email: str) -> Scope:
    scope = await auth.scope_of(database, email)
    async with database.session(scope) as session:
        user = await user_repository.find_active(session, scope.user_id)
    if user is None or user.role != "admin":
        raise CannotStart(f"{email} is no administrator: what a tenant asks is for its administrators.")
    return scope
