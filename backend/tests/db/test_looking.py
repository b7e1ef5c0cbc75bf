"""Reads that are sent together: what becomes of the connection when nobody waits for them any more."""

import asyncio

import pytest
from sqlalchemy import bindparam, text

from app.db import Database, Read, Scope
from app.repositories import user as user_repository
from tests.builders import make_user, scope_of

_SLOW = Read(
    text("select 'somebody else''s' as answer, pg_sleep(:seconds)").bindparams(bindparam("seconds")), {"seconds": 0.2}
)


@pytest.mark.parametrize("after", [0.0, 0.002, 0.01, 0.05, 0.1])
async def test_answers_of_a_cancelled_look_are_nobody_elses(
    database_url: str, database: Database, after: float
) -> None:
    user = await make_user(database)
    scope = scope_of(user)
    single = Database(database_url, pool_size=1)
    await single.look(scope, [user_repository.read_active(user.id)])
    leaving = asyncio.create_task(single.look(scope, [_SLOW, _SLOW]))
    await asyncio.sleep(after)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving

    ((row,),) = await single.look(scope, [user_repository.read_active(user.id)])
    async with single.session(scope) as session:
        found = await user_repository.find_active(session, user.id)
    await single.close()

    assert row.id == user.id
    assert found is not None
    assert found.id == user.id


async def test_a_look_sees_only_its_own_person(database: Database) -> None:
    ann, eve = await make_user(database), await make_user(database)

    rows = await asyncio.gather(
        *(database.look(Scope(who.id, who.tenant_id), [user_repository.read_active(ann.id)]) for who in (ann, eve) * 20)
    )

    assert [len(found) for (found,) in rows] == [1, 0] * 20
