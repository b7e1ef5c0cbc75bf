import datetime as dt
from typing import Any
from uuid import UUID

from app.schemas.base import Schema


class ExportedMessage(Schema):
    """One line of an export: a question or an answer with all that is kept of it.

    `context` is what the model was shown in the turn: sections with their sizes, and the passages and memories in them.
    """

    conversation_id: UUID
    conversation_title: str
    portfolio_id: UUID | None
    message_id: UUID
    run_id: UUID | None
    role: str
    content: str
    created_at: dt.datetime
    is_superseded: bool
    mode: str | None
    provider: str | None
    model: str | None
    variant: str | None
    finish_reason: str | None
    usage: dict[str, Any] | None
    attempts: list[Any]
    timings: dict[str, Any] | None
    tools: list[Any]
    grounding: dict[str, Any] | None
    citations: list[Any]
    memories: list[Any]
    context: dict[str, Any] | None
    error: dict[str, Any] | None
    rating: str | None
    reason: str | None
    comment: str | None
    edited_text: str | None
