from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Timestamped

Rating = Literal["up", "down"]
# What can be wrong with an answer; closed, so that it can be counted
FeedbackReason = Literal["wrong_figure", "missing", "not_answered", "unclear", "too_long", "wrong_portfolio", "other"]


class Feedback(Timestamped, Base):
    """What a person thinks of an answer or an insight: one opinion of each, which may change."""

    __tablename__ = "ai_feedback"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "tenant_id"], ["users.id", "users.tenant_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["message_id", "user_id"], ["agent.messages.id", "agent.messages.user_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["insight_id", "user_id"], ["ai_insights.id", "ai_insights.user_id"], ondelete="CASCADE"),
        CheckConstraint("num_nonnulls(message_id, insight_id) = 1", name="one_target"),
        CheckConstraint("rating in ('up', 'down')", name="rating"),
        CheckConstraint("reason is null or rating = 'down'", name="reason"),
        Index("uq_ai_feedback_message_id", "message_id", unique=True, postgresql_where=text("message_id is not null")),
        Index("uq_ai_feedback_insight_id", "insight_id", unique=True, postgresql_where=text("insight_id is not null")),
        Index("ix_ai_feedback_user_id", "user_id", "updated_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    message_id: Mapped[UUID | None]
    insight_id: Mapped[UUID | None]
    rating: Mapped[str]
    reason: Mapped[str | None]
    comment: Mapped[str | None] = mapped_column(Text)
    edited_text: Mapped[str | None] = mapped_column(Text)
