"""Bringing a database to the newest schema, and telling whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from app.db import sqlalchemy_url

BACKEND = Path(__file__).resolve().parents[1]


def upgrade(url: str) -> None:
    command.upgrade(_config(url), "head")


def pending(url: str) -> bool:
    """Whether the database lacks migrations that this code needs."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return current != ScriptDirectory.from_config(_config(url)).get_current_head()


def _config(url: str) -> Config:
    config = Config(BACKEND / "alembic.ini")
    # ConfigParser reads % as an interpolation
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
