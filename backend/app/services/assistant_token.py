"""Tokens with which other assistants ask on a person's behalf. They open `/mcp`, where tools only read, and no route of
the API; a signed-in session's token does not open `/mcp`.
"""

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.db import Database, Scope, bind
from app.errors import Conflict, Forbidden, NotFound, Unauthenticated
from app.models import AssistantToken
from app.repositories import assistant_token as assistant_token_repository
from app.repositories.assistant_token import Owner
from app.schemas.assistant_token import AssistantTokenIn, AssistantTokenMade, AssistantTokenOut, AssistantTokens

# One for each assistant on each machine; nobody has more of them under control
MAX_TOKENS = 10
TOKEN_BYTES = 32
# Scanners for secrets know a token by its beginning
PREFIX = "sigmasight_"
USE_NOTED_EVERY = timedelta(minutes=1)

_TOKEN = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]{43}")

log = structlog.get_logger()


class InvalidAssistantToken(Unauthenticated):
    """One sentence for every cause: which check failed is nobody's business."""

    code = "invalid_token"
    detail = "The token is missing, expired, revoked or not valid here. Make one under Settings, Other assistants."


class AssistantTokenNotFound(NotFound):
    code = "assistant_token_not_found"
    detail = "There is no such token."


class TooManyAssistantTokens(Conflict):
    code = "too_many_assistant_tokens"
    detail = f"There are {MAX_TOKENS} tokens, which is the most. Revoke one first."


class AssistantsDisabled(Forbidden):
    code = "assistants_disabled"
    detail = "Other assistants are switched off here. Ask whoever runs this server."


async def list_all(session: AsyncSession, settings: Settings) -> AssistantTokens:
    rows = await assistant_token_repository.list_all(session)
    return AssistantTokens(
        url=settings.mcp_address if settings.mcp_enabled else None,
        most=MAX_TOKENS,
        items=[AssistantTokenOut.model_validate(row) for row in rows],
    )


async def create(
    session: AsyncSession, settings: Settings, scope: Scope, wanted: AssistantTokenIn
) -> AssistantTokenMade:
    """Those that have expired make room."""
    if not settings.mcp_enabled:
        raise AssistantsDisabled
    await assistant_token_repository.lock_owner(session, scope.user_id)
    await assistant_token_repository.delete_expired(session)
    if await assistant_token_repository.count(session) >= MAX_TOKENS:
        raise TooManyAssistantTokens
    text = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = AssistantToken(
        tenant_id=scope.tenant_id,
        user_id=scope.user_id,
        name=wanted.name,
        token_hash=_hash(text),
        expires_at=datetime.now(UTC) + timedelta(days=wanted.days),
    )
    await assistant_token_repository.add(session, token)
    log.info("assistant_admitted", credential=str(token.id))
    return AssistantTokenMade(**AssistantTokenOut.model_validate(token).model_dump(), token=text)


async def revoke(session: AsyncSession, token_id: UUID) -> None:
    """It ends with the next call that names it."""
    if not await assistant_token_repository.delete_by_id(session, token_id):
        raise AssistantTokenNotFound
    log.info("assistant_dismissed", credential=str(token_id))


async def owner(database: Database, text: str | None) -> Owner:
    """Whose token it is, looked up each time. Raises `InvalidAssistantToken`."""
    if text is None or not _TOKEN.fullmatch(text):
        raise InvalidAssistantToken
    async with database.session() as session:
        found = await assistant_token_repository.find_owner(session, _hash(text))
        if found is None:
            raise InvalidAssistantToken
        await bind(session, found.scope)
        await assistant_token_repository.note_use(session, found.token_id, at_most_every=USE_NOTED_EVERY)
    return found


def _hash(text: str) -> bytes:
    # 256 random bits need no slow hash
    return hashlib.sha256(text.encode()).digest()
