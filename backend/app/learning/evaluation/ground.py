"""A database of its own to ask the cases in: what somebody changes in theirs changes no expected figure."""

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import psycopg

from app import migrations
from app.config import Settings
from app.db import Database
from app.embedded_postgres import EmbeddedPostgres
from app.errors import Unavailable
from app.services import demo

POSTGRES_FOLDER = "postgres"


class NoGround(Unavailable):
    code = "evaluation_database_not_started"
    detail = "The evaluation's own database does not start on the worker's machine. Measure without the evaluation."


@contextmanager
def own_settings(settings: Settings) -> Iterator[Settings]:
    """Of a server with this version's schema, which is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="sigmasight-eval-") as folder:
        server = EmbeddedPostgres(Path(folder) / POSTGRES_FOLDER, delete_on_stop=True)
        try:
            url = server.ensure_database()
            migrations.upgrade(url)
            yield settings.model_copy(update={"database_url": url, "environment": "test", "home": Path(folder)})
        finally:
            server.stop()


@asynccontextmanager
async def own_database(settings: Settings) -> AsyncIterator[Database]:
    """With the demo portfolios that the cases ask about."""
    with ExitStack() as stack:
        try:
            own = await asyncio.to_thread(stack.enter_context, own_settings(settings))
        except (OSError, RuntimeError, subprocess.SubprocessError, psycopg.Error) as error:
            raise NoGround from error
        database = Database(own.database_url, pool_size=settings.database_pool_size)
        try:
            await demo.seed(database, own)
            yield database
        finally:
            await database.close()
