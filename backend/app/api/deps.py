"""What routes ask for. `SessionDep` and `CurrentUser` are of one request; a stream takes `Caller` and opens its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.embeddings import Embedder
from app.api import collisions
from app.config import Settings
from app.db import Database, Scope
from app.errors import Forbidden
from app.repositories import user as user_repository
from app.services import token

_bearer = HTTPBearer(auto_error=False)


async def settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


async def database(request: Request) -> Database:
    found: Database = request.app.state.database
    return found


async def embedder(request: Request) -> Embedder:
    found: Embedder = request.app.state.embedder
    return found


SettingsDep = Annotated[Settings, Depends(settings)]
EmbedderDep = Annotated[Embedder, Depends(embedder)]
DatabaseDep = Annotated[Database, Depends(database)]


async def scope(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)], settings: SettingsDep
) -> Scope:
    if credentials is None:
        raise token.InvalidAccessToken
    return token.verify(credentials.credentials, settings)


ScopeDep = Annotated[Scope, Depends(scope)]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person whose token was checked against the database in this request."""

    id: UUID
    scope: Scope
    email: str
    display_name: str
    role: str
    memory_enabled: bool

    @property
    def is_administrator(self) -> bool:
        return self.role == "admin"

    @property
    def tenant_id(self) -> UUID:
        return self.scope.tenant_id


async def session(request: Request, database: DatabaseDep, scope: ScopeDep) -> AsyncIterator[AsyncSession]:
    collisions.is_one_transaction(request)
    async with database.session(scope) as opened:
        opened.info["signed_in"] = _checked(await user_repository.find_active(opened, scope.user_id), scope)
        yield opened


# Closed, and so committed, before the answer is sent: a 200 that was not stored would be a lie
SessionDep = Annotated[AsyncSession, Depends(session, scope="function")]


async def current_user(session: SessionDep) -> SignedIn:
    found: SignedIn = session.info["signed_in"]
    return found


CurrentUser = Annotated[SignedIn, Depends(current_user)]


async def administrator(user: CurrentUser) -> SignedIn:
    if not user.is_administrator:
        raise Forbidden("This needs an administrator.")
    return user


Administrator = Annotated[SignedIn, Depends(administrator)]


async def caller(database: DatabaseDep, scope: ScopeDep) -> SignedIn:
    """For streams: checks the person in one round trip, and holds no connection when the first byte is sent."""
    (people,) = await database.look(scope, [user_repository.read_active(scope.user_id)])
    return _checked(people[0] if people else None, scope)


Caller = Annotated[SignedIn, Depends(caller)]


def _checked(user: Any | None, scope: Scope) -> SignedIn:
    """From the person's row, in whichever way it was read."""
    if user is None:
        raise token.InvalidAccessToken
    return SignedIn(
        id=user.id,
        scope=scope,
        email=user.email,
        display_name=user.display_name,
        role=user.role,
        memory_enabled=user.memory_enabled,
    )
