"""What a person has said: given to them whole, or forgotten whole."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from app.db import Database, Scope
from app.errors import Forbidden
from app.repositories import personal_data
from app.repositories import user as user_repository
from app.repositories.personal_data import Said
from app.schemas.export import ExportedMessage
from app.services import password

ROWS_AT_ONCE = 100
# More than anybody types: an export ends
MAX_MESSAGES = 100_000

_OF_MESSAGE = (
    "run_id", "role", "content", "created_at", "is_superseded", "mode", "provider", "model", "variant", "finish_reason",
    "usage", "attempts", "timings", "grounding", "citations", "memories", "error",
)  # fmt: skip
_OF_FEEDBACK = ("rating", "reason", "comment", "edited_text")


class WrongPassword(Forbidden):
    """Not 401: the person is signed in, and stays so."""

    code = "wrong_password"
    detail = "The password is wrong."


async def export(database: Database, scope: Scope) -> AsyncIterator[str]:
    """JSON, one message a line, in the order in which things were said. No connection is held between two pages."""
    after, told = 0, 0
    while told < MAX_MESSAGES:
        async with database.session(scope) as session:
            rows = await personal_data.list_said(session, scope.user_id, after=after, limit=ROWS_AT_ONCE)
            lines = [_line(row) for row in rows]
        for line in lines:
            yield line
        if len(rows) < ROWS_AT_ONCE:
            return
        after, told = rows[-1].message.position, told + len(rows)


async def confirm(database: Database, scope: Scope, email: str, given: str) -> None:
    """That it is the person, and not who found their browser open. No transaction is open while it is hashed."""
    async with database.session() as session:
        credentials = await user_repository.find_credentials(session, email)
    is_right = await password.is_right(given, credentials.password_hash if credentials else None)
    if credentials is None or credentials.scope != scope or not is_right:
        raise WrongPassword


async def running(database: Database, scope: Scope) -> list[UUID]:
    async with database.session(scope) as session:
        return list(await personal_data.list_running(session, scope.user_id))


async def forget(database: Database, scope: Scope) -> None:
    """Conversations with all that hangs on them, opinions, memories, and reports that may quote them: all or nothing.

    The account, portfolios, insights and the ledger of what model calls cost stay.
    """
    async with database.session(scope) as session:
        await personal_data.forget(session, scope.user_id)


def _line(said: Said) -> str:
    message, run, feedback = said.message, said.run, said.feedback
    exported: dict[str, Any] = {
        "conversation_id": said.conversation.id,
        "conversation_title": said.conversation.title,
        "portfolio_id": said.conversation.portfolio_id,
        "message_id": message.id,
        "tools": [part for part in message.parts if part.get("type") == "tool"],
        "context": run.context if run is not None and message.role == "assistant" else None,
        **{name: getattr(message, name) for name in _OF_MESSAGE},
        **{name: getattr(feedback, name, None) for name in _OF_FEEDBACK},
    }
    return ExportedMessage.model_validate(exported).model_dump_json() + "\n"
