from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Timestamped

# None is NULL, not the JSON value null: constraints tell them apart
_NULLABLE = JSONB(none_as_null=True)

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
    body: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE)
    error: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


ProposalKind = Literal["document", "rule", "prompt", "tool"]
ProposalStatus = Literal["draft", "approved", "rejected", "reverted"]


class LearningProposal(Timestamped, Base):
    """A change that would help a poor topic, with the answers that led to it. Nothing happens before it is approved.

    `applied` names what approval has written, so that it can be taken back; `history` says who did what, when.
    `expects` are the words that a good answer says: by them held-out questions are judged before and after, which
    `proof` keeps; `measuring` is how far the last asking is.
    """

    __tablename__ = "ai_learning_proposals"
    __table_args__ = (
        CheckConstraint("kind in ('document', 'rule', 'prompt', 'tool')", name="kind"),
        CheckConstraint("status in ('draft', 'approved', 'rejected', 'reverted')", name="status"),
        CheckConstraint("(status = 'approved') = (applied is not null)", name="applied"),
        Index("ix_ai_learning_proposals_tenant_id", "tenant_id", "created_at", "id"),
        Index("ix_ai_learning_proposals_report_id", "report_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("ai_learning_reports.id", ondelete="SET NULL"))
    topic: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="draft")
    title: Mapped[str]
    content: Mapped[str] = mapped_column(Text)
    expects: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    evidence: Mapped[list[Any]]
    held_out: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    unrelated: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    drafted_by: Mapped[str]
    applied: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE)
    proof: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE)
    measuring: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE)
    history: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))


class PromptVersion(Base):
    """What a tenant adds to the rules of every answer, in versions of which one or none is in use."""

    __tablename__ = "ai_prompt_versions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "version"),
        CheckConstraint("char_length(content) between 1 and 2000", name="content"),
        Index("uq_ai_prompt_versions_active", "tenant_id", unique=True, postgresql_where=text("is_active")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    version: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(server_default=text("false"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
