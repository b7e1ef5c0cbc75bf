from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.models.memory import MemoryKind, MemoryScope, MemoryStatus
from app.schemas.base import Request, Schema
from app.schemas.page import PageQuery

# Long enough for a rule with its reason; what is longer is a document of the knowledge base
MAX_CONTENT_CHARS = 500

Content = Annotated[str, StringConstraints(min_length=1, max_length=MAX_CONTENT_CHARS)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[^\x00-\x1f]+$")]
Tags = Annotated[list[Tag], Field(max_length=10)]


class MemoryIn(Request):
    """Used from now on. `tenant` is for everybody of the tenant and takes an administrator.

    With a portfolio it is used for answers about that portfolio only.
    """

    content: Content
    kind: MemoryKind = "fact"
    tags: Tags = []
    portfolio_id: UUID | None = None
    scope: Literal["user", "tenant"] = "user"


class MemoryPatch(Request):
    """Only what is sent changes. `status` can only become `active`: that confirms a draft."""

    content: Content | None = None
    kind: MemoryKind | None = None
    tags: Tags | None = None
    portfolio_id: UUID | None = Field(default=None, description="Null: about no portfolio, or all of them")
    status: Literal["active"] | None = None


class MemoryOut(Schema):
    """`replaces_id` is the memory that goes when this draft is confirmed: it said something else of the same."""

    id: UUID
    scope: MemoryScope
    portfolio_id: UUID | None
    kind: MemoryKind
    content: str
    tags: list[str]
    status: MemoryStatus
    source_message_id: UUID | None
    replaces_id: UUID | None
    use_count: int
    last_used_at: datetime | None
    created_at: datetime
    updated_at: datetime


class MemoryQuery(PageQuery):
    status: MemoryStatus | None = None
    scope: MemoryScope | None = None
    portfolio_id: UUID | None = None


class MemoriesQuery(Request):
    status: MemoryStatus | None = None


class MemoriesDeleted(Schema):
    deleted: int


class UsedMemory(Schema):
    """One that the analyst was given for an answer, as it was then."""

    id: UUID
    content: str
