"""Signing in and staying signed in.

A refresh token is one link of a chain. Using it gives the next link and ends this one; using an ended link again means
that two parties hold the chain, so the whole chain ends, unless it comes so soon that it is one browser with two tabs.
No transaction is open while a password is hashed.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.db import Database, Scope, bind
from app.errors import Conflict, Forbidden, InvalidField, NotFound, Unauthenticated
from app.models import RefreshToken, Tenant, User
from app.repositories import refresh_token as refresh_token_repository
from app.repositories import user as user_repository
from app.schemas.auth import AccountPatch, LoginIn, RegisterIn, Role, TokenPair
from app.services import password, token

REFRESH_TOKEN_BYTES = 32
# Two tabs that wake at once send the same token within moments of each other
REUSE_GRACE = timedelta(seconds=10)


class WrongCredentials(Unauthenticated):
    """The same for an unknown address and a wrong password."""

    code = "wrong_credentials"
    detail = "The e-mail address or the password is wrong."


class InvalidRefreshToken(Unauthenticated):
    code = "invalid_refresh_token"
    detail = "You are no longer signed in here. Sign in again."


class EmailTaken(Conflict):
    code = "email_taken"
    detail = "There is an account with this e-mail address. Sign in instead."


class RegistrationDisabled(Forbidden):
    code = "registration_disabled"
    detail = "New accounts are switched off here. Ask the administrator for one."


class UnknownUser(NotFound):
    code = "unknown_user"
    detail = "There is no account with this e-mail address."


async def scope_of(database: Database, email: str) -> Scope:
    """For whoever operates the server and names an account; nothing here says that they are that person."""
    async with database.session() as session:
        found = await user_repository.find_credentials(session, email)
    if found is None:
        raise UnknownUser
    return found.scope


async def register(database: Database, settings: Settings, wanted: RegisterIn) -> User:
    """A person and a tenant of their own."""
    if not settings.registration_enabled:
        raise RegistrationDisabled
    return await add_account(database, wanted)


async def add_account(
    database: Database, wanted: RegisterIn, *, role: Role = "user", tenant_id: UUID | None = None
) -> User:
    """In a tenant of their own, unless one is given."""
    password_hash = await password.hash_password(wanted.password)
    scope = Scope(user_id=uuid4(), tenant_id=tenant_id or uuid4())
    user = User(
        id=scope.user_id,
        tenant_id=scope.tenant_id,
        email=wanted.email,
        password_hash=password_hash,
        display_name=wanted.display_name,
        role=role,
    )
    try:
        async with database.session(scope) as session:
            if tenant_id is None:
                await user_repository.add_tenant(session, Tenant(id=scope.tenant_id, name=wanted.display_name))
            await user_repository.add(session, user)
    except IntegrityError as error:
        raise EmailTaken from error
    return user


async def login(database: Database, settings: Settings, given: LoginIn) -> TokenPair:
    async with database.session() as session:
        credentials = await user_repository.find_credentials(session, given.email)
    is_right = await password.is_right(given.password, credentials.password_hash if credentials else None)
    if credentials is None or not is_right:
        raise WrongCredentials
    renewed = None
    if password.is_outdated(credentials.password_hash):
        renewed = await password.hash_password(given.password)
    async with database.session(credentials.scope) as session:
        await _store_renewed_hash(session, credentials.scope, renewed)
        await refresh_token_repository.delete_expired(session)
        return await _issue_pair(session, settings, credentials.scope, chain_id=uuid4())


async def refresh(database: Database, settings: Settings, refresh_token: str) -> TokenPair:
    async with database.session() as session:
        pair = await _next_link(session, settings, _hash(refresh_token))
    # Outside, so that the end of a chain is committed
    if pair is None:
        raise InvalidRefreshToken
    return pair


async def logout(database: Database, refresh_token: str) -> None:
    """Ends this chain only: other browsers stay signed in. An unknown token is signed out already."""
    async with database.session() as session:
        link = await _find_link(session, _hash(refresh_token))
        if link is not None:
            await refresh_token_repository.end_chain(session, link.chain_id)


async def change_account(session: AsyncSession, scope: Scope, wanted: AccountPatch) -> User:
    user = await user_repository.find_active(session, scope.user_id)
    if user is None:
        raise token.InvalidAccessToken
    for name, value in wanted.model_dump(exclude_unset=True).items():
        if value is None:
            raise InvalidField(name, "must not be null")
        setattr(user, name, value)
    await session.flush()
    return user


async def _store_renewed_hash(session: AsyncSession, scope: Scope, renewed: str | None) -> None:
    user = await user_repository.find_active(session, scope.user_id)
    if user is None:
        raise WrongCredentials
    if renewed is not None:
        user.password_hash = renewed


async def _find_link(session: AsyncSession, token_hash: bytes) -> RefreshToken | None:
    scope = await refresh_token_repository.find_owner(session, token_hash)
    if scope is None:
        return None
    await bind(session, scope)
    return await refresh_token_repository.lock(session, token_hash)


async def _next_link(session: AsyncSession, settings: Settings, token_hash: bytes) -> TokenPair | None:
    link = await _find_link(session, token_hash)
    now = datetime.now(UTC)
    if link is None or link.revoked_at is not None or link.expires_at <= now:
        return None
    if link.used_at is not None and now - link.used_at > REUSE_GRACE:
        await refresh_token_repository.end_chain(session, link.chain_id)
        return None
    link.used_at = link.used_at or now
    scope: Scope = session.info["scope"]
    return await _issue_pair(session, settings, scope, chain_id=link.chain_id)


async def _issue_pair(session: AsyncSession, settings: Settings, scope: Scope, *, chain_id: UUID) -> TokenPair:
    text = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
    lifetime = timedelta(days=settings.refresh_token_days)
    link = RefreshToken(
        user_id=scope.user_id, chain_id=chain_id, token_hash=_hash(text), expires_at=datetime.now(UTC) + lifetime
    )
    await refresh_token_repository.add(session, link)
    access = token.issue(scope, settings)
    return TokenPair(access_token=access.text, refresh_token=text, expires_in=access.expires_in)


def _hash(refresh_token: str) -> bytes:
    # 256 random bits need no slow hash
    return hashlib.sha256(refresh_token.encode()).digest()
