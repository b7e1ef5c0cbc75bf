"""`sigmasight accounts`: who may sign in, and who administers, for whoever operates the server."""

import asyncio
from uuid import UUID

from pydantic import ValidationError

from app.config import Settings
from app.db import Database
from app.errors import InvalidField
from app.repositories import user as user_repository
from app.schemas.auth import RegisterIn, Role
from app.services import auth


def add(settings: Settings, email: str, name: str, password: str, *, role: Role, beside: str | None) -> None:
    """`beside`: whose tenant it shall be in; otherwise it gets one of its own."""
    try:
        wanted = RegisterIn(email=email, password=password, display_name=name)
    except ValidationError as error:
        raise InvalidField.first_of(error) from error
    asyncio.run(_add(settings, wanted, role, beside))


async def _add(settings: Settings, wanted: RegisterIn, role: Role, beside: str | None) -> None:
    async with Database(settings.database_url) as database:
        tenant_id: UUID | None = (await auth.scope_of(database, beside)).tenant_id if beside else None
        await auth.add_account(database, wanted, role=role, tenant_id=tenant_id)


def set_role(settings: Settings, email: str, role: Role) -> None:
    asyncio.run(_set_role(settings, email, role))


async def _set_role(settings: Settings, email: str, role: Role) -> None:
    async with Database(settings.database_url) as database:
        scope = await auth.scope_of(database, email)
        async with database.session(scope) as session:
            user = await user_repository.find_active(session, scope.user_id)
            if user is None:
                raise auth.UnknownUser
            user.role = role
