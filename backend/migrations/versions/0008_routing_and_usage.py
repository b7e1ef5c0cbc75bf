"""Routing rules, the ledger of model calls, and the variant that a turn was routed by."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
USER = "user_id = nullif(current_setting('app.user_id', true), '')::uuid"
TENANT = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
OWNED = {"ai_routing_rules": TENANT, "ai_usage": f"{USER} and {TENANT}"}
USD = sa.Numeric(precision=18, scale=10)

# An administrator sees what the people of the tenant used, and nothing of what they said
TENANT_USAGE = f"""
    create function tenant_usage(since timestamptz, until timestamptz)
    returns table (
        user_id uuid, provider text, model text, created_at timestamptz, outcome text, input_tokens int,
        cached_input_tokens int, output_tokens int, reasoning_tokens int, cost_usd numeric, display_name text
    ) language sql stable security definer set search_path = pg_catalog as $$
        select c.user_id, c.provider, c.model, c.created_at, c.outcome, c.input_tokens,
            c.cached_input_tokens, c.output_tokens, c.reasoning_tokens, c.cost_usd, u.display_name
        from public.ai_usage c join public.users u on u.id = c.user_id
        where c.{TENANT} and c.created_at >= since and c.created_at < until and c.outcome <> 'open'
            and exists (
                select from public.users a where a.{USER.replace("user_id", "id", 1)} and a.{TENANT}
                and a.role = 'admin' and a.is_active
            )
    $$
"""


def upgrade() -> None:
    op.create_table(
        "ai_routing_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(), nullable=True),
        sa.Column("mode", sa.String(), nullable=True),
        sa.Column("share", sa.Integer(), server_default=sa.text("100"), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("share between 0 and 100", name=op.f("ck_ai_routing_rules_share")),
        sa.CheckConstraint("mode in ('standard', 'deep', 'research')", name=op.f("ck_ai_routing_rules_mode")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ai_routing_rules_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["users.id"], name=op.f("fk_ai_routing_rules_updated_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_routing_rules")),
    )
    op.create_index("ix_ai_routing_rules_tenant_id", "ai_routing_rules", ["tenant_id", "priority"])
    op.create_table(
        "ai_usage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("insight_id", sa.Uuid(), nullable=True),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=True),
        sa.Column("price_version", sa.String(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), nullable=True),
        sa.Column("cached_input_tokens", sa.Integer(), nullable=True),
        sa.Column("output_tokens", sa.Integer(), nullable=True),
        sa.Column("reasoning_tokens", sa.Integer(), nullable=True),
        sa.Column("cost_usd", USD, nullable=True),
        sa.Column("charged_usd", USD, server_default=sa.text("0"), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reserved_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("first_token_ms", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(input_tokens, cached_input_tokens, output_tokens, reasoning_tokens) in (0, 4)",
            name=op.f("ck_ai_usage_tokens"),
        ),
        sa.CheckConstraint("charged_usd >= 0 and (cost_usd is null or cost_usd >= 0)", name=op.f("ck_ai_usage_money")),
        sa.ForeignKeyConstraint(
            ["user_id", "tenant_id"],
            ["users.id", "users.tenant_id"],
            name=op.f("fk_ai_usage_user_id_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_usage")),
    )
    op.create_index("ix_ai_usage_user_id", "ai_usage", ["user_id", "created_at"])
    op.create_index("ix_ai_usage_tenant_id", "ai_usage", ["tenant_id", "created_at"])
    for table, condition in OWNED.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy own_rows on {table} to {APP} using ({condition}) with check ({condition})")
        op.execute(f"grant select, insert, update, delete on {table} to {APP}")
    op.execute(TENANT_USAGE)
    op.execute("revoke all on function tenant_usage(timestamptz, timestamptz) from public")
    op.execute(f"grant execute on function tenant_usage(timestamptz, timestamptz) to {APP}")
    for table in ("runs", "messages"):
        op.add_column(table, sa.Column("variant", sa.String(), nullable=True), schema="agent")
    op.create_index("ix_runs_user_id", "runs", ["user_id", "created_at"], schema="agent")


def downgrade() -> None:
    op.drop_index("ix_runs_user_id", "runs", schema="agent")
    for table in ("messages", "runs"):
        op.drop_column(table, "variant", schema="agent")
    op.execute("drop function tenant_usage(timestamptz, timestamptz)")
    op.drop_table("ai_usage")
    op.drop_table("ai_routing_rules")
