from collections.abc import Sequence

import pytest

from app.db import Database
from app.models import Conversation, Message, User
from app.repositories import message as message_repository
from app.repositories.message import Newest
from tests.builders import make_user, scope_of


@pytest.fixture
async def user(database: Database) -> User:
    return await make_user(database)


async def spoken(database: Database, user: User, rows: Sequence[tuple[str, int, bool]]) -> Conversation:
    """A conversation of (role, tokens, is superseded)."""
    conversation = Conversation(user_id=user.id, tenant_id=user.tenant_id, title="Talk", mode="standard")
    async with database.session(scope_of(user)) as session:
        session.add(conversation)
        await session.flush()
        for number, (role, tokens, is_superseded) in enumerate(rows):
            session.add(
                Message(
                    user_id=user.id,
                    conversation_id=conversation.id,
                    role=role,
                    content=str(number),
                    tokens=tokens,
                    is_superseded=is_superseded,
                )
            )
            await session.flush()
    return conversation


async def newest(
    database: Database, user: User, conversation: Conversation, *, tokens: int = 2_000, limit: int = 50
) -> Newest:
    read = message_repository.read_newest(conversation.id, after=0, before=10**9, tokens=tokens, limit=limit)
    (rows,) = await database.look(scope_of(user), [read])
    return message_repository.newest(rows)


def contents(found: Newest) -> list[str]:
    return [message.content for message in found.messages]


async def test_the_newest_that_fit_come_oldest_first(database: Database, user: User) -> None:
    conversation = await spoken(database, user, [("user", 10, False), ("assistant", 500, False)] * 3)

    found = await newest(database, user, conversation, tokens=1_100)
    assert contents(found) == ["2", "3", "4", "5"]
    assert found.questions == 3
    assert contents(await newest(database, user, conversation, limit=3)) == ["3", "4", "5"]


async def test_nothing_that_fits_is_still_counted(database: Database, user: User) -> None:
    conversation = await spoken(database, user, [("user", 10, False), ("assistant", 5_000, False)])

    found = await newest(database, user, conversation)
    assert (found.messages, found.questions) == ([], 1)


async def test_what_was_superseded_is_not_there(database: Database, user: User) -> None:
    conversation = await spoken(
        database, user, [("user", 10, False), ("assistant", 9_000, True), ("assistant", 20, False)]
    )

    assert contents(await newest(database, user, conversation)) == ["0", "2"]
