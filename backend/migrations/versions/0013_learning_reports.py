"""Reports on what a tenant's people ask, and the one way to read it across them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
CALLER = "nullif(current_setting('app.user_id', true), '')::uuid"
TENANT = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
# Whoever has stopped being one sees nothing any more
ADMINISTRATOR = (
    f"exists (select from public.users a where a.id = {CALLER} and a.{TENANT} and a.role = 'admin' and a.is_active)"
)

# What an analysis needs of each answer, and no more: no results of tools, no text of answers
TENANT_TURNS = f"""
    select a.id, q.id, r.user_id, left(q.content, 2000), a.created_at, a.provider, a.model, a.variant, a.mode,
        a.finish_reason, (a.usage ->> 'cost_usd')::float8, (a.timings ->> 'total_ms')::int,
        (a.timings ->> 'first_token_ms')::int,
        coalesce((a.grounding ->> 'traced')::int, 0) + coalesce((a.grounding ->> 'derived')::int, 0)
            + coalesce((a.grounding ->> 'untraced')::int, 0),
        coalesce((a.grounding ->> 'untraced')::int, 0), jsonb_array_length(a.citations),
        (
            select coalesce(jsonb_agg(jsonb_build_object(
                'name', p ->> 'tool_name', 'call', md5(p ->> 'tool_args'), 'error', p -> 'error' ->> 'code',
                'duration_ms', p -> 'duration_ms'
            )), '[]') from jsonb_array_elements(a.parts) p where p ->> 'type' = 'tool'
        ),
        f.rating, f.reason
    from agent.runs r
    join agent.conversations c on c.id = r.conversation_id and c.deleted_at is null
    join agent.messages a on a.id = r.assistant_message_id and not a.is_superseded
    join agent.messages q on q.id = r.user_message_id
    left join public.ai_feedback f on f.message_id = a.id
    where r.{TENANT} and a.created_at >= since and a.created_at < until and {ADMINISTRATOR}
    order by a.created_at desc, a.id limit most
"""
DOORS = {
    "tenant_turns(since timestamptz, until timestamptz, most int)": (
        "table (message_id uuid, question_id uuid, user_id uuid, question text, created_at timestamptz, provider text, "
        "model text, variant text, mode text, finish_reason text, cost_usd float8, total_ms int, first_token_ms int, "
        "figures int, untraced int, citations int, tools jsonb, rating text, reason text)",
        TENANT_TURNS,
    ),
    # On whose behalf the weekly report of each tenant is made
    "learning_administrators()": (
        "table (user_id uuid, tenant_id uuid)",
        "select distinct on (u.tenant_id) u.id, u.tenant_id from public.users u where u.role = 'admin' and u.is_active "
        "order by u.tenant_id, u.created_at, u.id",
    ),
}


def upgrade() -> None:
    op.create_table(
        "ai_learning_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), server_default="waiting", nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("topics", sa.Integer(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('waiting', 'running', 'ready', 'failed')", name=op.f("ck_ai_learning_reports_status")
        ),
        sa.CheckConstraint("(status = 'ready') = (body is not null)", name=op.f("ck_ai_learning_reports_body")),
        sa.CheckConstraint("since < until", name=op.f("ck_ai_learning_reports_window")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ai_learning_reports_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["users.id"], name=op.f("fk_ai_learning_reports_requested_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_learning_reports")),
    )
    op.create_index("ix_ai_learning_reports_tenant_id", "ai_learning_reports", ["tenant_id", "created_at", "id"])
    op.execute("alter table ai_learning_reports enable row level security")
    condition = f"{TENANT} and {ADMINISTRATOR}"
    op.execute(
        f"create policy administrators on ai_learning_reports to {APP} using ({condition}) with check ({condition})"
    )
    op.execute(f"grant select, insert, update, delete on ai_learning_reports to {APP}")
    for signature, (returns, body) in DOORS.items():
        op.execute(
            f"create function {signature} returns {returns} language sql stable security definer "
            f"set search_path = pg_catalog as $$ {body} $$"
        )
        op.execute(f"revoke all on function {signature} from public")
        op.execute(f"grant execute on function {signature} to {APP}")


def downgrade() -> None:
    for signature in DOORS:
        op.execute(f"drop function {signature}")
    op.drop_table("ai_learning_reports")
