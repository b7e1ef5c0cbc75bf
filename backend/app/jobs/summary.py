"""A daily summary of each portfolio, once for each day of prices."""

from contextlib import suppress
from datetime import date
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued

from app.agent.limits import Limits
from app.agent.llm_offline import OfflineAnalyst
from app.agent.routing import Clients
from app.agent.tools.catalogue import standard_registry
from app.config import Settings
from app.db import Database, Scope
from app.jobs.tasks import snapshots_lock
from app.repositories import insight as insight_repository
from app.repositories import portfolio as portfolio_repository
from app.schemas.insight import GenerateInsightIn, InsightType
from app.schemas.insight_event import InsightDoneEvent
from app.services import insight, insight_request, snapshot
from app.services.analytics.book import PortfolioNotFound
from app.services.insight_request import Desk, Taken
from app.services.snapshot import SnapshotNotFound

SUMMARY: InsightType = "daily_summary"
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
    day = await _untold_day(database, scope, UUID(portfolio_id))
    if day is None:
        return
    clients = Clients(settings, offline=OfflineAnalyst())
    try:
        desk = Desk(
            database,
            clients,
            standard_registry(),
            Limits.of(settings),
            embedder=context.additional_context["embedder"],
            remembers=settings.memory_enabled,
        )
        await _write(desk, scope, GenerateInsightIn(portfolio_id=UUID(portfolio_id), insight_type=SUMMARY), day)
    except PortfolioNotFound:
        log.info("summary_skipped", portfolio_id=portfolio_id, reason="deleted since")
    finally:
        await clients.close()


async def _write(desk: Desk, scope: Scope, wanted: GenerateInsightIn, day: date) -> None:
    key = f"scheduled:{wanted.insight_type}:{wanted.portfolio_id}:{day}"
    taken = await insight_request.take(desk, scope, wanted, key, is_scheduled=True)
    if not isinstance(taken, Taken):
        return
    async for event in insight.generate(desk, taken):
        if isinstance(event, InsightDoneEvent):
            log.info(
                "portfolio_summarized", portfolio_id=str(wanted.portfolio_id), provider=event.data.insight.provider
            )


async def _untold_day(database: Database, scope: Scope, portfolio_id: UUID) -> date | None:
    """The newest day with figures, where no summary is about it yet."""
    async with database.session(scope) as session:
        told = await insight_repository.list_newest(session, portfolio_id=portfolio_id, insight_type=SUMMARY, limit=1)
        try:
            newest = await snapshot.newest(session, portfolio_id)
        except (SnapshotNotFound, PortfolioNotFound):
            return None
    is_told = told and told[0].as_of is not None and told[0].as_of >= newest.date
    return None if is_told else newest.date
