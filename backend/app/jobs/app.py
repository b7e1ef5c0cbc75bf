"""The job queue: jobs are rows in PostgreSQL, so any number of workers on any number of machines may take them."""

from procrastinate import App, PsycopgConnector

from app.config import Settings
from app.db import Database, connection_options
from app.jobs import tasks

CONCURRENCY = 2
# One connection waits for news, each running job takes one, one is for the queue itself
POOL_SIZE = CONCURRENCY + 2
# A job that does not end by then is put back by the next worker
SHUTDOWN_SECONDS = 5.0


def create_job_app(url: str) -> App:
    connector = PsycopgConnector(conninfo=url, max_size=POOL_SIZE, kwargs={"options": connection_options()})
    app = App(connector=connector)
    tasks.register(app)
    return app


async def work(settings: Settings, *, until_idle: bool = False) -> None:
    """Take jobs until told to stop (SIGINT, SIGTERM)."""
    database = Database(settings.database_url, pool_size=POOL_SIZE)
    app = create_job_app(settings.database_url)
    try:
        async with app.open_async():
            await app.run_worker_async(
                concurrency=CONCURRENCY,
                wait=not until_idle,
                install_signal_handlers=not until_idle,
                delete_jobs="successful",
                shutdown_graceful_timeout=SHUTDOWN_SECONDS,
                additional_context={"database": database},
            )
    finally:
        await database.close()
