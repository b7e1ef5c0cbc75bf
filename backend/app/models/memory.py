from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from pgvector.sqlalchemy import VECTOR
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Timestamped

MemoryScope = Literal["user", "tenant", "global"]
# A fact is used where a question is near it; a preference and a rule hold for every answer
MemoryKind = Literal["fact", "preference", "rule"]
MemoryStatus = Literal["draft", "active"]


class Memory(Timestamped, Base):
    """Something that answers should know: a person's own, or what an administrator says to all of a tenant.

    A draft is used for nothing until its person confirms it; `replaces_id` is what goes when it is. With a portfolio,
    it is used for that portfolio only. The vector is null until it is made, and for one model at a time.
    """

    __tablename__ = "ai_memories"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "tenant_id"], ["users.id", "users.tenant_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["portfolio_id", "user_id"], ["portfolios.id", "portfolios.user_id"], ondelete="CASCADE"),
        # What was learned stays when the conversation goes: it is deleted by itself
        ForeignKeyConstraint(
            ["source_message_id", "user_id"],
            ["agent.messages.id", "agent.messages.user_id"],
            ondelete="SET NULL (source_message_id)",
        ),
        CheckConstraint("scope in ('user', 'tenant', 'global')", name="scope"),
        CheckConstraint(
            "(scope = 'user') = (user_id is not null) and (scope = 'global') = (tenant_id is null)", name="owner"
        ),
        CheckConstraint("scope = 'user' or (portfolio_id is null and status = 'active')", name="shared"),
        CheckConstraint("kind in ('fact', 'preference', 'rule')", name="kind"),
        CheckConstraint("status in ('draft', 'active')", name="status"),
        CheckConstraint("char_length(content) between 1 and 500", name="content"),
        CheckConstraint("(embedding is null) = (embedding_model is null)", name="embedding"),
        Index("ix_ai_memories_user_id", "user_id", "created_at", "id"),
        Index("ix_ai_memories_tenant_id", "tenant_id", postgresql_where=text("scope = 'tenant'")),
        Index("ix_ai_memories_source_message_id", "source_message_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    scope: Mapped[str]
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None]
    portfolio_id: Mapped[UUID | None]
    kind: Mapped[str]
    content: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    status: Mapped[str]
    source_message_id: Mapped[UUID | None]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("ai_memories.id", ondelete="SET NULL"))
    embedding_model: Mapped[str | None]
    embedding: Mapped[Any | None] = mapped_column(VECTOR(), deferred=True)
    use_count: Mapped[int] = mapped_column(server_default=text("0"))
    last_used_at: Mapped[datetime | None]
