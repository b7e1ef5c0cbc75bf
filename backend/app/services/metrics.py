"""What is looked up when somebody asks for the metrics; the rest is counted as it happens."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from app import metrics
from app.db import Database
from app.repositories import job as job_repository

# A database that is busy must not cost the other figures
LOOK_SECONDS = 2.0


async def exposition(database: Database) -> bytes:
    pool = database.pool
    metrics.connections(in_use=pool.in_use, idle=pool.idle, waiting=pool.waiting)
    metrics.jobs(await _jobs(database))
    return metrics.exposition()


async def _jobs(database: Database) -> dict[str, int] | None:
    try:
        async with asyncio.timeout(LOOK_SECONDS), database.session() as session:
            return await job_repository.count_by_state(session)
    except (SQLAlchemyError, TimeoutError):
        return None
