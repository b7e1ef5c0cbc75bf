"""`sigmasight import`: the same import as over HTTP, shown in a terminal."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from app.cli import app as cli
from app.db import Database
from app.models import CashFlow, Portfolio, Position, User
from tests.builders import make_user, scope_of
from tests.importing.conftest import SAMPLES

pytestmark = pytest.mark.market_data


async def run(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli, ["import", *arguments])


async def kept(database: Database, user: User) -> dict[str, Any]:
    """What a person holds, without what differs between two people: the identifiers."""
    async with database.session(scope_of(user)) as session:
        portfolios = (await session.scalars(select(Portfolio))).all()
        positions = (await session.scalars(select(Position))).all()
        flows = (await session.scalars(select(CashFlow))).all()
    names = {row.id: row.name for row in portfolios}
    return {
        "portfolios": sorted((row.name, row.opening_cash, row.inception_date) for row in portfolios),
        "positions": sorted(
            (names[row.portfolio_id], row.symbol, row.quantity, row.entry_date, row.entry_price) for row in positions
        ),
        "flows": sorted((names[row.portfolio_id], row.date, row.amount) for row in flows),
    }


async def test_each_sample_gives_the_same_positions_on_the_page_and_on_the_command_line(
    signed_in: httpx.AsyncClient, user: User, database: Database
) -> None:
    other = await make_user(database)
    for path in sorted(SAMPLES.iterdir()):
        content = path.read_bytes()
        answer = await signed_in.post(
            "/api/v1/portfolios/import",
            files={"file": (path.name, content)},
            data={"dry_run": "false", "accept_partial": "true"},
        )
        assert answer.status_code == 200, path.name
        result = await run(str(path), "--user", other.email, "--no-dry-run", "--accept-partial")
        assert result.exit_code == 0, result.output

    by_page, by_command = await kept(database, user), await kept(database, other)
    assert by_page == by_command
    assert len(by_page["positions"]) == 24


async def test_a_dry_run_is_the_default_and_shows_rejected_rows(user: User, database: Database) -> None:
    result = await run(str(SAMPLES / "interactive_brokers.csv"), "--user", user.email)

    assert result.exit_code == 0
    assert "Read as an Interactive Brokers activity statement." in result.output
    assert "Futures" in result.output
    assert "Dry run, nothing was kept: 4 positions, 2 rejected rows." in result.output
    assert (await kept(database, user))["portfolios"] == []


async def test_what_a_file_contains_is_no_markup(user: User, tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("portfolio,symbol,quantity,entry_date,entry_price\n[red]Mine[/],AAPL,1,2022-01-03,1\n")

    result = await run(str(file), "--user", user.email)

    assert "[red]Mine[/] (new)" in result.output


async def test_failures_are_one_sentence(user: User, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("symbol,quantity,entry_date,entry_price\nNOSUCH,1,2022-01-03,1\n")

    unknown_person = await run(str(bad), "--user", "nobody@example.com")
    rejected = await run(str(bad), "--user", user.email, "--no-dry-run")

    assert (unknown_person.exit_code, rejected.exit_code) == (1, 1)
    assert unknown_person.output.strip() == "There is no account with this e-mail address."
    assert rejected.output.startswith("Nothing was imported, because 1 of the rows cannot be: row 2")


async def test_a_name_puts_all_accounts_into_one_portfolio(user: User, database: Database) -> None:
    options = ("--portfolio", "All of it", "--as-of", "2022-12-01", "--no-dry-run")
    result = await run(str(SAMPLES / "vanguard.csv"), "--user", user.email, *options)

    assert result.exit_code == 0, result.output
    (portfolio,) = (await kept(database, user))["portfolios"]
    assert (portfolio[0], str(portfolio[2])) == ("All of it", "2022-12-01")
