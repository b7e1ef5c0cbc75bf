from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.schemas.base import Request, Schema
from app.schemas.chat import Usage
from app.schemas.feedback import FeedbackOut
from app.schemas.grounding import Grounding
from app.schemas.knowledge import Citation
from app.schemas.line import ONE_LINE
from app.schemas.memory import UsedMemory

InsightType = Literal[
    "daily_summary",
    "volatility_analysis",
    "concentration_risk",
    "factor_exposure",
    "stress_test_review",
    "hedge_quality",
    "performance",
    "post_mortem",
    "custom",
]
Severity = Literal["info", "notice", "warning", "critical"]
Wish = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class GenerateInsightIn(Request):
    """`question` is what a custom insight answers; `focus` is what the others should look at first."""

    portfolio_id: UUID
    insight_type: InsightType = "daily_summary"
    focus: Wish | None = None
    question: Wish | None = None

    @model_validator(mode="after")
    def _asks_what_it_answers(self) -> Self:
        if (self.insight_type == "custom") != (self.question is not None):
            raise ValueError("a custom insight needs a question, and no other takes one")
        return self


class InsightPatch(Request):
    """Only the fields that are sent change."""

    is_dismissed: bool | None = None
    title: Annotated[str, StringConstraints(min_length=1, max_length=160), ONE_LINE] | None = None


class Finding(Schema):
    """A fact that a detector found. `evidence` holds the figures it fired on, by name; `comment` is the model's."""

    code: str
    severity: Severity
    headline: str
    detail: str
    evidence: dict[str, Any]
    comment: str | None = None


class InsightOut(Schema):
    """`severity` is never below that of the gravest finding. `question` is that of a custom insight.

    `citations` are the passages that its words name by their marks; `memories` what its writer was given.
    """

    id: UUID
    portfolio_id: UUID
    insight_type: InsightType
    severity: Severity
    title: str
    summary: str
    findings: list[Finding]
    recommendations: list[str]
    analysis: str
    question: str | None
    as_of: date | None
    provider: str
    model: str
    prompt_version: str
    usage: Usage
    grounding: Grounding | None
    citations: list[Citation]
    memories: list[UsedMemory]
    is_dismissed: bool
    is_scheduled: bool
    feedback: FeedbackOut | None = None
    created_at: datetime


class InsightQuery(Request):
    """Which insights of a portfolio a list holds. Dismissed ones are left out unless asked for."""

    cursor: Annotated[str, Field(max_length=400, description="`next_cursor` of the page before")] | None = None
    limit: Annotated[int, Field(ge=1, le=200, description="Rows on a page")] = 50
    insight_type: InsightType | None = None
    with_dismissed: bool = False
