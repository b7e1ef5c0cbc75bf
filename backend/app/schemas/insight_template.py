from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.schemas.base import Request, Schema
from app.schemas.insight import InsightType
from app.schemas.page import PageQuery

Prompt = Annotated[str, StringConstraints(min_length=1, max_length=8_000)]


class InsightTemplateIn(Request):
    """The task of a type of insight. What an answer must look like is said by rules of the product's own."""

    insight_type: InsightType
    prompt: Prompt
    activate: Annotated[bool, Field(description="Use it from now on")] = False


class InsightTemplateOut(Schema):
    """`is_used` is of the one that insights of its type are written by now."""

    id: UUID
    insight_type: InsightType
    version: int
    prompt: str
    is_shipped: bool
    is_active: bool
    is_used: bool
    created_by: UUID | None
    created_at: datetime


class InsightTemplateQuery(PageQuery):
    insight_type: InsightType | None = None
