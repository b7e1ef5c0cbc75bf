"""Until one transaction waits for another: what two people do at once, in a certain order."""

import asyncio

import psycopg

from app.db import Database

_WAITING = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


async def until_somebody_waits(database: Database) -> None:
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as connection:
        while await (await connection.execute(_WAITING)).fetchone() is None:  # noqa: ASYNC110 - until it waits
            await asyncio.sleep(0.01)
