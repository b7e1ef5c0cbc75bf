from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Insight(Base):
    """`is_scheduled` is of the nightly ones: one a portfolio, type and day of prices."""

    __tablename__ = "ai_insights"
    __table_args__ = (
        UniqueConstraint("id", "user_id"),
        ForeignKeyConstraint(["portfolio_id", "user_id"], ["portfolios.id", "portfolios.user_id"], ondelete="CASCADE"),
        CheckConstraint("severity in ('info', 'notice', 'warning', 'critical')", name="severity"),
        Index("ix_ai_insights_portfolio_id", "portfolio_id", "created_at"),
        Index("uq_ai_insights_idempotency_key", "user_id", "idempotency_key", unique=True),
        Index(
            "uq_ai_insights_scheduled",
            "portfolio_id",
            "insight_type",
            "as_of",
            unique=True,
            postgresql_where=text("is_scheduled"),
        ),
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
    question: Mapped[str | None]
    evidence: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    grounding: Mapped[dict[str, Any] | None]
    citations: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    memories: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    as_of: Mapped[date | None]
    provider: Mapped[str]
    model: Mapped[str]
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("ai_insight_templates.id", ondelete="SET NULL"))
    prompt_version: Mapped[str]
    usage: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    is_dismissed: Mapped[bool] = mapped_column(server_default=text("false"))
    is_scheduled: Mapped[bool] = mapped_column(server_default=text("false"))
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class InsightClaim(Base):
    """Somebody is writing the insight of this key. It expires, for who wrote may have died."""

    __tablename__ = "ai_insight_claims"
    __table_args__ = (ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    expires_at: Mapped[datetime]


class InsightTemplate(Base):
    """A version of the prompt for a type of insight. Without a tenant it is one that ships, and everybody's.

    Versions are never changed, so that an insight can name the one that it was written by.
    """

    __tablename__ = "ai_insight_templates"
    __table_args__ = (
        UniqueConstraint("tenant_id", "insight_type", "version", postgresql_nulls_not_distinct=True),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("prompt <> ''", name="prompt"),
        Index(
            "uq_ai_insight_templates_active",
            "tenant_id",
            "insight_type",
            unique=True,
            postgresql_where=text("is_active"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    insight_type: Mapped[str]
    version: Mapped[int]
    prompt: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("false"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
