"""`sigmasight accounts`: who may sign in, and who administers, for whoever operates the server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from pydantic import ValidationError

from app.config import Settings
from app.db import Database, Scope
from app.errors import InvalidField
from app.import_command import UnknownUser
from app.repositories import user as user_repository
from app.schemas.auth import RegisterIn, Role
from app.services import auth


def add(settings: Settings, email: str, name: str, password: str, *, role: Role, beside: str | None) -> None:
    """`beside`: whose tenant it shall be in; otherwise it gets one of its own."""
    try:
        wanted = RegisterIn(email=email, password=password, display_name=name)
    except ValidationError as error:
        problem = error.errors()[0]
        raise InvalidField(str(problem["loc"][0]), problem["msg"]) from error
    asyncio.run(_add(settings, wanted, role, beside))


async def _add(settings: Settings, wanted: RegisterIn, role: Role, beside: str | None) -> None:
    async with _opened(settings) as database:
        tenant_id: UUID | None = (await _scope_of(database, beside)).tenant_id if beside else None
        await auth.add_account(database, wanted, role=role, tenant_id=tenant_id)


def set_role(settings: Settings, email: str, role: Role) -> None:
    asyncio.run(_set_role(settings, email, role))


async def _set_role(settings: Settings, email: str, role: Role) -> None:
    async with _opened(settings) as database:
        scope = await _scope_of(database, email)
        async with database.session(scope) as session:
            user = await user_repository.find_active(session, scope.user_id)
            if user is None:
                raise UnknownUser
            user.role = role


async def _scope_of(database: Database, email: str) -> Scope:
    async with database.session() as session:
        found = await user_repository.find_credentials(session, email)
    if found is None:
        raise UnknownUser
    return found.scope


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        await database.close()
