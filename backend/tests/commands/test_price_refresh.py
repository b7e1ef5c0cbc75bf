"""`sigmasight prices refresh`, as a person runs it."""

import asyncio
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from app.cli import app as cli
from app.db import Database
from app.models import Instrument, Price

WEEK = ["2024-01-08", "2024-01-09", "2024-01-10", "2024-01-11", "2024-01-12"]
INSTRUMENTS = (
    "symbol,name,sector,industry,asset_class,currency\nACME,Acme Inc.,,,equity,USD\nMORE,More Inc.,,,equity,USD\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "prices"
    made.mkdir()
    (made / "instruments.csv").write_text(INSTRUMENTS)
    for symbol in ("ACME", "MORE"):
        lines = [f"{day},{100 + number}.5" for number, day in enumerate(WEEK)]
        (made / f"{symbol}.csv").write_text("\n".join(["Date,Close", *lines]))
    return made


async def run(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli, ["prices", "refresh", *arguments])


async def count(database: Database) -> int:
    async with database.session() as session:
        return (await session.scalars(select(func.count()).select_from(Price))).one()


def waiting_jobs(database_url: str) -> list[str]:
    with psycopg.connect(database_url) as connection:
        return [row[0] for row in connection.execute("select task_name from procrastinate_jobs")]


async def test_a_folder_is_read_and_a_second_time_changes_nothing(
    folder: Path, database: Database, database_url: str
) -> None:
    first = await run("--source", "csv", "--path", str(folder))
    second = await run("--source", "csv", "--path", str(folder))

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "2 symbols from csv: 2 updated, 0 unchanged, 0 failed; 10 prices changed." in first.output
    assert "The newest day is 2024-01-12." in first.output
    assert "0 updated, 2 unchanged, 0 failed; 0 prices changed." in second.output
    assert await count(database) == 10
    assert waiting_jobs(database_url) == ["recompute_all_snapshots"]


async def test_what_is_rejected_is_told_and_ends_with_one(folder: Path, database: Database) -> None:
    (folder / "ACME.csv").write_text(
        "Date,Close\n2024-01-08,100.5\n2024-01-09,0\n2024-01-10,abc\n2024-01-13,100.5\n2024-01-14,100.5\n2999-01-01,9.5\n"
    )

    result = await run("--source", "csv", "--path", str(folder))

    assert result.exit_code == 1
    for told in (
        "a close of 0 (adjusted 0); a price is above zero",
        "ACME.csv line 4: abc is not a number",
        "a Saturday: returns are counted over trading days, Monday to Friday",
        "a day that has not been",
        "Trading days without a price",
    ):
        assert told in result.output
    assert await count(database) == 6


async def test_a_failing_symbol_is_told_and_ends_with_one(folder: Path, database: Database) -> None:
    (folder / "OTHER.csv").write_text("Date,Close\n2024-01-08,100.5\n")

    result = await run("--source", "csv", "--path", str(folder))

    assert result.exit_code == 1
    assert "OTHER" in result.output
    assert "Add it to instruments.csv beside the prices" in result.output
    assert await count(database) == 10


async def test_only_named_symbols(folder: Path, database: Database) -> None:
    await run("--source", "csv", "--path", str(folder), "--symbols", "acme")

    async with database.session() as session:
        assert (await session.scalars(select(Instrument.symbol))).all() == ["ACME"]


async def test_the_source_of_the_settings_is_the_default(
    folder: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGMASIGHT_MARKET_DATA_SOURCE", "csv")
    monkeypatch.setenv("SIGMASIGHT_MARKET_DATA_PATH", str(folder))

    assert (await run()).exit_code == 0
    assert await count(database) == 10


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--source", "csv"], "No place of the CSV files is given."),
        (["--source", "csv", "--path", "/nowhere"], "There is no file or folder /nowhere."),
    ],
)
async def test_a_source_that_cannot_be_used_is_one_sentence(arguments: list[str], sentence: str) -> None:
    result = await run(*arguments)

    assert result.exit_code == 1
    assert result.output.startswith(sentence)
    assert len(result.output.splitlines()) == 1


async def test_what_a_file_contains_is_no_markup(folder: Path) -> None:
    (folder / "ACME.csv").write_text("Date,Close\n2024-01-08,[red]1[/red]\n2024-01-09,\x1b[31m5\n")

    result = await run("--source", "csv", "--path", str(folder))

    assert "[red]1[/red] is not a number" in result.output
    assert "\x1b[31m" not in result.output
