"""Whose memories the application's role sees and writes, straight in SQL."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import Database, Scope
from app.repositories.knowledge import NO_PERSON
from tests.builders import make_memory, make_user, scope_of


async def _count(database: Database, scope: Scope | None) -> int:
    async with database.session(scope) as session:
        return int(await session.scalar(text("select count(*) from ai_memories")) or 0)


async def test_ones_own_memories_are_nobody_elses_and_the_tenants_are_of_all_its_people(database: Database) -> None:
    admin = await make_user(database, role="admin")
    bob = await make_user(database, tenant_id=admin.tenant_id)
    eve = await make_user(database)
    await make_memory(database, admin, content="The administrator's own")
    await make_memory(database, admin, content="The tenant's", scope="tenant")

    assert [await _count(database, scope_of(who)) for who in (admin, bob, eve)] == [2, 1, 0]
    assert await _count(database, None) == 0


async def test_a_tenants_memory_is_written_by_its_administrators_and_its_own_jobs(database: Database) -> None:
    admin = await make_user(database, role="admin")
    bob = await make_user(database, tenant_id=admin.tenant_id)
    await make_memory(database, admin, scope="tenant")
    changed = []
    for scope in (scope_of(bob), Scope(NO_PERSON, admin.tenant_id), Scope(NO_PERSON, bob.id)):
        async with database.session(scope) as session:
            result = await session.execute(text("update ai_memories set tags = '[\"x\"]'"))
            changed.append(result.rowcount)  # type: ignore[attr-defined]

    assert changed == [0, 1, 0]
    with pytest.raises(DBAPIError, match="row-level security"):
        await make_memory(database, bob, scope="tenant", content="Planted")


async def test_using_memories_counts_only_those_that_one_may_read(database: Database) -> None:
    admin, eve = await make_user(database, role="admin"), await make_user(database)
    shared = await make_memory(database, admin, scope="tenant")
    bob = await make_user(database, tenant_id=admin.tenant_id)
    foreign = await make_memory(database, eve)
    async with database.session(scope_of(bob)) as session:
        await session.execute(text("select note_memories_used(:used)"), {"used": [shared.id, foreign.id]})

    counts = []
    for owner in (admin, eve):
        async with database.session(scope_of(owner)) as session:
            counts.append(await session.scalar(text("select use_count from ai_memories")))
    assert counts == [1, 0]
