"""Memories, and whether a person wants any."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import VECTOR
from sqlalchemy.dialects import postgresql

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
CALLER = "nullif(current_setting('app.user_id', true), '')::uuid"
OWN = f"scope = 'user' and user_id = {CALLER} and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
TENANT = "scope = 'tenant' and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
VISIBLE = f"({OWN}) or ({TENANT}) or (scope = 'global' and {CALLER} is not null)"
# The tenant's own jobs run as no person of it
ADMINISTRATOR = (
    f"({CALLER} = '00000000-0000-0000-0000-000000000000' "
    f"or exists (select 1 from users u where u.id = {CALLER} and u.role = 'admin'))"
)

DOORS = {
    "memories_to_embed(wanted_model text)": (
        "table (memory_id uuid, user_id uuid, tenant_id uuid)",
        "select m.id, m.user_id, m.tenant_id from public.ai_memories m "
        "where m.embedding_model is distinct from wanted_model order by m.updated_at limit 1000",
    ),
    # Whoever uses a tenant's memory may not write it, and still counts. A row that another turn counts just now is
    # left out: no turn waits for another's end
    "note_memories_used(used uuid[])": (
        "void",
        "update public.ai_memories m set use_count = m.use_count + 1, last_used_at = clock_timestamp() "
        f"from (select id from public.ai_memories where id = any (used) and ({VISIBLE}) for update skip locked) f "
        "where m.id = f.id",
    ),
}


def upgrade() -> None:
    op.add_column("users", sa.Column("memory_enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column(
        "messages",
        sa.Column("memories", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        schema="agent",
    )
    op.create_table(
        "ai_memories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("portfolio_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source_message_id", sa.Uuid(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("embedding_model", sa.String(), nullable=True),
        sa.Column("embedding", VECTOR(), nullable=True),
        sa.Column("use_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("scope in ('user', 'tenant', 'global')", name=op.f("ck_ai_memories_scope")),
        sa.CheckConstraint(
            "(scope = 'user') = (user_id is not null) and (scope = 'global') = (tenant_id is null)",
            name=op.f("ck_ai_memories_owner"),
        ),
        sa.CheckConstraint(
            "scope = 'user' or (portfolio_id is null and status = 'active')", name=op.f("ck_ai_memories_shared")
        ),
        sa.CheckConstraint("kind in ('fact', 'preference', 'rule')", name=op.f("ck_ai_memories_kind")),
        sa.CheckConstraint("status in ('draft', 'active')", name=op.f("ck_ai_memories_status")),
        sa.CheckConstraint("char_length(content) between 1 and 500", name=op.f("ck_ai_memories_content")),
        sa.CheckConstraint("(embedding is null) = (embedding_model is null)", name=op.f("ck_ai_memories_embedding")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ai_memories_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "tenant_id"],
            ["users.id", "users.tenant_id"],
            name=op.f("fk_ai_memories_user_id_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_id", "user_id"],
            ["portfolios.id", "portfolios.user_id"],
            name=op.f("fk_ai_memories_portfolio_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_message_id", "user_id"],
            ["agent.messages.id", "agent.messages.user_id"],
            name=op.f("fk_ai_memories_source_message_id_user_id"),
            ondelete="SET NULL (source_message_id)",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["ai_memories.id"], name=op.f("fk_ai_memories_replaces_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_memories")),
    )
    op.create_index("ix_ai_memories_user_id", "ai_memories", ["user_id", "created_at", "id"])
    op.create_index(
        "ix_ai_memories_tenant_id", "ai_memories", ["tenant_id"], postgresql_where=sa.text("scope = 'tenant'")
    )
    op.create_index("ix_ai_memories_source_message_id", "ai_memories", ["source_message_id"])
    _protect()
    for signature, (returns, body) in DOORS.items():
        _open_door(signature, returns, body)


def _protect() -> None:
    op.execute("alter table ai_memories enable row level security")
    op.execute(f"create policy visible_rows on ai_memories for select to {APP} using ({VISIBLE})")
    writable = {
        "own_rows": OWN,
        "tenant_rows": f"{TENANT} and {ADMINISTRATOR}",
        "shipped_rows": f"scope = 'global' and {CALLER} is null",
    }
    for name, condition in writable.items():
        op.execute(f"create policy {name} on ai_memories to {APP} using ({condition}) with check ({condition})")
    op.execute(f"grant select, insert, update, delete on ai_memories to {APP}")


def _open_door(signature: str, returns: str, body: str) -> None:
    op.execute(
        f"create function {signature} returns {returns} language sql volatile security definer "
        f"set search_path = pg_catalog as $$ {body} $$"
    )
    op.execute(f"revoke all on function {signature} from public")
    op.execute(f"grant execute on function {signature} to {APP}")


def downgrade() -> None:
    for signature in DOORS:
        op.execute(f"drop function {signature}")
    op.drop_table("ai_memories")
    op.drop_column("messages", "memories", schema="agent")
    op.drop_column("users", "memory_enabled")
