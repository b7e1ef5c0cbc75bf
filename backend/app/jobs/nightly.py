"""The night's work, in order: prices, the snapshots that rest on them, a summary of each portfolio.

Each step goes on where the last one ended, so the next night does what one night missed. A worker that was off when the
night's hour struck does it when it starts.
"""

import structlog
from procrastinate import App, JobContext, RetryStrategy

from app.config import Settings
from app.db import Database
from app.jobs import summary, tasks
from app.market_data.choice import open_source
from app.market_data.source import SourceUnusable
from app.services.price_refresh import RefreshReport, refresh, today_anywhere

# After the close in New York, in UTC, whatever the season
CRON = "30 23 * * *"
# For what passes: a worker that is shut down half way, another refresh at the same time, a database that restarts
RETRY = RetryStrategy(max_attempts=3, wait=60)

log = structlog.get_logger()


def register(app: App) -> None:
    task = app.task(name="nightly", queueing_lock="nightly", pass_context=True, retry=RETRY)(nightly)
    app.periodic(cron=CRON)(task)


async def nightly(context: JobContext, timestamp: int) -> None:
    """Snapshots are rebuilt even where the source cannot be used: they rest on positions as well."""
    try:
        await _refresh_prices(context.additional_context["database"], context.additional_context["settings"])
    except SourceUnusable as error:
        log.warning("prices_not_refreshed", code=error.code, reason=error.sentence)
    await tasks.recompute_all_snapshots(context, timestamp)
    await summary.defer_all_summaries(context)


async def _refresh_prices(database: Database, settings: Settings) -> None:
    if settings.market_data_source == "bundled":
        # It never changes: nothing would come of it but the loss of what a person has loaded over it
        return
    source = await open_source(settings.market_data_source, settings.market_data_path)
    _tell(await refresh(database, source, today_anywhere()))


def _tell(report: RefreshReport) -> None:
    for found in report.symbols:
        if found.failure is not None:
            log.warning("symbol_not_refreshed", symbol=found.symbol, reason=found.failure)
    for problem in report.problems:
        log.warning(
            "price_problem",
            symbol=problem.symbol,
            day=str(problem.date),
            kind=problem.kind,
            severity=problem.severity,
            reason=problem.reason,
            remedy=problem.remedy,
        )
    log.info("prices_refreshed", source=report.source, changed_prices=report.changed_prices, gaps=len(report.gaps))
