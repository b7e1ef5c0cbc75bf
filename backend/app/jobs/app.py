"""The job queue: jobs are rows in PostgreSQL, so any number of workers on any number of machines may take them."""

from contextlib import suppress

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from app.config import Settings
from app.db import Database, connection_options
from app.jobs import nightly, summary, tasks

CONCURRENCY = 2
# One connection waits for news, each running job takes one, one is for the queue itself
POOL_SIZE = CONCURRENCY + 2
# A job that does not end by then is put back by the next worker
SHUTDOWN_SECONDS = 3.0
# Until it is idle, a worker lets its jobs end
IDLE_SECONDS = 600.0
# A worker that starts does what came due while none ran: within a day, so that last night's work is always among it
CATCH_UP_SECONDS = 86_400.0


def create_job_app(url: str, *, catch_up_seconds: float = CATCH_UP_SECONDS) -> App:
    connector = PsycopgConnector(conninfo=url, max_size=POOL_SIZE, kwargs={"options": connection_options()})
    app = App(connector=connector, periodic_defaults={"max_delay": catch_up_seconds})
    tasks.register(app)
    summary.register(app)
    nightly.register(app)
    return app


async def defer_all_snapshots(url: str) -> None:
    """Have a worker rebuild everybody's snapshots. What is waiting already will see the newest prices as well."""
    app = create_job_app(url)
    async with app.open_async():
        task = app.configure_task("recompute_all_snapshots", queueing_lock="recompute_all_snapshots")
        with suppress(AlreadyEnqueued):
            await task.defer_async(timestamp=0)


async def work(settings: Settings, *, until_idle: bool = False) -> None:
    """Take jobs until told to stop (SIGINT, SIGTERM); or, `until_idle`, do what is in line and nothing by the clock."""
    database = Database(settings.database_url, pool_size=POOL_SIZE)
    app = create_job_app(settings.database_url, catch_up_seconds=0.0 if until_idle else CATCH_UP_SECONDS)
    try:
        async with app.open_async():
            await app.run_worker_async(
                concurrency=CONCURRENCY,
                wait=not until_idle,
                install_signal_handlers=not until_idle,
                delete_jobs="successful",
                shutdown_graceful_timeout=IDLE_SECONDS if until_idle else SHUTDOWN_SECONDS,
                additional_context={"database": database, "settings": settings},
            )
    finally:
        await database.close()
