"""Bringing a database to the newest schema and to what ships in it, and telling whether it is there."""

from pathlib import Path
from typing import get_args

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from app.db import sqlalchemy_url
from app.insights import prompts
from app.repositories import insight_template as template_repository
from app.schemas.insight import InsightType

BACKEND = Path(__file__).resolve().parents[1]
# Any constant does, as long as nothing else in this database takes the same advisory lock
SHIPPING_LOCK = 7_462_002


def upgrade(url: str) -> None:
    command.upgrade(_config(url), "head")
    ship(url)


def ship(url: str) -> int:
    """Store the prompts of insights as they are in this version's files; how many of them are new."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": SHIPPING_LOCK})
            return sum(
                template_repository.ship(connection, insight_type, prompts.shipped(insight_type))
                for insight_type in get_args(InsightType)
            )
    finally:
        engine.dispose()


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
