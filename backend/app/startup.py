"""What every command needs before it can begin: settings that hold, and a database that answers with our schema."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import ValidationError

from app import database_requirements, migrations
from app.config import Settings
from app.database_connection import reachability
from app.embedded_postgres import EmbeddedPostgres
from app.errors import CannotStart

POSTGRES_FOLDER = "postgres"


def load_settings(**overrides: object) -> Settings:
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # checked by pydantic itself
    except ValidationError as error:
        problems = [f"{_variable(problem['loc'])}{problem['msg']}" for problem in error.errors()]
        raise CannotStart("The settings do not hold: " + "; ".join(problems) + ".") from error


@contextmanager
def database_of(settings: Settings) -> Iterator[Settings]:
    """The settings with the address of a database that answers: the stated one, or an embedded one for the while."""
    if settings.database_url:
        check_answers(settings.database_url)
        yield settings
        return
    server = start_embedded(settings)
    try:
        yield settings.model_copy(update={"database_url": server.ensure_database()})
    finally:
        server.stop()


def start_embedded(settings: Settings) -> EmbeddedPostgres:
    folder = settings.home / POSTGRES_FOLDER
    try:
        return EmbeddedPostgres(folder)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise CannotStart(
            f"The embedded PostgreSQL in {folder} does not start ({_first_line(error)}). "
            f"Its log is {folder / 'log'}; DATABASE_URL names another server."
        ) from error


def check_answers(url: str, variable: str = "DATABASE_URL") -> None:
    place = _place(url, variable)
    try:
        psycopg.connect(url, **reachability()).close()
    except psycopg.Error as error:
        raise CannotStart(
            f"The database {place} does not answer: {_first_line(error)}. Is {variable} right?"
        ) from error


def check_schema(url: str) -> None:
    database_requirements.check_login(url)
    if migrations.pending(url):
        raise CannotStart("The database does not have this version's schema. Run `sigmasight migrate` first.")


def migrate(settings: Settings) -> None:
    """As the schema's owner, who may be another login than the application's."""
    url = settings.migration_database_url or settings.database_url
    if settings.migration_database_url:
        check_answers(url, "MIGRATION_DATABASE_URL")
    if migrations.pending(url):
        database_requirements.check_for_migrations(url)
        migrations.upgrade(url)
    else:
        migrations.ship(url)


def _variable(location: tuple[int | str, ...]) -> str:
    return f"{'.'.join(str(part) for part in location)}: " if location else ""


def _place(url: str, variable: str) -> str:
    """Without the password."""
    try:
        parts = conninfo_to_dict(url) if url.startswith(("postgresql://", "postgres://")) else None
    except psycopg.ProgrammingError:
        parts = None
    if parts is None:
        # What the library says of it quotes it whole
        raise CannotStart(f"{variable} is no address such as postgresql://user:password@host:5432/name.")
    return f"{parts.get('dbname', '')} at {parts.get('host', 'localhost')}:{parts.get('port', 5432)}"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
