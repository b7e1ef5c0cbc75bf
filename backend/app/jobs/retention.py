"""Conversations that are kept no longer: after the time that the operator sets, and a month after they were deleted."""

from datetime import timedelta

import structlog
from procrastinate import App, JobContext

from app.config import Settings
from app.db import Database
from app.repositories import personal_data

NIGHTLY = "45 2 * * *"

log = structlog.get_logger()


def register(app: App) -> None:
    task = app.task(name="purge_conversations", queueing_lock="purge_conversations", pass_context=True)(
        purge_conversations
    )
    app.periodic(cron=NIGHTLY)(task)


async def purge_conversations(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue's own argument
    settings: Settings = context.additional_context["settings"]
    database: Database = context.additional_context["database"]
    days = settings.conversation_retention_days
    async with database.session() as session:
        gone = await personal_data.purge_conversations(session, None if days is None else timedelta(days=days))
    log.info("conversations_purged", conversations=gone)
