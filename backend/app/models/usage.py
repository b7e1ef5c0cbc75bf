from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

# The cheapest token costs a hundred-millionth of a dollar
USD = Numeric(18, 10)


class ModelUsage(Base):
    """One model call. While it is `open` it is a reservation, which counts until `reserved_until`.

    `cost_usd` is null where it is not known; `charged_usd` counts against the person's budget, and where the cost of a
    call that was begun is unknown, it is the estimate. Runs and insights may be deleted, the ledger stays.
    """

    __tablename__ = "ai_usage"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "tenant_id"], ["users.id", "users.tenant_id"], ondelete="CASCADE"),
        CheckConstraint("num_nonnulls(input_tokens, cached_input_tokens, output_tokens, reasoning_tokens) in (0, 4)",
                        name="tokens"),
        CheckConstraint("charged_usd >= 0 and (cost_usd is null or cost_usd >= 0)", name="money"),
        Index("ix_ai_usage_user_id", "user_id", "created_at"),
        Index("ix_ai_usage_tenant_id", "tenant_id", "created_at"),
        Index("ix_ai_usage_reserved_until", "reserved_until", postgresql_where=text("outcome = 'open'")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    run_id: Mapped[UUID | None]
    insight_id: Mapped[UUID | None]
    task: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str]
    variant: Mapped[str | None]
    price_version: Mapped[str | None]
    # All that was read, cached and fresh
    input_tokens: Mapped[int | None]
    cached_input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    reasoning_tokens: Mapped[int | None]
    cost_usd: Mapped[Decimal | None] = mapped_column(USD)
    charged_usd: Mapped[Decimal] = mapped_column(USD, server_default=text("0"))
    outcome: Mapped[str]
    reserved_until: Mapped[datetime | None]
    duration_ms: Mapped[int | None]
    first_token_ms: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
