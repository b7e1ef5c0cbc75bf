"""Looks: several reads of one person in one round trip; and what a failure says."""

import asyncio
import traceback
from typing import Any

import psycopg
import pytest
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from app import db
from app.db import Database, PoolState, Read
from app.models import Portfolio, User
from app.repositories.insertion import into
from tests.builders import make_portfolio, make_user, scope_of

_EVERYBODY = select(User.id)
_PORTFOLIOS = select(Portfolio.id, Portfolio.name).where(Portfolio.name == bindparam("name"))
_SLEEP = select(func.pg_sleep(bindparam("seconds")))


async def test_each_read_has_its_own_rows_and_only_those_of_the_person(database: Database) -> None:
    ada, eve = await make_user(database), await make_user(database)
    portfolio = await make_portfolio(database, ada, name="Growth")
    await make_portfolio(database, eve, name="Growth")

    people, portfolios, none = await database.look(
        scope_of(ada),
        [Read(_EVERYBODY, {}), Read(_PORTFOLIOS, {"name": "Growth"}), Read(_PORTFOLIOS, {"name": "Value"})],
    )

    assert [row.id for row in people] == [ada.id]
    assert [(row.id, row.name) for row in portfolios] == [(portfolio.id, "Growth")]
    assert none == []


async def test_a_look_leaves_nobody_behind_on_its_connection(database_url: str) -> None:
    database = Database(database_url, pool_size=1)
    user = await make_user(database)
    await database.look(scope_of(user), [Read(_EVERYBODY, {})])

    async with database.session() as session:
        assert (await session.scalars(_EVERYBODY)).all() == []
    await database.close()


async def test_a_look_that_fails_is_told_like_any_failure_of_the_database(database: Database) -> None:
    user = await make_user(database)
    async with database.session() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("select 1")

    with pytest.raises(OperationalError):
        await _look_for_too_long(database, user)

    (people,) = await database.look(scope_of(user), [Read(_EVERYBODY, {})])
    assert len(people) == 1


async def _look_for_too_long(database: Database, user: User) -> None:
    """Another ends the backend while it sleeps."""
    sleeping = asyncio.create_task(database.look(scope_of(user), [Read(_SLEEP, {"seconds": 30})]))
    await _end_backends(database, "query like '%pg_sleep%' and state = 'active'", at_least=1)
    await sleeping


@pytest.mark.parametrize("looks", [True, False])
async def test_a_failure_does_not_tell_what_was_to_be_stored(database: Database, looks: bool) -> None:
    """Its text ends in the log."""
    user = await make_user(database)
    account = await make_portfolio(database, user, name="Canary")
    copy = {"id": account.id, "user_id": user.id, "tenant_id": user.tenant_id, "name": "Canary"}

    with pytest.raises(IntegrityError) as raised:
        await _store(database, user, copy, looks=looks)

    told = "".join(traceback.format_exception(raised.value))
    assert "pk_portfolios" in told
    assert "Canary" not in told
    assert str(account.id) not in told


async def _store(database: Database, user: User, row: dict[str, Any], *, looks: bool) -> None:
    statement = into(Portfolio, tuple(row))
    if looks:
        await database.look(scope_of(user), [Read(statement, row)])
    else:
        async with database.session(scope_of(user)) as session:
            await session.execute(statement, row)


@pytest.mark.parametrize("looks", [True, False])
async def test_a_connection_that_died_unused_is_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch, looks: bool
) -> None:
    user = await make_user(database)
    await _end_backends(database, "pid <> pg_backend_pid()", at_least=1)
    # As if it had lain there for a while
    monkeypatch.setattr(db, "FRESH_SECONDS", 0.0)

    if looks:
        (people,) = await database.look(scope_of(user), [Read(_EVERYBODY, {})])
        assert len(people) == 1
    else:
        async with database.session(scope_of(user)) as session:
            assert (await session.scalars(_EVERYBODY)).all() == [user.id]


async def test_a_pool_tells_who_waits(database_url: str) -> None:
    database = Database(database_url, pool_size=1)
    async with database.engine.connect(), database.engine.connect():
        third = asyncio.create_task(database.look(None, [Read(_EVERYBODY, {})]))
        while not database.pool.waiting:  # noqa: ASYNC110 - until it waits
            await asyncio.sleep(0.01)
        full = database.pool
    await third
    rested = database.pool
    await database.close()

    assert full == PoolState(in_use=2, idle=0, waiting=1)
    assert (rested.in_use, rested.waiting) == (0, 0)


async def _end_backends(database: Database, which: str, at_least: int) -> None:
    ended = 0
    ours = "datname = current_database() and pid <> pg_backend_pid()"
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as connection:
        while ended < at_least:
            statement = f"select pg_terminate_backend(pid) from pg_stat_activity where {ours} and {which}"
            ended += len(await (await connection.execute(statement.encode())).fetchall())
            await asyncio.sleep(0.01)
