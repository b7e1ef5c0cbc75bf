"""A backup as the operator's chapter takes it, while people write, restored on another server."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import select

from app import startup
from app.db import Database
from app.embedded_postgres import EmbeddedPostgres
from app.models import Portfolio, Position, User
from tests.builders import FIRST_DAY, make_instrument, make_user, scope_of
from tests.deployment.conftest import login, make_logins, program

_POLICIES = "select tablename, policyname, qual, with_check, roles::text from pg_policies order by 1, 2"


def policies(url: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(_POLICIES).fetchall()


async def test_what_is_restored_elsewhere_is_whole_and_as_private(
    bare_server: Callable[[], EmbeddedPostgres], database: Database, database_url: str, tmp_path: Path
) -> None:
    there = bare_server()
    make_logins(there)
    await make_instrument(database, "AAPL", [100.0])
    ada, eve = await make_user(database), await make_user(database)
    file = tmp_path / "sigmasight.dump"
    written = {await _write_a_pair(database, ada)}

    dump = asyncio.to_thread(program, "pg_dump", database_url, "--format=custom", f"--file={file}")
    dumping = asyncio.create_task(dump)
    while not dumping.done():
        written.add(await _write_a_pair(database, ada))
    await dumping
    program("pg_restore", "--exit-on-error", f"--dbname={there.url()}", str(file))

    restored = login(there.url(), "sigmasight_service")
    startup.check_schema(restored)
    assert policies(there.url()) == policies(database_url)
    assert await _portfolios_and_positions(restored, eve) == (set(), set())
    portfolios, held = await _portfolios_and_positions(restored, ada)
    assert portfolios == held
    assert set() < portfolios <= written


async def _write_a_pair(database: Database, user: User) -> UUID:
    """What is committed together is in a backup together, or not at all."""
    portfolio = Portfolio(id=uuid4(), user_id=user.id, tenant_id=user.tenant_id, name="A pair")
    position = Position(user_id=user.id, portfolio_id=portfolio.id, symbol="AAPL", quantity=1)
    position.entry_date, position.entry_price = FIRST_DAY, Decimal(100)
    async with database.session(scope_of(user)) as session:
        session.add(portfolio)
        await session.flush()
        session.add(position)
    return portfolio.id


async def _portfolios_and_positions(url: str, user: User) -> tuple[set[UUID], set[UUID]]:
    database = Database(url)
    async with database.session(scope_of(user)) as session:
        portfolios = set((await session.scalars(select(Portfolio.id))).all())
        held = set((await session.scalars(select(Position.portfolio_id))).all())
    await database.close()
    return portfolios, held
