"""Putting a job in line together with what it is about: both are committed, or neither is."""

import json

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Read

# The queue's own function and type (procrastinate/sql/schema.sql); its trigger tells the workers
_DEFER = text(
    "select procrastinate_defer_jobs_v1(array["
    "row('default', :task, 0, null, null, cast(:arguments as jsonb), null)::procrastinate_job_to_defer_v1])"
)


def deferral(task: str, arguments: dict[str, str]) -> Read:
    return Read(_DEFER, {"task": task, "arguments": json.dumps(arguments)})


async def count_by_state(session: AsyncSession) -> dict[str, int]:
    rows = await session.execute(text("select status::text, count(*) as jobs from procrastinate_jobs group by status"))
    return {row.status: row.jobs for row in rows}
