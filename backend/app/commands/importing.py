"""`sigmasight import`: the import of the web page, for a terminal."""

import asyncio
from datetime import date
from pathlib import Path

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from app.config import Settings
from app.db import Database
from app.importing.errors import MAX_BYTES
from app.schemas.importing import ImportedPortfolio, ImportReport, RejectedRowOut
from app.services import auth
from app.services.import_plan import ImportOptions
from app.services.importing import import_file

# More than this and what matters scrolls away
ROWS_SHOWN = 50


def import_and_show(
    settings: Settings,
    file: Path,
    email: str,
    *,
    name: str | None,
    as_of: date | None,
    is_dry_run: bool,
    accepts_partial: bool,
) -> None:
    """Raises what the import raises, and `UnknownUser`."""
    options = ImportOptions(name=name, as_of=as_of, is_dry_run=is_dry_run, accepts_partial=accepts_partial)
    show(asyncio.run(_run(settings, file, email, options)), Console())


async def _run(settings: Settings, file: Path, email: str, options: ImportOptions) -> ImportReport:
    data = _first_bytes(file)
    async with Database(settings.database_url) as database:
        scope = await auth.scope_of(database, email)
        async with database.session(scope) as session:
            return await import_file(session, scope, data, options)


def show(report: ImportReport, console: Console) -> None:
    console.print(Text(f"Read as {report.format_label}."))
    for portfolio in report.portfolios:
        console.print(_portfolio_table(portfolio))
    if report.rejected_rows:
        console.print(_rejected_table(report.rejected_rows))
    for warning in report.warnings:
        console.print(Text(f"Note: {warning}"))
    console.print(Text(_outcome(report)))


def _first_bytes(path: Path) -> bytes:
    """One byte beyond the limit is enough to be refused, however large the file is."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _portfolio_table(portfolio: ImportedPortfolio) -> Table:
    title = f"{portfolio.name} ({'new' if portfolio.is_new else 'added to'})"
    table = Table(title=Text(title), title_justify="left")
    _add_columns(table, ("row", "symbol", "name", "class"), ("quantity", "entry date", "entry price"))
    for cash in portfolio.cash:
        _add_row(table, cash.row, "CASH", "", "", f"{cash.amount:,.2f}", cash.date, "")
    for lot in portfolio.positions[:ROWS_SHOWN]:
        quantity, price = f"{lot.quantity:,.8g}", f"{lot.entry_price:,.4f}"
        _add_row(table, lot.row, lot.symbol, lot.name, lot.position_class, quantity, lot.entry_date, price)
    _caption(table, len(portfolio.positions))
    return table


def _rejected_table(rows: list[RejectedRowOut]) -> Table:
    table = Table(title=Text("Rejected rows"), title_justify="left")
    _add_columns(table, ("row", "column", "value", "reason", "remedy"), ())
    for row in rows[:ROWS_SHOWN]:
        _add_row(table, row.row, row.column or "", row.value, row.reason, row.remedy)
    _caption(table, len(rows))
    return table


def _add_columns(table: Table, texts: tuple[str, ...], figures: tuple[str, ...]) -> None:
    for name in texts:
        table.add_column(name, overflow="fold")
    for name in figures:
        table.add_column(name, justify="right", no_wrap=True)


def _add_row(table: Table, *cells: object) -> None:
    # As Text: what a file contains is no markup
    shown: list[RenderableType] = [Text(str(cell)) for cell in cells]
    table.add_row(*shown)


def _caption(table: Table, count: int) -> None:
    if count > ROWS_SHOWN:
        table.caption = f"and {count - ROWS_SHOWN:,} more"


def _outcome(report: ImportReport) -> str:
    counts = f"{report.position_count:,} positions, {len(report.rejected_rows):,} rejected rows."
    if not report.is_dry_run:
        return f"Imported: {counts}"
    partial = " --accept-partial" if report.rejected_rows else ""
    return f"Dry run, nothing was kept: {counts} Keep it with --no-dry-run{partial}."
