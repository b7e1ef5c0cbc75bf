"""`sigmasight eval`: the cases over a database of its own, which is thrown away afterwards."""

import asyncio
import json
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from app.config import Settings
from app.db import Database
from app.errors import CannotStart
from app.learning.evaluation import ground, report
from app.learning.evaluation.case import Case
from app.learning.evaluation.cases import ALL
from app.learning.evaluation.runner import Evaluation
from app.learning.evaluation.scoring import Verdict
from app.main import create_app
from app.services import demo

TURNS_PER_MINUTE = 10_000

console = Console()


def chosen(pattern: str) -> list[Case]:
    """Cases whose name or group fits a pattern such as `beta-*`."""
    cases = [case for case in ALL if fnmatch(case.id, pattern) or fnmatch(case.group, pattern)]
    if not cases:
        raise CannotStart(f"No case fits {pattern!r}. Groups: {', '.join(sorted({case.group for case in ALL}))}.")
    return cases


def evaluate(settings: Settings, cases: Sequence[Case], *, model: str | None, at_once: int) -> list[Verdict]:
    with ground.own_settings(settings) as own:
        # One person asks it all
        unhurried = own.model_copy(update={"ai_turns_per_minute": TURNS_PER_MINUTE})
        return asyncio.run(_evaluate(unhurried, cases, model, at_once))


def show(verdicts: Sequence[Verdict], folder: Path | None, **about: str) -> None:
    text = report.markdown(verdicts, **about)
    console.print(text, markup=False, highlight=False, soft_wrap=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.md").write_text(text, encoding="utf-8")
        (folder / "report.json").write_text(report.write(report.record(verdicts, **about)), encoding="utf-8")


def compare(before: Path, after: Path) -> None:
    console.print(report.comparison(_read(before), _read(after)), markup=False, highlight=False, soft_wrap=True)


def _read(path: Path) -> dict[str, Any]:
    file = path / "report.json" if path.is_dir() else path
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CannotStart(f"{file} is no report of an evaluation: {error}") from error
    if not isinstance(found, dict) or "cases" not in found:
        raise CannotStart(f"{file} is no report of an evaluation: it has no cases.")
    return found


async def _evaluate(settings: Settings, cases: Sequence[Case], model: str | None, at_once: int) -> list[Verdict]:
    async with Database(settings.database_url) as database:
        await demo.seed(database, settings)
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            evaluation = Evaluation(database, app.state.runs, demo.DEMO.scope, model=model)
            verdicts = evaluation.run(cases, at_once=at_once)
            return [await anext(verdicts) for _ in track(cases, description="Asking", console=console)]
