"""The command as a process of its own: what a person at a terminal sees."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from app import startup
from app.cli import app as cli
from app.cli import openapi_text
from app.config import REPOSITORY_ROOT, Settings
from app.embedded_postgres import EmbeddedPostgres
from app.errors import CannotStart

SECRET = "0123456789abcdef0123456789abcdef"


def sigmasight(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=REPOSITORY_ROOT / "backend",
        env=inherited | {"SIGMASIGHT_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_database_that_is_not_there_is_named_without_its_password(command: str, tmp_path: Path) -> None:
    url = "postgresql://sigma:hush@127.0.0.1:1/nowhere"

    done = sigmasight(command, home=tmp_path, DATABASE_URL=url)

    assert_one_sentence(done, "nowhere at 127.0.0.1:1", "DATABASE_URL")
    assert "hush" not in done.stderr + done.stdout


def test_a_database_url_that_is_none_is_refused(tmp_path: Path) -> None:
    assert_one_sentence(sigmasight("serve", home=tmp_path, DATABASE_URL="not a url"), "DATABASE_URL")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://sigma:hush@db/sigmasight",
        "postgresql://sigma:100%hush@db/sigmasight",
        "sigma:hush@db",
        "host=db user=sigma password=hush",
    ],
)
def test_a_mistyped_address_is_not_repeated(url: str) -> None:
    with pytest.raises(CannotStart, match="MIGRATION_DATABASE_URL is no address") as raised:
        startup.check_answers(url, "MIGRATION_DATABASE_URL")

    assert "hush" not in str(raised.value)


def test_the_schemas_owner_who_does_not_answer_is_told(database_url: str) -> None:
    nowhere = Settings(
        _env_file=None, database_url=database_url, migration_database_url="postgresql://sigma:hush@127.0.0.1:1/nowhere"
    )

    with pytest.raises(CannotStart, match=r"nowhere at 127\.0\.0\.1:1 .* Is MIGRATION_DATABASE_URL right"):
        startup.migrate(nowhere)


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["openapi", "--output", str(tmp_path / "none" / "openapi.json")])

    assert (done.exit_code, done.stderr) == (1, f"{tmp_path}/none/openapi.json: No such file or directory\n")


def test_an_old_schema_is_told_with_its_remedy(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    empty = postgres.ensure_database("never_migrated")

    assert_one_sentence(sigmasight("serve", home=tmp_path, DATABASE_URL=empty), "sigmasight migrate")


def test_production_refuses_the_secret_that_everybody_knows(database_url: str, tmp_path: Path) -> None:
    production = {"SIGMASIGHT_ENVIRONMENT": "production", "DATABASE_URL": database_url}

    assert_one_sentence(sigmasight("serve", home=tmp_path, **production), "SIGMASIGHT_TOKEN_SECRET")


def test_production_gets_no_accounts_with_a_known_password(database_url: str, tmp_path: Path) -> None:
    production = {"SIGMASIGHT_ENVIRONMENT": "production", "SIGMASIGHT_TOKEN_SECRET": SECRET}

    done = sigmasight("seed-demo", home=tmp_path, DATABASE_URL=database_url, **production)

    assert_one_sentence(done, "known password")


@pytest.fixture
def home() -> Iterator[Path]:
    """Not below pytest's own folder, which it shuts to the user that an embedded server runs as under root."""
    with tempfile.TemporaryDirectory(prefix="sigmasight-home-") as folder:
        yield Path(folder)


def test_without_a_database_url_an_embedded_one_is_migrated_and_kept(home: Path) -> None:
    first = sigmasight("migrate", home=home)
    second = sigmasight("migrate", home=home)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert not (home / "postgres" / "postmaster.pid").exists()


def test_a_server_left_by_a_process_that_was_killed_is_stopped_by_the_next(home: Path) -> None:
    settings = Settings(_env_file=None, home=home, environment="test")
    startup.start_embedded(settings).stop()
    (home / "postgres" / ".handle_pids.json").write_text(json.dumps([2**22 - 1]))

    with startup.database_of(settings) as ready:
        psycopg.connect(ready.database_url).close()

    assert not (home / "postgres" / "postmaster.pid").exists()


def test_the_description_of_the_api_is_up_to_date() -> None:
    stored = (REPOSITORY_ROOT / "backend" / "openapi.json").read_text()

    assert json.loads(stored) == json.loads(openapi_text()), "run `make gen`"


def test_every_setting_stands_in_the_example_with_its_default() -> None:
    lines = (REPOSITORY_ROOT / ".env.example").read_text().splitlines()
    stated = dict(line.lstrip("#").split("=", 1) for line in lines if "=" in line and " " not in line.split("=", 1)[0])
    of_the_web_server = {"API_URL", "WEB_TRUSTED_PROXIES", "WEB_CLIENT_ADDRESS_HEADER"}
    of_the_compose_file = {"POSTGRES_PASSWORD", "SIGMASIGHT_OWNER_PASSWORD", "SIGMASIGHT_SERVICE_PASSWORD"}
    depends_on_the_machine = {"SIGMASIGHT_HOME"}
    defaults = {
        str(field.validation_alias or f"SIGMASIGHT_{name.upper()}"): field.default
        for name, field in Settings.model_fields.items()
    }

    assert set(stated) - of_the_web_server - of_the_compose_file == set(defaults)
    for variable in set(defaults) - depends_on_the_machine:
        assert _same(stated[variable], defaults[variable]), variable


def _same(stated: str, default: object) -> bool:
    if isinstance(default, SecretStr):
        return stated == default.get_secret_value()
    if isinstance(default, bool):
        return stated == str(default).lower()
    if default is None:
        return stated == ""
    if isinstance(default, tuple):
        return stated == ",".join(str(network.network_address) for network in default)
    return float(stated) == default if isinstance(default, int | float) else stated == str(default)
