"""Insights of every type: their prompts in versions, one for one request, and what their reader did with them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
USER = "user_id = nullif(current_setting('app.user_id', true), '')::uuid"
TENANT = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
# What ships is everybody's to read, but nobody's without a person
SHIPPED = "tenant_id is null and nullif(current_setting('app.tenant_id', true), '') is not null"


def upgrade() -> None:
    _create_templates()
    _create_claims()
    for column in (
        sa.Column("question", sa.String()),
        sa.Column("grounding", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("template_id", sa.Uuid()),
        sa.Column("is_dismissed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_scheduled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("idempotency_key", sa.String()),
        sa.Column("request_hash", sa.String()),
    ):
        op.add_column("ai_insights", column)
    op.create_foreign_key(
        op.f("fk_ai_insights_template_id"),
        "ai_insights",
        "ai_insight_templates",
        ["template_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("uq_ai_insights_idempotency_key", "ai_insights", ["user_id", "idempotency_key"], unique=True)
    op.create_index(
        "uq_ai_insights_scheduled",
        "ai_insights",
        ["portfolio_id", "insight_type", "as_of"],
        unique=True,
        postgresql_where=sa.text("is_scheduled"),
    )


def _create_templates() -> None:
    op.create_table(
        "ai_insight_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("insight_type", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_ai_insight_templates_version")),
        sa.CheckConstraint("prompt <> ''", name=op.f("ck_ai_insight_templates_prompt")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ai_insight_templates_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_ai_insight_templates_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_insight_templates")),
        sa.UniqueConstraint(
            "tenant_id",
            "insight_type",
            "version",
            name=op.f("uq_ai_insight_templates_tenant_id_insight_type_version"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "uq_ai_insight_templates_active",
        "ai_insight_templates",
        ["tenant_id", "insight_type"],
        unique=True,
        postgresql_where=sa.text("is_active"),
        postgresql_nulls_not_distinct=True,
    )
    _protect("ai_insight_templates", TENANT)
    op.execute(f"create policy shipped_rows on ai_insight_templates for select to {APP} using ({SHIPPED})")


def _create_claims() -> None:
    op.create_table(
        "ai_insight_claims",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_ai_insight_claims_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "idempotency_key", name=op.f("pk_ai_insight_claims")),
    )
    _protect("ai_insight_claims", USER)


def _protect(table: str, condition: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy own_rows on {table} to {APP} using ({condition}) with check ({condition})")
    op.execute(f"grant select, insert, update, delete on {table} to {APP}")


def downgrade() -> None:
    op.drop_index("uq_ai_insights_scheduled", "ai_insights")
    op.drop_index("uq_ai_insights_idempotency_key", "ai_insights")
    for column in (
        "request_hash", "idempotency_key", "is_scheduled", "is_dismissed", "template_id", "grounding", "question",
    ):  # fmt: skip
        op.drop_column("ai_insights", column)
    op.drop_table("ai_insight_claims")
    op.drop_table("ai_insight_templates")
