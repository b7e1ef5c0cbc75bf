"""What the application's role sees and may write, straight in SQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import APPLICATION_ROLE, Database
from app.models import Base, Portfolio, Tenant, User
from tests.builders import make_portfolio, make_user, scope_of

SHARED_TABLES = {"instruments", "prices", "splits", "market_data_state"}
OWNED_TABLES = sorted(table.fullname for table in Base.metadata.sorted_tables if table.name not in SHARED_TABLES)


async def test_the_application_connects_as_a_role_that_cannot_bypass_policies(database: Database) -> None:
    async with database.session() as session:
        row = await session.execute(
            text("select current_user, rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        )

    assert row.one() == (APPLICATION_ROLE, False)


def test_every_table_with_a_persons_data_has_a_policy(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "select distinct c.oid::regclass::text from pg_class c join pg_policy p on p.polrelid = c.oid "
            "where c.relrowsecurity"
        ).fetchall()

    assert sorted(name for (name,) in rows) == OWNED_TABLES


async def test_without_a_person_nothing_is_seen(database: Database) -> None:
    await make_portfolio(database, await make_user(database))

    async with database.session() as session:
        seen = {table: await session.scalar(text(f"select count(*) from {table}")) for table in OWNED_TABLES}

    assert seen == dict.fromkeys(OWNED_TABLES, 0)


async def test_without_a_person_nothing_is_written(database: Database) -> None:
    user = await make_user(database)
    await make_portfolio(database, user)

    async with database.session() as session:
        changed = await session.execute(text("update portfolios set name = 'mine now'"))
        deleted = await session.execute(text("delete from users"))

    assert (changed.rowcount, deleted.rowcount) == (0, 0)  # type: ignore[attr-defined]
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.session() as session:
            session.add(Tenant(name="nobody's"))


async def test_a_person_cannot_write_a_row_that_is_anothers(database: Database) -> None:
    ada, eve = await make_user(database), await make_user(database)

    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.session(scope_of(eve)) as session:
            session.add(Portfolio(name="planted", user_id=ada.id, tenant_id=ada.tenant_id))


async def test_people_of_one_tenant_do_not_see_each_others_portfolios(database: Database) -> None:
    ada = await make_user(database)
    bob = await make_user(database, tenant_id=ada.tenant_id)
    await make_portfolio(database, ada)

    async with database.session(scope_of(bob)) as session:
        assert (await session.scalars(select(Portfolio))).all() == []


@pytest.mark.parametrize("ending", ["commit", "rollback", "failed statement"])
async def test_a_pooled_connection_keeps_no_setting(database_url: str, ending: str) -> None:
    """However the transaction before it ended, on the one connection that there is."""
    database = Database(database_url, pool_size=1)
    ada, eve = await make_user(database), await make_user(database)
    for _ in range(25):
        for person in (ada, eve):
            async with _ended(ending), database.session(scope_of(person)) as session:
                assert (await session.scalars(select(User.id))).all() == [person.id]
                await _end(session, ending)
            async with database.session() as session:
                assert (await session.scalars(select(User.id))).all() == []
                assert not await session.scalar(text("select current_setting('app.user_id', true)"))
                assert not await session.scalar(text("select current_setting('app.tenant_id', true)"))
    await database.close()


@asynccontextmanager
async def _ended(ending: str) -> AsyncIterator[None]:
    with nullcontext() if ending == "commit" else pytest.raises((LookupError, DBAPIError)):
        yield


async def _end(session: AsyncSession, ending: str) -> None:
    match ending:
        case "rollback":
            raise LookupError
        case "failed statement":
            await session.execute(text("select 1 / 0"))
