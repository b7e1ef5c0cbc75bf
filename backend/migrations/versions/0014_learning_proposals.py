"""Proposals drafted from poor topics, and what a tenant adds to the rules of every answer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
CALLER = "nullif(current_setting('app.user_id', true), '')::uuid"
TENANT = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
ADMINISTRATOR = (
    f"exists (select from public.users a where a.id = {CALLER} and a.{TENANT} and a.role = 'admin' and a.is_active)"
)
JSON = postgresql.JSONB(astext_type=sa.Text())
NOW = sa.text("now()")

# The answers that a proposal is drafted from, with what was said about them: an administrator's tenant's, and only
# those that are named
TENANT_EVIDENCE = f"""
    select a.id, left(q.content, 2000), left(a.content, 4000), f.rating, f.reason, left(f.comment, 1000),
        left(f.edited_text, 4000),
        array(
            select distinct p ->> 'tool_name' from jsonb_array_elements(a.parts) p
            where p ->> 'type' = 'tool' and p -> 'error' = 'null' order by 1
        )
    from agent.runs r
    join agent.conversations c on c.id = r.conversation_id and c.deleted_at is null
    join agent.messages a on a.id = r.assistant_message_id and not a.is_superseded
    join agent.messages q on q.id = r.user_message_id
    left join public.ai_feedback f on f.message_id = a.id
    where r.{TENANT} and a.id = any (wanted) and {ADMINISTRATOR}
    order by a.created_at desc, a.id limit 500
"""
SIGNATURE = "tenant_evidence(wanted uuid[])"
RETURNS = (
    "table (message_id uuid, question text, answer text, rating text, reason text, comment text, edited_text text, "
    "tools text[])"
)


def upgrade() -> None:
    op.create_table(
        "ai_learning_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="draft", nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("expects", JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("held_out", JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("unrelated", JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("applied", JSON, nullable=True),
        sa.Column("proof", JSON, nullable=True),
        sa.Column("history", JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "kind in ('document', 'rule', 'prompt', 'tool')", name=op.f("ck_ai_learning_proposals_kind")
        ),
        sa.CheckConstraint(
            "status in ('draft', 'approved', 'rejected', 'reverted')", name=op.f("ck_ai_learning_proposals_status")
        ),
        sa.CheckConstraint(
            "(status = 'approved') = (applied is not null)", name=op.f("ck_ai_learning_proposals_applied")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ai_learning_proposals_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["ai_learning_reports.id"],
            name=op.f("fk_ai_learning_proposals_report_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_learning_proposals")),
    )
    op.create_index("ix_ai_learning_proposals_tenant_id", "ai_learning_proposals", ["tenant_id", "created_at", "id"])
    op.create_index("ix_ai_learning_proposals_report_id", "ai_learning_proposals", ["report_id"])
    op.create_table(
        "ai_prompt_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("char_length(content) between 1 and 2000", name=op.f("ck_ai_prompt_versions_content")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ai_prompt_versions_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_ai_prompt_versions_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_prompt_versions")),
        sa.UniqueConstraint("tenant_id", "version", name=op.f("uq_ai_prompt_versions_tenant_id_version")),
    )
    op.create_index(
        "uq_ai_prompt_versions_active",
        "ai_prompt_versions",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    _protect()
    op.execute(
        f"create function {SIGNATURE} returns {RETURNS} language sql stable security definer "
        f"set search_path = pg_catalog as $$ {TENANT_EVIDENCE} $$"
    )
    op.execute(f"revoke all on function {SIGNATURE} from public")
    op.execute(f"grant execute on function {SIGNATURE} to {APP}")


def _protect() -> None:
    for table in ("ai_learning_proposals", "ai_prompt_versions"):
        condition = f"{TENANT} and {ADMINISTRATOR}"
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy administrators on {table} to {APP} using ({condition}) with check ({condition})")
        op.execute(f"grant select, insert, update, delete on {table} to {APP}")
    # Every answer is given by it
    readable = f"{TENANT} and {CALLER} is not null"
    op.execute(f"create policy tenant_reads on ai_prompt_versions for select to {APP} using ({readable})")


def downgrade() -> None:
    op.execute(f"drop function {SIGNATURE}")
    op.drop_table("ai_prompt_versions")
    op.drop_table("ai_learning_proposals")
