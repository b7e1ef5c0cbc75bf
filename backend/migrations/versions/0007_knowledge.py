"""The knowledge base: documents, their passages with vectors and full text, and how common each word is in a scope."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import VECTOR
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
TABLES = ("ai_kb_scopes", "ai_kb_sources", "ai_kb_documents", "ai_kb_lexemes")
SCOPE = "scope ~ '^(global|page:[a-z0-9_-]{1,80}|(tenant|user):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$'"

# Sub-selects, so that a search works them out once and not for each row
NOBODY = "(select nullif(current_setting('app.user_id', true), '') is null)"
OWN = (
    "scope = (select 'user:' || nullif(current_setting('app.user_id', true), '')) "
    "or scope = (select 'tenant:' || nullif(current_setting('app.tenant_id', true), ''))"
)
SHIPPED = "(scope = 'global' or starts_with(scope, 'page:'))"
# What ships with the product is read by everybody and written by the product's own jobs, which name no person
VISIBLE = f"{SHIPPED} or {OWN}"
WRITABLE = f"{OWN} or ({SHIPPED} and {NOBODY})"

# model -> dimension. An index for each: distances between vectors of different models mean nothing
MODELS = {"all-MiniLM-L6-v2": 384, "text-embedding-3-small": 1536}

DOORS = {
    # Row-level security keeps the full-text index from being used: PostgreSQL applies a policy before any operator that
    # might leak, and array overlap is one. So this looks past it, at the caller's scopes only, and gives identifiers.
    "kb_text_matches("
    "wanted_scopes text[], question text, model text, weights real[], most_chunks bigint, wanted int)": (
        "table (id uuid, score double precision, coverage double precision)",
        f"""
        with allowed as materialized (
            select s.scope, s.chunk_count from public.ai_kb_scopes s
            where s.scope = any (wanted_scopes) and ({VISIBLE.replace("scope", "s.scope")})
        ), total as (
            select coalesce(sum(chunk_count), 0)::double precision as chunks from allowed
        ), words as (
            select w.lexeme, coalesce(sum(l.chunk_count), 0)::double precision as found
            from unnest(tsvector_to_array(to_tsvector('pg_catalog.english', question))) as w (lexeme)
            left join public.ai_kb_lexemes l on l.lexeme = w.lexeme and l.scope in (select a.scope from allowed a)
            group by w.lexeme
        ), weighted as materialized (
            select lexeme, found, ln(1 + (total.chunks - found + 0.5) / (found + 0.5))::double precision as rarity,
                sum(found) over (order by found, lexeme) as reach
            from words, total
        ), used as materialized (
            select lexeme, rarity,
                ('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery as query
            from weighted where found > 0 and reach <= most_chunks
        )
        select d.id, sum(u.rarity * ts_rank(weights, d.search, u.query, 1)),
            sum(u.rarity) / (select sum(rarity) from weighted)
        from public.ai_kb_documents d join used u on d.search @@ u.query
        where d.is_served and d.embedding_model = model
            and public.kb_lexeme_keys(d.scope, d.search) && (
                select array_agg(a.scope || ' ' || k.lexeme) from allowed a, used k
            )
        group by d.id order by 2 desc, 1 limit wanted
        """,
    ),
    "kb_sources_to_index(wanted_model text)": (
        "table (source_id uuid, user_id uuid, tenant_id uuid)",
        "select s.id, s.user_id, coalesce(s.tenant_id, u.tenant_id) from public.ai_kb_sources s "
        "left join public.users u on u.id = s.user_id "
        "where s.status in ('waiting', 'indexing') or (s.status = 'ready' and s.embedding_model <> wanted_model) "
        "order by s.updated_at limit 1000",
    ),
}


def upgrade() -> None:
    op.create_table(
        "ai_kb_scopes",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), _owner("tenant"), nullable=True),
        sa.Column("user_id", sa.Uuid(), _owner("user"), nullable=True),
        sa.Column("chunk_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(SCOPE, name=op.f("ck_ai_kb_scopes_scope")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ai_kb_scopes_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ai_kb_scopes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_ai_kb_scopes")),
    )
    op.create_table(
        "ai_kb_sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), _owner("tenant"), nullable=True),
        sa.Column("user_id", sa.Uuid(), _owner("user"), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("tags", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("status", sa.String(), server_default="waiting", nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("embedding_model", sa.String(), nullable=True),
        sa.Column("chunk_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("chunks_to_embed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("chunks_embedded", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('waiting', 'indexing', 'ready', 'failed')", name=op.f("ck_ai_kb_sources_status")
        ),
        sa.ForeignKeyConstraint(
            ["scope"], ["ai_kb_scopes.scope"], name=op.f("fk_ai_kb_sources_scope"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_kb_sources")),
        sa.UniqueConstraint("id", "scope", name=op.f("uq_ai_kb_sources_id_scope")),
        sa.UniqueConstraint("scope", "key", name=op.f("uq_ai_kb_sources_scope_key")),
    )
    op.create_index("ix_ai_kb_sources_scope", "ai_kb_sources", ["scope", "created_at", "id"], unique=False)
    op.create_table(
        "ai_kb_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("section", sa.String(), server_default="", nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("chunk_index", sa.Integer(), nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("embedding_model", sa.String(), nullable=False),
        sa.Column("embedding_dimension", sa.Integer(), nullable=False),
        sa.Column("embedding", VECTOR(), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('english', title || ' ' || section), 'A') || to_tsvector('english', content)",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("is_served", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "vector_dims(embedding) = embedding_dimension", name=op.f("ck_ai_kb_documents_embedding_dimension")
        ),
        sa.ForeignKeyConstraint(
            ["source_id", "scope"],
            ["ai_kb_sources.id", "ai_kb_sources.scope"],
            name=op.f("fk_ai_kb_documents_source_id_scope"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_kb_documents")),
    )
    op.create_index("ix_ai_kb_documents_source_id", "ai_kb_documents", ["source_id", "chunk_index"], unique=False)
    op.create_index(
        "ix_ai_kb_documents_scope",
        "ai_kb_documents",
        ["scope", "embedding_model"],
        unique=False,
        postgresql_where=sa.text("is_served"),
    )
    op.create_table(
        "ai_kb_lexemes",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("lexeme", sa.String(), nullable=False),
        sa.Column("chunk_count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scope"], ["ai_kb_scopes.scope"], name=op.f("fk_ai_kb_lexemes_scope"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scope", "lexeme", name=op.f("pk_ai_kb_lexemes")),
    )
    # In the row, not beside it: an exact search reads every vector of its scope
    op.execute("alter table ai_kb_documents alter column embedding set storage main")
    op.execute("alter table ai_kb_documents alter column search set storage main")
    _index_words()
    for model, dimension in MODELS.items():
        op.execute(
            f"create index ix_ai_kb_documents_hnsw_{dimension} on ai_kb_documents "
            f"using hnsw ((embedding::vector({dimension})) vector_cosine_ops) "
            f"where is_served and embedding_model = '{model}'"
        )
    for table in TABLES:
        _protect(table)
    for signature, (returns, body) in DOORS.items():
        _open_door(signature, returns, body)


def _owner(kind: str) -> sa.Computed:
    return sa.Computed(f"case when scope like '{kind}:%' then substr(scope, {len(kind) + 2})::uuid end", persisted=True)


def _index_words() -> None:
    """Each word of a passage under its scope, so that nobody's search walks through anybody else's passages."""
    op.execute("""
        create function kb_lexeme_keys(scope text, search tsvector) returns text[] language sql immutable parallel safe
        as $$ select array(select scope || ' ' || lexeme from unnest(tsvector_to_array(search)) as w (lexeme)) $$
    """)
    op.execute(
        "create index ix_ai_kb_documents_lexeme_keys on ai_kb_documents "
        "using gin (kb_lexeme_keys(scope, search)) with (fastupdate = off) where is_served"
    )


def _protect(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy visible_rows on {table} for select to {APP} using ({VISIBLE})")
    op.execute(f"create policy own_rows on {table} to {APP} using ({WRITABLE}) with check ({WRITABLE})")
    op.execute(f"grant select, insert, update, delete on {table} to {APP}")


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
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("drop function kb_lexeme_keys(text, tsvector)")
