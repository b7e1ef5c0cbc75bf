"""The job queue: jobs are rows in PostgreSQL, so any number of workers on any number of machines may take them."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from app.agent.embedding_choice import open_embedder
from app.config import Settings
from app.database_connection import reachability
from app.db import Database, Scope, connection_options
from app.jobs import knowledge, learning, memory, nightly, retention, summary, tasks

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
    connector = PsycopgConnector(
        conninfo=url, max_size=POOL_SIZE, kwargs={"options": connection_options(), **reachability()}
    )
    app = App(connector=connector, periodic_defaults={"max_delay": catch_up_seconds})
    tasks.register(app)
    summary.register(app)
    nightly.register(app)
    knowledge.register(app)
    memory.register(app)
    learning.register(app)
    retention.register(app)
    return app


async def defer_all_snapshots(url: str) -> None:
    """Have a worker rebuild everybody's snapshots. What is waiting already will see the newest prices as well."""
    app = create_job_app(url)
    async with app.open_async():
        task = app.configure_task("recompute_all_snapshots", queueing_lock="recompute_all_snapshots")
        with suppress(AlreadyEnqueued):
            await task.defer_async(timestamp=0)


async def defer_indexing(url: str, documents: Sequence[tuple[UUID, Scope | None]]) -> None:
    """Have a worker index these documents, on behalf of whom they are given with."""
    if documents:
        app = create_job_app(url)
        async with app.open_async():
            await knowledge.defer(app, documents)


async def defer_learning_report(url: str, report_id: UUID, scope: Scope) -> None:
    app = create_job_app(url)
    async with app.open_async():
        await learning.defer(app, report_id, scope)


async def defer_measuring(url: str, proposal_id: UUID, scope: Scope) -> None:
    app = create_job_app(url)
    async with app.open_async():
        await learning.defer_measuring(app, proposal_id, scope)


async def work(settings: Settings, *, until_idle: bool = False) -> None:
    """Take jobs until told to stop (SIGINT, SIGTERM); or, `until_idle`, do what is in line and nothing by the clock."""
    database = Database(settings.database_url, pool_size=POOL_SIZE)
    embedder = open_embedder(settings)
    app = create_job_app(settings.database_url, catch_up_seconds=0.0 if until_idle else CATCH_UP_SECONDS)
    try:
        async with app.open_async():
            if not until_idle:
                await _defer_shipped_knowledge(app)
            await app.run_worker_async(
                concurrency=CONCURRENCY,
                wait=not until_idle,
                install_signal_handlers=not until_idle,
                delete_jobs="successful",
                shutdown_graceful_timeout=IDLE_SECONDS if until_idle else SHUTDOWN_SECONDS,
                additional_context={"database": database, "settings": settings, "embedder": embedder},
            )
    finally:
        await embedder.close()
        await database.close()


async def _defer_shipped_knowledge(app: App) -> None:
    """A worker that starts may be of a newer version than the knowledge that is stored."""
    task = app.configure_task("store_shipped", queueing_lock="store_shipped")
    with suppress(AlreadyEnqueued):
        await task.defer_async(timestamp=0)
