"""Tokens of other assistants. Using one is another door: `/mcp`."""

from uuid import UUID

from fastapi import APIRouter, status

from app.api.deps import CurrentUser, SessionDep, SettingsDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.assistant_token import AssistantTokenIn, AssistantTokenMade, AssistantTokens
from app.services import assistant_token

router = APIRouter(prefix="/assistant-tokens", tags=["assistants"], responses=SIGNED_IN_ERRORS)


@router.get("")
async def list_assistant_tokens(session: SessionDep, settings: SettingsDep) -> AssistantTokens:
    """One's own, the newest first, and where they are used."""
    return await assistant_token.list_all(session, settings)


@router.post("", status_code=status.HTTP_201_CREATED, responses=errors(403, 409))
async def create_assistant_token(
    session: SessionDep, settings: SettingsDep, user: CurrentUser, wanted: AssistantTokenIn
) -> AssistantTokenMade:
    """Let another assistant read what one may read oneself. The token is in this answer and nowhere else."""
    return await assistant_token.create(session, settings, user.scope, wanted)


@router.delete("/{token_id}", status_code=status.HTTP_204_NO_CONTENT, responses=errors(404))
async def revoke_assistant_token(session: SessionDep, token_id: UUID) -> None:
    """It is refused from now on."""
    await assistant_token.revoke(session, token_id)
