from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.schemas.base import Request, Schema

MAX_NAME_CHARS = 80
MAX_DAYS = 366

Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME_CHARS, pattern=r"^[^\x00-\x1f]+$")]


class AssistantTokenIn(Request):
    """`name` says which assistant, and where, it is for."""

    name: Name
    days: Annotated[int, Field(ge=1, le=MAX_DAYS, description="For how long it holds.")] = 90


class AssistantTokenOut(Schema):
    """`last_used_at` is true to within a minute; null for one that was never used."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class AssistantTokenMade(AssistantTokenOut):
    """`token` is shown this once: only its hash is kept."""

    token: str


class AssistantTokens(Schema):
    """`url` is where assistants ask; null where that is switched off."""

    url: str | None
    most: int
    items: list[AssistantTokenOut]
