"""Tokens with which other assistants ask on a person's behalf."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
OWN = (
    "user_id = nullif(current_setting('app.user_id', true), '')::uuid "
    "and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
)
# Asked before it is known who asks: the token is all there is to tell whose it is
DOOR = "auth_assistant_token_owner(wanted bytea)"


def upgrade() -> None:
    op.create_table(
        "assistant_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(name) between 1 and 80", name=op.f("ck_assistant_tokens_name")),
        sa.ForeignKeyConstraint(
            ["user_id", "tenant_id"],
            ["users.id", "users.tenant_id"],
            name=op.f("fk_assistant_tokens_user_id_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistant_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_assistant_tokens_token_hash")),
    )
    op.create_index("ix_assistant_tokens_user_id", "assistant_tokens", ["user_id", "created_at"])
    op.execute("alter table assistant_tokens enable row level security")
    op.execute(f"create policy own_rows on assistant_tokens to {APP} using ({OWN}) with check ({OWN})")
    op.execute(f"grant select, insert, update, delete on assistant_tokens to {APP}")
    op.execute(
        f"create function {DOOR} returns table (token_id uuid, user_id uuid, tenant_id uuid) language sql stable "
        "security definer set search_path = pg_catalog as $$ "
        "select t.id, u.id, u.tenant_id from public.assistant_tokens t join public.users u on u.id = t.user_id "
        "where t.token_hash = wanted and t.expires_at > now() and u.is_active $$"
    )
    op.execute(f"revoke all on function {DOOR} from public")
    op.execute(f"grant execute on function {DOOR} to {APP}")


def downgrade() -> None:
    op.execute(f"drop function {DOOR}")
    op.drop_table("assistant_tokens")
