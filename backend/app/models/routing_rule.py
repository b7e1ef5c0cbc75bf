from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Timestamped


class RoutingRule(Timestamped, Base):
    """An administrator's word on which model answers: the tenant's. Null means any task, or any mode but `offline`."""

    __tablename__ = "ai_routing_rules"
    __table_args__ = (
        CheckConstraint("share between 0 and 100", name="share"),
        # Who chose the offline analyst has chosen that nothing leaves this server: no rule says otherwise
        CheckConstraint("mode in ('standard', 'deep', 'research')", name="mode"),
        Index("ix_ai_routing_rules_tenant_id", "tenant_id", "priority"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    priority: Mapped[int]
    task: Mapped[str | None]
    mode: Mapped[str | None]
    share: Mapped[int] = mapped_column(server_default=text("100"))
    provider: Mapped[str]
    model: Mapped[str]
    variant: Mapped[str]
    is_enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
