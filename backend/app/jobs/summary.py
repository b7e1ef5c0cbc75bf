"""A daily summary of each portfolio, once for each day of prices."""

from contextlib import suppress
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued

from app.agent.limits import Limits
from app.agent.llm_offline import OfflineAnalyst
from app.agent.routing import Clients
from app.config import Settings
from app.db import Database, Scope
from app.jobs.tasks import snapshots_lock
from app.repositories import insight as insight_repository
from app.repositories import portfolio as portfolio_repository
from app.schemas.insight import GenerateInsightIn
from app.services import insight, snapshot
from app.services.analytics.book import PortfolioNotFound
from app.services.snapshot import SnapshotNotFound

# A provider that is overloaded is asked again, further and further apart
RETRY = RetryStrategy(max_attempts=4, exponential_wait=10)

log = structlog.get_logger()


def register(app: App) -> None:
    app.task(name="summarize_portfolio", pass_context=True, retry=RETRY)(summarize_portfolio)


async def defer_all_summaries(context: JobContext) -> None:
    database: Database = context.additional_context["database"]
    async with database.session() as session:
        portfolios = await portfolio_repository.list_everybodys(session)
    for portfolio_id, scope in portfolios:
        # Under the lock of its snapshots, so that it comes after those that are in line already
        task = context.app.configure_task(
            "summarize_portfolio", queueing_lock=f"summary:{portfolio_id}", lock=snapshots_lock(portfolio_id)
        )
        with suppress(AlreadyEnqueued):
            await task.defer_async(
                portfolio_id=str(portfolio_id), user_id=str(scope.user_id), tenant_id=str(scope.tenant_id)
            )


async def summarize_portfolio(context: JobContext, *, portfolio_id: str, user_id: str, tenant_id: str) -> None:
    database: Database = context.additional_context["database"]
    settings: Settings = context.additional_context["settings"]
    scope = Scope(user_id=UUID(user_id), tenant_id=UUID(tenant_id))
    if not await _has_news(database, scope, UUID(portfolio_id)):
        return
    clients = Clients(settings, offline=OfflineAnalyst())
    try:
        wanted = GenerateInsightIn(portfolio_id=UUID(portfolio_id))
        made = await insight.generate(database, clients, scope, wanted, Limits.of(settings))
    except PortfolioNotFound:
        log.info("summary_skipped", portfolio_id=portfolio_id, reason="deleted since")
        return
    finally:
        await clients.close()
    log.info("portfolio_summarized", portfolio_id=portfolio_id, provider=made.provider)


async def _has_news(database: Database, scope: Scope, portfolio_id: UUID) -> bool:
    """Whether there are figures of a day that no summary is about."""
    async with database.session(scope) as session:
        told = await insight_repository.list_newest(session, portfolio_id=portfolio_id, limit=1)
        try:
            newest = await snapshot.newest(session, portfolio_id)
        except (SnapshotNotFound, PortfolioNotFound):
            return False
    return not told or told[0].as_of is None or told[0].as_of < newest.date
