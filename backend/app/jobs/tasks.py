"""What runs in the background. Arguments are identifiers: what a job works with, it reads when it runs."""

from datetime import timedelta
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued

from app.db import Database, Scope
from app.repositories import portfolio as portfolio_repository
from app.repositories import run as run_repository
from app.repositories import usage as usage_repository
from app.services import snapshot
from app.services.analytics.book import PortfolioNotFound

HOURLY = "7 * * * *"
# How long a finished turn's stream can be replayed; its message is kept for good
RUN_EVENTS_KEPT = timedelta(days=1)

log = structlog.get_logger()


def register(app: App) -> None:
    app.task(name="recompute_snapshots", pass_context=True, retry=RetryStrategy(max_attempts=3, exponential_wait=5))(
        recompute_snapshots
    )
    for task in (recompute_all_snapshots, purge_run_events, settle_model_calls):
        app.task(name=task.__name__, queueing_lock=task.__name__, pass_context=True)(task)
    for task in (purge_run_events, settle_model_calls):
        app.periodic(cron=HOURLY)(app.tasks[task.__name__])


async def recompute_snapshots(context: JobContext, *, portfolio_id: str, user_id: str, tenant_id: str) -> None:
    scope = Scope(user_id=UUID(user_id), tenant_id=UUID(tenant_id))
    try:
        async with _database(context).session(scope) as session:
            days = await snapshot.recompute(session, UUID(portfolio_id))
    except PortfolioNotFound:
        log.info("snapshots_skipped", portfolio_id=portfolio_id, reason="deleted since")
        return
    log.info("snapshots_recomputed", portfolio_id=portfolio_id, days=days)


async def recompute_all_snapshots(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue's own argument
    async with _database(context).session() as session:
        portfolios = await portfolio_repository.list_everybodys(session)
    for portfolio_id, scope in portfolios:
        await _defer_recompute(context, portfolio_id, scope)


async def purge_run_events(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue's own argument
    async with _database(context).session() as session:
        gone = await run_repository.purge_events(session, RUN_EVENTS_KEPT)
    log.info("run_events_purged", rows=gone)


async def settle_model_calls(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue's own argument
    """Of insights, summaries and the like whose process died: that the calls were made stays in the ledger."""
    async with _database(context).session() as session:
        settled = await usage_repository.settle_expired(session)
    if settled:
        log.warning("model_calls_broken_off", calls=settled)


def snapshots_lock(portfolio_id: UUID) -> str:
    """Jobs under it run one after another, in the order in which they were put in line."""
    return f"snapshots:{portfolio_id}"


async def _defer_recompute(context: JobContext, portfolio_id: UUID, scope: Scope) -> None:
    # One job a portfolio and lock: what is waiting already will see the newest prices as well
    key = snapshots_lock(portfolio_id)
    task = context.app.configure_task("recompute_snapshots", queueing_lock=key, lock=key)
    identifiers = {
        "portfolio_id": str(portfolio_id),
        "user_id": str(scope.user_id),
        "tenant_id": str(scope.tenant_id),
    }
    try:
        await task.defer_async(**identifiers)
    except AlreadyEnqueued:
        log.debug("snapshots_already_waiting", portfolio_id=str(portfolio_id))


def _database(context: JobContext) -> Database:
    database: Database = context.additional_context["database"]
    return database
