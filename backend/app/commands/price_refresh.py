"""`sigmasight prices refresh`: bringing prices up to a source, with progress and what was wrong."""

import asyncio
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from app.commands.progress import progress_on
from app.config import Settings
from app.db import Database
from app.jobs.app import defer_all_snapshots
from app.market_data.choice import SourceName, open_source
from app.market_data.problem import PriceProblem
from app.repositories.price_gap import PriceGap
from app.services.price_refresh import RefreshOptions, RefreshReport, SymbolReport, refresh, today_anywhere

# More than this and what matters scrolls away
ROWS_SHOWN = 40


def options(symbols: str | None, accepted_jumps: str | None, *, replaces: bool) -> RefreshOptions:
    """From lists as they are typed."""
    return RefreshOptions(
        symbols=None if symbols is None else _listed(symbols),
        replaces=replaces,
        accepted_jumps=frozenset(_listed(accepted_jumps or "")),
    )


def _listed(text: str) -> list[str]:
    return [part.strip().upper() for part in text.split(",") if part.strip()]


def refresh_and_show(settings: Settings, source: SourceName | None, path: Path | None, wanted: RefreshOptions) -> bool:
    """Whether everything was taken. Raises what the source and the refresh raise."""
    console = Console()
    name, place = source or settings.market_data_source, path or settings.market_data_path
    report = asyncio.run(_run(settings, name, place, wanted, console))
    show(report, console)
    return report.is_complete


async def _run(
    settings: Settings, name: SourceName, path: Path | None, wanted: RefreshOptions, console: Console
) -> RefreshReport:
    async with Database(settings.database_url) as database:
        with progress_on(console) as progress:
            task = progress.add_task(f"Opening the source {name}", total=None)
            source = await open_source(name, path)

            def on_progress(done: int, total: int, symbol: str) -> None:
                progress.update(task, completed=done, total=total, description=symbol)

            report = await refresh(database, source, today_anywhere(), wanted, on_progress)
    if report.changed_prices:
        await defer_all_snapshots(settings.database_url)
    return report


def show(report: RefreshReport, console: Console) -> None:
    failures = [found for found in report.symbols if found.status == "failed"]
    for count, table in (
        (len(failures), _failure_table(failures)),
        (len(report.problems), _problem_table(report.problems)),
        (len(report.gaps), _gap_table(report.gaps)),
    ):
        if count:
            console.print(table)
    console.print(Text(_outcome(report)))


def _failure_table(failures: Sequence[SymbolReport]) -> Table:
    table = _table("Symbols without new prices", "symbol", "why, and what to do")
    for found in failures[:ROWS_SHOWN]:
        _add_row(table, found.symbol, found.failure)
    return _captioned(table, len(failures))


def _problem_table(problems: Sequence[PriceProblem]) -> Table:
    """One row for each kind of problem of a symbol: a thousand weekends are told once."""
    table = _table("Days rejected or doubtful", "symbol", "day", "days", "", "why", "what to do")
    groups = [list(group) for _, group in groupby(sorted(problems, key=_group), key=_group)]
    for group in groups[:ROWS_SHOWN]:
        first = group[0]
        _add_row(table, first.symbol, first.date, len(group), first.severity, first.reason, first.remedy)
    return _captioned(table, len(groups))


def _group(problem: PriceProblem) -> tuple[str, str, str]:
    return problem.symbol or "", problem.severity, problem.kind


def _gap_table(gaps: Sequence[PriceGap]) -> Table:
    table = _table("Trading days without a price", "symbol", "from", "to", "days")
    for gap in gaps[:ROWS_SHOWN]:
        _add_row(table, gap.symbol, gap.first_day, "today" if gap.is_open else gap.last_day, gap.days)
    return _captioned(table, len(gaps))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=Text(title), title_justify="left")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _add_row(table: Table, *cells: object) -> None:
    # As Text: what a file or a provider says is no markup
    shown: list[RenderableType] = [Text("" if cell is None else str(cell)) for cell in cells]
    table.add_row(*shown)


def _captioned(table: Table, count: int) -> Table:
    if count > ROWS_SHOWN:
        table.caption = f"and {count - ROWS_SHOWN:,} more"
    return table


def _outcome(report: RefreshReport) -> str:
    counts = ", ".join(f"{report.counts[status]:,} {status}" for status in ("updated", "unchanged", "failed"))
    newest = max((found.newest_day for found in report.symbols if found.newest_day), default=None)
    sentence = (
        f"{len(report.symbols):,} symbols from {report.source}: {counts}; {report.changed_prices:,} prices changed."
    )
    if newest is not None:
        sentence += f" The newest day is {newest}."
    return sentence + (" The worker rebuilds the daily snapshots." if report.changed_prices else "")
