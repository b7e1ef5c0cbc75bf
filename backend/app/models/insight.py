from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Insight(Base):
    __tablename__ = "ai_insights"
    __table_args__ = (
        UniqueConstraint("id", "user_id"),
        ForeignKeyConstraint(["portfolio_id", "user_id"], ["portfolios.id", "portfolios.user_id"], ondelete="CASCADE"),
        CheckConstraint("severity in ('info', 'notice', 'warning', 'critical')", name="severity"),
        Index("ix_ai_insights_portfolio_id", "portfolio_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID]
    portfolio_id: Mapped[UUID]
    insight_type: Mapped[str]
    severity: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    findings: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    recommendations: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    analysis: Mapped[str]
    evidence: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    as_of: Mapped[date | None]
    provider: Mapped[str]
    model: Mapped[str]
    prompt_version: Mapped[str]
    usage: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
