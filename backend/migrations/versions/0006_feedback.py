"""Thumbs, reasons and corrections on answers and insights."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
OWN_ROWS = (
    "user_id = nullif(current_setting('app.user_id', true), '')::uuid "
    "and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
)


def upgrade() -> None:
    # What feedback refers to by both columns: nobody can hang an opinion on another's answer
    op.create_unique_constraint(op.f("uq_messages_id_user_id"), "messages", ["id", "user_id"], schema="agent")
    op.create_unique_constraint(op.f("uq_ai_insights_id_user_id"), "ai_insights", ["id", "user_id"])
    op.create_table(
        "ai_feedback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("insight_id", sa.Uuid(), nullable=True),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("edited_text", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(message_id, insight_id) = 1", name=op.f("ck_ai_feedback_one_target")),
        sa.CheckConstraint("rating in ('up', 'down')", name=op.f("ck_ai_feedback_rating")),
        sa.CheckConstraint("reason is null or rating = 'down'", name=op.f("ck_ai_feedback_reason")),
        sa.ForeignKeyConstraint(
            ["user_id", "tenant_id"],
            ["users.id", "users.tenant_id"],
            name=op.f("fk_ai_feedback_user_id_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id", "user_id"],
            ["agent.messages.id", "agent.messages.user_id"],
            name=op.f("fk_ai_feedback_message_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["insight_id", "user_id"],
            ["ai_insights.id", "ai_insights.user_id"],
            name=op.f("fk_ai_feedback_insight_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_feedback")),
    )
    for target in ("message_id", "insight_id"):
        is_there = sa.text(f"{target} is not null")
        op.create_index(f"uq_ai_feedback_{target}", "ai_feedback", [target], unique=True, postgresql_where=is_there)
    op.create_index("ix_ai_feedback_user_id", "ai_feedback", ["user_id", "updated_at"])
    op.execute("alter table ai_feedback enable row level security")
    op.execute(f"create policy own_rows on ai_feedback to {APP} using ({OWN_ROWS}) with check ({OWN_ROWS})")
    op.execute(f"grant select, insert, update, delete on ai_feedback to {APP}")


def downgrade() -> None:
    op.drop_table("ai_feedback")
    op.drop_constraint(op.f("uq_ai_insights_id_user_id"), "ai_insights")
    op.drop_constraint(op.f("uq_messages_id_user_id"), "messages", schema="agent")
