from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import StringConstraints

from app.schemas.base import Request, Schema
from app.schemas.chat import Usage
from app.schemas.feedback import FeedbackOut

InsightType = Literal["daily_summary"]
Severity = Literal["info", "notice", "warning", "critical"]


class GenerateInsightIn(Request):
    portfolio_id: UUID
    insight_type: InsightType = "daily_summary"
    focus: Annotated[str, StringConstraints(max_length=500)] | None = None


class Finding(Schema):
    """A fact that a detector found. `evidence` holds the figures it fired on, by name."""

    code: str
    severity: Severity
    headline: str
    detail: str
    evidence: dict[str, Any]


class InsightOut(Schema):
    id: UUID
    portfolio_id: UUID
    insight_type: InsightType
    severity: Severity
    title: str
    summary: str
    findings: list[Finding]
    recommendations: list[str]
    analysis: str
    as_of: date | None
    provider: str
    model: str
    prompt_version: str
    usage: Usage
    feedback: FeedbackOut | None = None
    created_at: datetime
