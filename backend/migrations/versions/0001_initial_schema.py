"""Users, market data, portfolios, conversations, runs and insights, each row behind its person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"

# table -> the condition under which its rows are the caller's
USER = "user_id = nullif(current_setting('app.user_id', true), '')::uuid"
TENANT = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
OWNED = {
    "tenants": TENANT.replace("tenant_id", "id", 1),
    "users": f"{USER.replace('user_id', 'id', 1)} and {TENANT}",
    "refresh_tokens": USER,
    "portfolios": f"{USER} and {TENANT}",
    "positions": USER,
    "cash_flows": USER,
    "portfolio_snapshots": USER,
    "ai_insights": USER,
    "agent.conversations": f"{USER} and {TENANT}",
    "agent.messages": USER,
    "agent.runs": f"{USER} and {TENANT}",
    "agent.run_events": USER,
}
SHARED = ("instruments", "prices", "market_data_state")

# The few doors through row-level security. Each answers one question that must be asked before it is known who asks,
# or by the worker on behalf of everybody, and gives identifiers only (and, for signing in, the hash to check).
DOORS = {
    "auth_user_by_email(wanted text)": (
        "table (id uuid, tenant_id uuid, password_hash text)",
        "select u.id, u.tenant_id, u.password_hash from public.users u "
        "where lower(u.email) = lower(wanted) and u.is_active",
    ),
    "auth_refresh_token_owner(wanted bytea)": (
        "table (user_id uuid, tenant_id uuid)",
        "select u.id, u.tenant_id from public.refresh_tokens t join public.users u on u.id = t.user_id "
        "where t.token_hash = wanted and u.is_active",
    ),
    "portfolio_scopes()": (
        "table (portfolio_id uuid, user_id uuid, tenant_id uuid)",
        "select p.id, p.user_id, p.tenant_id from public.portfolios p where p.deleted_at is null order by p.id",
    ),
    "expired_runs()": (
        "table (run_id uuid, user_id uuid, tenant_id uuid)",
        "select r.id, r.user_id, r.tenant_id from agent.runs r "
        "where r.status = 'running' and r.lease_expires_at < now() order by r.lease_expires_at limit 100",
    ),
    "purge_run_events(older_than interval)": (
        "bigint",
        "with gone as (delete from agent.run_events where created_at < now() - older_than returning 1) "
        "select count(*) from gone",
    ),
}


def upgrade() -> None:
    _create_role()
    op.create_table(
        "instruments",
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=True),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("asset_class", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), server_default="USD", nullable=False),
        sa.PrimaryKeyConstraint("symbol", name=op.f("pk_instruments")),
    )
    op.create_table(
        "market_data_state",
        sa.Column("id", sa.Integer(), server_default=sa.text("1"), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_market_data_state_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_data_state")),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
    )
    op.create_table(
        "prices",
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("close", sa.Double(), nullable=False),
        sa.Column("adjusted_close", sa.Double(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("close > 0 and adjusted_close > 0", name=op.f("ck_prices_positive")),
        sa.ForeignKeyConstraint(["symbol"], ["instruments.symbol"], name=op.f("fk_prices_symbol"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("symbol", "date", name=op.f("pk_prices")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), server_default="user", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role in ('user', 'admin')", name=op.f("ck_users_role")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_users_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("id", "tenant_id", name=op.f("uq_users_id_tenant_id")),
    )
    op.create_index(op.f("ix_users_tenant_id"), "users", ["tenant_id"], unique=False)
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "portfolios",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("base_currency", sa.String(), server_default="USD", nullable=False),
        sa.Column("benchmark", sa.String(), server_default="SP500", nullable=False),
        sa.Column("opening_cash", sa.Numeric(precision=24, scale=8), server_default=sa.text("0"), nullable=False),
        sa.Column("inception_date", sa.Date(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "tenant_id"],
            ["users.id", "users.tenant_id"],
            name=op.f("fk_portfolios_user_id_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolios")),
        sa.UniqueConstraint("id", "user_id", name=op.f("uq_portfolios_id_user_id")),
    )
    op.create_index(
        "ix_portfolios_user_id", "portfolios", ["user_id"], unique=False, postgresql_where=sa.text("deleted_at is null")
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_refresh_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
    )
    op.create_index(op.f("ix_refresh_tokens_chain_id"), "refresh_tokens", ["chain_id"], unique=False)
    op.create_index(op.f("ix_refresh_tokens_user_id"), "refresh_tokens", ["user_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), server_default="standard", nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("mode in ('standard', 'deep', 'research', 'offline')", name=op.f("ck_conversations_mode")),
        sa.ForeignKeyConstraint(
            ["portfolio_id", "user_id"],
            ["portfolios.id", "portfolios.user_id"],
            name=op.f("fk_conversations_portfolio_id_user_id"),
            ondelete="SET NULL (portfolio_id)",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "tenant_id"],
            ["users.id", "users.tenant_id"],
            name=op.f("fk_conversations_user_id_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("id", "user_id", name=op.f("uq_conversations_id_user_id")),
        schema="agent",
    )
    op.create_index(
        "ix_conversations_user_id",
        "conversations",
        ["user_id", "updated_at"],
        unique=False,
        schema="agent",
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "ai_insights",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("insight_type", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column(
            "recommendations", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("analysis", sa.String(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("prompt_version", sa.String(), nullable=False),
        sa.Column("usage", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "severity in ('info', 'notice', 'warning', 'critical')", name=op.f("ck_ai_insights_severity")
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_id", "user_id"],
            ["portfolios.id", "portfolios.user_id"],
            name=op.f("fk_ai_insights_portfolio_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_insights")),
    )
    op.create_index("ix_ai_insights_portfolio_id", "ai_insights", ["portfolio_id", "created_at"], unique=False)
    op.create_table(
        "cash_flows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=24, scale=8), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio_id", "user_id"],
            ["portfolios.id", "portfolios.user_id"],
            name=op.f("fk_cash_flows_portfolio_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_flows")),
    )
    op.create_index("ix_cash_flows_portfolio_id", "cash_flows", ["portfolio_id", "date"], unique=False)
    op.create_table(
        "portfolio_snapshots",
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("nav", sa.Double(), nullable=False),
        sa.Column("cash", sa.Double(), nullable=False),
        sa.Column("long_value", sa.Double(), nullable=False),
        sa.Column("short_value", sa.Double(), nullable=False),
        sa.Column("gross_exposure", sa.Double(), nullable=False),
        sa.Column("net_exposure", sa.Double(), nullable=False),
        sa.Column("pnl", sa.Double(), nullable=False),
        sa.Column("flow", sa.Double(), nullable=False),
        sa.Column("daily_return", sa.Double(), nullable=True),
        sa.Column("volatility_21d", sa.Double(), nullable=True),
        sa.Column("beta_90d", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["portfolio_id", "user_id"],
            ["portfolios.id", "portfolios.user_id"],
            name=op.f("fk_portfolio_snapshots_portfolio_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("portfolio_id", "date", name=op.f("pk_portfolio_snapshots")),
    )
    op.create_table(
        "positions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("position_class", sa.String(), server_default="PUBLIC", nullable=False),
        sa.Column("quantity", sa.Numeric(precision=24, scale=8), nullable=False),
        sa.Column("entry_date", sa.Date(), nullable=False),
        sa.Column("entry_price", sa.Numeric(precision=24, scale=8), nullable=False),
        sa.Column("exit_date", sa.Date(), nullable=True),
        sa.Column("exit_price", sa.Numeric(precision=24, scale=8), nullable=True),
        sa.Column("notes", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "position_class in ('PUBLIC', 'OPTIONS', 'PRIVATE')", name=op.f("ck_positions_position_class")
        ),
        sa.CheckConstraint("(exit_date is null) = (exit_price is null)", name=op.f("ck_positions_exit")),
        sa.CheckConstraint("exit_date is null or exit_date >= entry_date", name=op.f("ck_positions_exit_after_entry")),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_positions_quantity")),
        sa.ForeignKeyConstraint(
            ["portfolio_id", "user_id"],
            ["portfolios.id", "portfolios.user_id"],
            name=op.f("fk_positions_portfolio_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["symbol"], ["instruments.symbol"], name=op.f("fk_positions_symbol")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
    )
    op.create_index("ix_positions_portfolio_id", "positions", ["portfolio_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column(
            "transcript", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("ui_context", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("mode", sa.String(), nullable=True),
        sa.Column("finish_reason", sa.String(), nullable=True),
        sa.Column("usage", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("attempts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("timings", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("grounding", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("citations", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("content <> ''", name=op.f("ck_messages_content")),
        sa.CheckConstraint("role in ('user', 'assistant')", name=op.f("ck_messages_role")),
        sa.ForeignKeyConstraint(
            ["conversation_id", "user_id"],
            ["agent.conversations.id", "agent.conversations.user_id"],
            name=op.f("fk_messages_conversation_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        schema="agent",
    )
    op.create_index(
        "ix_messages_conversation_id", "messages", ["conversation_id", "position"], unique=False, schema="agent"
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("user_message_id", sa.Uuid(), nullable=False),
        sa.Column("assistant_message_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), server_default="running", nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("is_stop_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=False),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status in ('running', 'completed', 'stopped', 'failed')", name=op.f("ck_runs_status")),
        sa.ForeignKeyConstraint(
            ["conversation_id", "user_id"],
            ["agent.conversations.id", "agent.conversations.user_id"],
            name=op.f("fk_runs_conversation_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("id", "user_id", name=op.f("uq_runs_id_user_id")),
        schema="agent",
    )
    op.create_index(
        "ix_runs_lease",
        "runs",
        ["lease_expires_at"],
        unique=False,
        schema="agent",
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index(
        "uq_runs_active",
        "runs",
        ["conversation_id"],
        unique=True,
        schema="agent",
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index("uq_runs_idempotency_key", "runs", ["user_id", "idempotency_key"], unique=True, schema="agent")
    op.create_table(
        "run_events",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "user_id"],
            ["agent.runs.id", "agent.runs.user_id"],
            name=op.f("fk_run_events_run_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "sequence", name=op.f("pk_run_events")),
        schema="agent",
    )
    op.create_index("ix_run_events_created_at", "run_events", ["created_at"], unique=False, schema="agent")
    for table, condition in OWNED.items():
        _protect(table, condition)
    for table in SHARED:
        op.execute(f"grant select, insert, update, delete on {table} to {APP}")
    op.execute("insert into market_data_state default values")
    for signature, (returns, body) in DOORS.items():
        _open_door(signature, returns, body)
    _install_job_queue()


def _create_role() -> None:
    # A role belongs to the whole server: another database on it may have made it already, or an administrator, where
    # the schema's owner may neither create roles nor grant this one
    op.execute(f"""
        do $$ begin
            if not exists (select from pg_roles where rolname = '{APP}') then
                create role {APP} nologin nosuperuser nobypassrls;
            end if;
        exception when duplicate_object then null;
        end $$
    """)
    op.execute(f"""
        do $$ begin
            if not pg_has_role('{APP}', 'set') then
                grant {APP} to current_user;
            end if;
        end $$
    """)
    op.execute("create schema if not exists agent")
    op.execute(f"grant usage on schema public, agent to {APP}")
    op.execute("create extension if not exists vector")


def _protect(table: str, condition: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy own_rows on {table} to {APP} using ({condition}) with check ({condition})")
    op.execute(f"grant select, insert, update, delete on {table} to {APP}")


def _open_door(signature: str, returns: str, body: str) -> None:
    op.execute(
        f"create function {signature} returns {returns} language sql volatile security definer "
        f"set search_path = pg_catalog as $$ {body} $$"
    )
    op.execute(f"revoke all on function {signature} from public")
    op.execute(f"grant execute on function {signature} to {APP}")


def _install_job_queue() -> None:
    # Straight to the driver: the queue's functions are full of colons and per cents that are not parameters
    driver_connection = op.get_bind().connection.driver_connection
    assert driver_connection is not None  # noqa: S101 - a migration always runs on an open connection
    driver_connection.execute(SchemaManager.get_schema())
    op.execute(f"""
        do $$ declare name text; begin
            for name in select format('%I', tablename) from pg_tables where tablename like 'procrastinate%' loop
                execute 'grant select, insert, update, delete on ' || name || ' to {APP}';
            end loop;
        end $$
    """)
    op.execute(f"grant usage on all sequences in schema public, agent to {APP}")


def downgrade() -> None:
    raise RuntimeError("the first migration has nothing to go back to: drop the database instead")
