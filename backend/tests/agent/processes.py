"""Processes of one deployment, each a `Runs` of its own on the same database, and what they leave behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from uuid import UUID

from sqlalchemy import text as sql
from sqlalchemy import update

from app.agent.embeddings import Embedder
from app.agent.run_log import LoggedEvent
from app.agent.runs import Runs
from app.db import Database, Scope
from app.models import Conversation, Message, Run, User
from app.repositories import message as message_repository
from tests.agent.scripted import FakeToolBox, ScriptedClient, ScriptedClients
from tests.builders import scope_of


@asynccontextmanager
async def process(
    database: Database,
    client: ScriptedClient,
    toolbox: FakeToolBox | None = None,
    embedder: Embedder | None = None,
) -> AsyncIterator[Runs]:
    runs = Runs(database, ScriptedClients(client), toolbox or FakeToolBox(), embedder=embedder)
    await runs.open()
    yield runs
    await runs.close()


async def conversation_of(database: Database, user: User) -> Conversation:
    async with database.session(scope_of(user)) as session:
        conversation = Conversation(user_id=user.id, tenant_id=user.tenant_id, title="Talk", mode="standard")
        session.add(conversation)
    return conversation


async def until_stored(runs: Runs, scope: Scope, run_id: UUID, event_type: str) -> None:
    async with aclosing(runs._follow_table(run_id, scope, 0)) as events:
        async for logged in events:
            if logged.event.type == event_type:
                return


async def kill(runs: Runs) -> None:
    """As a killed process would leave things: no task gets to write another word."""
    for live in runs._live.values():
        live.interrupt("lease_lost")
    await asyncio.gather(*runs._tasks)


async def expire(database: Database, scope: Scope, run_id: UUID) -> None:
    async with database.session(scope) as session:
        statement = update(Run).where(Run.id == run_id)
        await session.execute(statement.values(lease_expires_at=sql("now() - interval '1 second'")))


async def stored(database: Database, user: User, run_id: UUID) -> tuple[Run, list[Message]]:
    async with database.session(scope_of(user)) as session:
        run = await session.get(Run, run_id)
        assert run is not None
        return run, list(await message_repository.list_page(session, run.conversation_id, after=None, limit=50))


async def read(runs: Runs, user: User, run_id: UUID, after: int = 0) -> list[LoggedEvent]:
    async with asyncio.timeout(10), aclosing(runs.watch(run_id, scope_of(user), after)) as events:
        return [logged async for logged in events]
