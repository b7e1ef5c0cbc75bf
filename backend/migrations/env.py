"""Runs the migrations as the schema's owner, one process at a time, all or nothing."""

from alembic import context
from sqlalchemy import create_engine, text

from app.config import get_settings
from app.db import sqlalchemy_url
from app.models import Base

# Any constant does, as long as nothing else in this database takes the same advisory lock
MIGRATION_LOCK = 7_462_001


def run_migrations() -> None:
    settings = get_settings()
    url = context.config.get_main_option("sqlalchemy.url") or settings.migration_database_url or settings.database_url
    engine = create_engine(sqlalchemy_url(url))
    with engine.begin() as connection:
        # Two replicas may start at once: the second waits here and then finds nothing left to do
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_schemas=True,
            compare_type=True,
            include_name=_is_ours,
        )
        context.run_migrations()
    engine.dispose()


def _is_ours(name: str | None, type_: str, _parents: object) -> bool:
    return not (type_ == "table" and name is not None and name.startswith("procrastinate_"))


run_migrations()
