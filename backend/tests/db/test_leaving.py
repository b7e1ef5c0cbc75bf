"""Requests whose reader leaves: whatever they were waiting for, the pool is sound afterwards."""

import asyncio
import gc
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

import anyio
import psycopg
import pytest
from sqlalchemy import bindparam, func, select

from app import db
from app.db import Database, Read, Scope, together
from app.models import User
from app.repositories import user as user_repository
from tests.builders import make_user, scope_of

POINTS = 4
# Longer than any of the requests below takes
LONGEST_SECONDS = 0.02
_NAP = select(func.pg_sleep(bindparam("seconds")))

Request = Callable[[Database, Scope], Awaitable[None]]


async def reading(database: Database, scope: Scope) -> None:
    async with database.session(scope) as session:
        await user_repository.find_active(session, scope.user_id)
        await session.execute(_NAP, {"seconds": 0.002})


async def writing(database: Database, scope: Scope) -> None:
    async with database.session(scope) as session:
        user = await session.get_one(User, scope.user_id)
        user.display_name = f"{user.display_name[:20]}."
        await session.flush()
        await session.execute(_NAP, {"seconds": 0.002})


async def looking(database: Database, scope: Scope) -> None:
    await database.look(scope, [user_repository.read_active(scope.user_id), Read(_NAP, {"seconds": 0.002})])


async def sending_together(database: Database, scope: Scope) -> None:
    statements = [user_repository.read_active(scope.user_id), Read(_NAP, {"seconds": 0.002})]
    async with database.session(scope) as session:
        for _ in range(2):
            await together(session, statements)


async def cancelled_once(request: Awaitable[None], after: float) -> None:
    task = asyncio.ensure_future(request)
    await asyncio.sleep(after)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def cancelled_until_it_ends(request: Awaitable[None], after: float) -> None:
    """As the server does it: within a scope that is given up, every wait ends at once, those of tidying up as well."""
    with anyio.move_on_after(after):
        await request


# Connecting is a wait as well: what was opened for somebody who has left, the collector closes
@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
@pytest.mark.parametrize("leave", [cancelled_once, cancelled_until_it_ends])
@pytest.mark.parametrize("request_", [reading, writing, looking, sending_together])
async def test_whoever_leaves_the_next_request_gets_its_own_answers(
    database_url: str,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    leave: Callable[[Awaitable[None], float], Awaitable[None]],
    request_: Request,
) -> None:
    # Every connection is asked on its way out whether it lives, and that may be cancelled as well
    monkeypatch.setattr(db, "FRESH_SECONDS", 0.0)
    user = await make_user(database)
    scope, narrow = scope_of(user), Database(database_url, pool_size=1)
    points = random.Random(11)  # noqa: S311 - moments in time

    for _ in range(POINTS):
        leaving = [leave(request_(narrow, scope), points.uniform(0, LONGEST_SECONDS)) for _ in range(3)]
        await asyncio.gather(*leaving, still_served(narrow, scope))

    await still_served(narrow, scope)
    while narrow.engine.pool.checkedout():  # type: ignore[attr-defined]  # noqa: ASYNC110 - comes back, or this hangs
        await asyncio.sleep(0.01)
    await narrow.close()
    gc.collect()


async def test_a_connection_that_was_left_in_mid_command_is_not_handed_out(
    database_url: str, database: Database
) -> None:
    user = await make_user(database)
    single = Database(database_url, pool_size=1)
    async with single.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    # Nobody reads the answer
    driver.pgconn.send_query(b"select 'somebody else''s'")

    await still_served(single, scope_of(user))
    await single.close()
    await driver.close()


async def still_served(database: Database, scope: Scope) -> None:
    ((row,),) = await database.look(scope, [user_repository.read_active(scope.user_id)])
    async with database.session(scope) as session:
        found = await user_repository.find_active(session, scope.user_id)
    assert (row.id, found and found.id) == (scope.user_id, scope.user_id)
