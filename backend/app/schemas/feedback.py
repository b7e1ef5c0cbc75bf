from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from app.models.feedback import FeedbackReason, Rating
from app.schemas.base import Request, Schema

MAX_COMMENT_CHARS = 2_000
MAX_EDITED_CHARS = 20_000


class FeedbackIn(Request):
    """An opinion replaces the former one whole. A reason belongs to a thumb down."""

    rating: Rating
    reason: FeedbackReason | None = None
    comment: Annotated[str, StringConstraints(min_length=1, max_length=MAX_COMMENT_CHARS)] | None = None
    # What the answer should have said, in the person's own words
    edited_text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_EDITED_CHARS)] | None = None


class FeedbackOut(Schema):
    id: UUID
    rating: Rating
    reason: FeedbackReason | None
    comment: str | None
    edited_text: str | None
    created_at: datetime
    updated_at: datetime
