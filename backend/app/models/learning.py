from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

ReportStatus = Literal["waiting", "running", "ready", "failed"]


class LearningReport(Base):
    """What a tenant's people asked in a time, by topic, and how well it was answered. Read by administrators only.

    `body` is there when it is ready; `error` says why there is none.
    """

    __tablename__ = "ai_learning_reports"
    __table_args__ = (
        CheckConstraint("status in ('waiting', 'running', 'ready', 'failed')", name="status"),
        CheckConstraint("(status = 'ready') = (body is not null)", name="body"),
        CheckConstraint("since < until", name="window"),
        Index("ix_ai_learning_reports_tenant_id", "tenant_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    since: Mapped[datetime]
    until: Mapped[datetime]
    status: Mapped[str] = mapped_column(server_default="waiting")
    answers: Mapped[int | None]
    topics: Mapped[int | None]
    body: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
