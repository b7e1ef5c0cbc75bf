"""Documents that come at the same time."""

import asyncio

from app.agent import document_text
from app.db import Database
from app.models import User
from app.repositories import knowledge as knowledge_repository
from app.services import knowledge
from tests.builders import scope_of
from tests.waiting import until_somebody_waits


async def test_two_of_one_key_are_one_document(database: Database, user: User) -> None:
    scope = f"user:{user.id}"

    async def take(body: str) -> None:
        text = await document_text.read(body.encode(), "text/markdown", title="Rules")
        async with database.session(scope_of(user)) as session:
            await knowledge.take(session, scope, text)

    text = await document_text.read(b"The first.", "text/markdown", title="Rules")
    async with database.session(scope_of(user)) as session:
        await knowledge.take(session, scope, text)
        second = asyncio.create_task(take("The second."))
        await until_somebody_waits(database)
    await second

    async with database.session(scope_of(user)) as session:
        (kept,) = await knowledge_repository.list_page(session, scope, before=None, limit=10)
    assert (kept.body, kept.version) == ("The second.", 2)
