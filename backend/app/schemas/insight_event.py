"""The events of an insight that is being written: the names and, where they fit, the shapes of a chat turn's."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.schemas.base import Schema
from app.schemas.chat import ErrorEvent, MessageEvent, ToolCallEvent, ToolResultEvent
from app.schemas.insight import InsightOut, InsightType


class InsightStartData(Schema):
    """`provider` and `model` are those that will be asked; the insight says who answered."""

    portfolio_id: UUID
    insight_type: InsightType
    provider: str
    model: str


class InsightDoneData(Schema):
    insight: InsightOut


class InsightStartEvent(Schema):
    type: Literal["start"] = "start"
    data: InsightStartData


class InsightDoneEvent(Schema):
    type: Literal["done"] = "done"
    data: InsightDoneData


InsightEvent = Annotated[
    InsightStartEvent | MessageEvent | ToolCallEvent | ToolResultEvent | InsightDoneEvent | ErrorEvent,
    Field(discriminator="type"),
]
