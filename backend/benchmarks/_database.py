"""A PostgreSQL of its own for one benchmark, with the settings that a server comes with, gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import logging, migrations
from app.config import Settings
from app.embedded_postgres import EmbeddedPostgres


@contextmanager
def fresh_database() -> Iterator[Settings]:
    """Settings of a server with this version's schema and no rows. Nothing in the environment changes them."""
    folder = Path(tempfile.mkdtemp(prefix="sigmasight-bench-"))
    server = EmbeddedPostgres(folder / "postgres", delete_on_stop=True)
    try:
        settings = Settings(
            _env_file=None,
            environment="test",
            home=folder,
            database_url=server.ensure_database(),
            ai_provider="offline",
            log_level="WARNING",
        )
        logging.configure(settings)
        migrations.upgrade(settings.database_url)
        yield settings
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
