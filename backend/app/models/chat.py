from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Timestamped

AGENT_SCHEMA = "agent"


class Conversation(Timestamped, Base):
    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("id", "user_id"),
        ForeignKeyConstraint(["user_id", "tenant_id"], ["users.id", "users.tenant_id"], ondelete="CASCADE"),
        # Only the reference is dropped with the portfolio: what was said about it stays
        ForeignKeyConstraint(
            ["portfolio_id", "user_id"],
            ["portfolios.id", "portfolios.user_id"],
            ondelete="SET NULL (portfolio_id)",
        ),
        CheckConstraint("mode in ('standard', 'deep', 'research', 'offline')", name="mode"),
        Index("ix_conversations_user_id", "user_id", "updated_at", postgresql_where=text("deleted_at is null")),
        {"schema": AGENT_SCHEMA},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    portfolio_id: Mapped[UUID | None]
    title: Mapped[str]
    mode: Mapped[str] = mapped_column(server_default="standard")
    summary: Mapped[str | None] = mapped_column(Text)
    # What was said up to and with this position is in the summary
    summary_position: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    deleted_at: Mapped[datetime | None]


def _conversation_owned() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["conversation_id", "user_id"], ["agent.conversations.id", "agent.conversations.user_id"], ondelete="CASCADE"
    )


class Message(Base):
    """What was said, with all that later analysis needs. `position` orders a conversation: clocks may jump.

    `parts` is what a reader sees; `transcript` is what the model is shown again (neutral messages of the turn, with
    tool outputs and the provider's own items), and `tokens` what that costs, estimated. An assistant row is written
    once, when its turn has ended, and is never empty. A superseded one is kept, and shown to nobody.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("id", "user_id"),
        _conversation_owned(),
        CheckConstraint("role in ('user', 'assistant')", name="role"),
        CheckConstraint("content <> ''", name="content"),
        Index("ix_messages_conversation_id", "conversation_id", "position"),
        {"schema": AGENT_SCHEMA},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    run_id: Mapped[UUID | None]
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    role: Mapped[str]
    content: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    transcript: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    tokens: Mapped[int] = mapped_column(server_default=text("0"))
    is_superseded: Mapped[bool] = mapped_column(server_default=text("false"))
    ui_context: Mapped[dict[str, Any] | None]
    provider: Mapped[str | None]
    model: Mapped[str | None]
    # Of the routing rule that chose the first candidate, whoever answered in the end
    variant: Mapped[str | None]
    mode: Mapped[str | None]
    finish_reason: Mapped[str | None]
    usage: Mapped[dict[str, Any] | None]
    attempts: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    timings: Mapped[dict[str, Any] | None]
    grounding: Mapped[dict[str, Any] | None]
    citations: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    # What was remembered and shown to the model, as it was then
    memories: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Run(Base):
    """A turn in the making or made. The process that holds the lease is the one that writes."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("id", "user_id"),
        _conversation_owned(),
        CheckConstraint("status in ('running', 'completed', 'stopped', 'failed')", name="status"),
        Index("uq_runs_idempotency_key", "user_id", "idempotency_key", unique=True),
        Index("uq_runs_active", "conversation_id", unique=True, postgresql_where=text("status = 'running'")),
        # For counting what a person has begun lately
        Index("ix_runs_user_id", "user_id", "created_at"),
        Index("ix_runs_lease", "lease_expires_at", postgresql_where=text("status = 'running'")),
        {"schema": AGENT_SCHEMA},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    user_message_id: Mapped[UUID]
    assistant_message_id: Mapped[UUID]
    # The answer that this one takes the place of, where the same question is answered again
    replaces_message_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default="running")
    provider: Mapped[str | None]
    model: Mapped[str | None]
    variant: Mapped[str | None]
    mode: Mapped[str]
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[str]
    is_stop_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    lease_owner: Mapped[str]
    lease_expires_at: Mapped[datetime]
    error: Mapped[dict[str, Any] | None]
    # The sections that the model was shown, with their sizes and sources
    context: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


class RunEventRow(Base):
    """One event of a run's stream, for replay. Kept for a day."""

    __tablename__ = "run_events"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "user_id"], ["agent.runs.id", "agent.runs.user_id"], ondelete="CASCADE"),
        Index("ix_run_events_created_at", "created_at"),
        {"schema": AGENT_SCHEMA},
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
