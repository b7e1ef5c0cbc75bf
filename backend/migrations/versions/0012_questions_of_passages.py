"""Passages are found under the questions that they answer, too: vectors of their own, and words with a weight."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import VECTOR
from sqlalchemy.dialects import postgresql

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
NOBODY = "(select nullif(current_setting('app.user_id', true), '') is null)"
OWN = (
    "scope = (select 'user:' || nullif(current_setting('app.user_id', true), '')) "
    "or scope = (select 'tenant:' || nullif(current_setting('app.tenant_id', true), ''))"
)
SHIPPED = "(scope = 'global' or starts_with(scope, 'page:'))"
VISIBLE = f"{SHIPPED} or {OWN}"
WRITABLE = f"{OWN} or ({SHIPPED} and {NOBODY})"
MODELS = {"all-MiniLM-L6-v2": 384, "text-embedding-3-small": 1536}

TITLE = "setweight(to_tsvector('english', title || ' ' || section), 'A')"
QUESTIONS = "setweight(to_tsvector('english', questions), 'B')"
TEXT = "to_tsvector('english', content)"


def upgrade() -> None:
    op.add_column(
        "ai_kb_scopes", sa.Column("question_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    for column in (
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("question_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
    ):
        op.add_column("ai_kb_sources", column)
    op.add_column("ai_kb_documents", sa.Column("questions", sa.Text(), server_default="", nullable=False))
    op.create_unique_constraint(op.f("uq_ai_kb_documents_id_scope"), "ai_kb_documents", ["id", "scope"])
    _search_in(f"{TITLE} || {QUESTIONS} || {TEXT}")
    _create_questions()


def _create_questions() -> None:
    op.create_table(
        "ai_kb_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chunk_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("embedding_model", sa.String(), nullable=False),
        sa.Column("embedding_dimension", sa.Integer(), nullable=False),
        sa.Column("embedding", VECTOR(), nullable=False),
        sa.Column("is_served", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "vector_dims(embedding) = embedding_dimension", name=op.f("ck_ai_kb_questions_embedding_dimension")
        ),
        sa.ForeignKeyConstraint(
            ["chunk_id", "scope"],
            ["ai_kb_documents.id", "ai_kb_documents.scope"],
            name=op.f("fk_ai_kb_questions_chunk_id_scope"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_kb_questions")),
    )
    op.create_index("ix_ai_kb_questions_chunk_id", "ai_kb_questions", ["chunk_id"], unique=False)
    op.create_index(
        "ix_ai_kb_questions_scope",
        "ai_kb_questions",
        ["scope", "embedding_model"],
        unique=False,
        postgresql_where=sa.text("is_served"),
    )
    # As for passages: in the row, and an index for each model
    op.execute("alter table ai_kb_questions alter column embedding set storage main")
    for model, dimension in MODELS.items():
        op.execute(
            f"create index ix_ai_kb_questions_hnsw_{dimension} on ai_kb_questions "
            f"using hnsw ((embedding::vector({dimension})) vector_cosine_ops) "
            f"where is_served and embedding_model = '{model}'"
        )
    op.execute("alter table ai_kb_questions enable row level security")
    op.execute(f"create policy visible_rows on ai_kb_questions for select to {APP} using ({VISIBLE})")
    op.execute(f"create policy own_rows on ai_kb_questions to {APP} using ({WRITABLE}) with check ({WRITABLE})")
    op.execute(f"grant select, insert, update, delete on ai_kb_questions to {APP}")


def _search_in(words: str) -> None:
    """What a generated column is made of cannot be changed before PostgreSQL 17: it is made anew, with its index."""
    op.drop_column("ai_kb_documents", "search")
    op.add_column("ai_kb_documents", sa.Column("search", postgresql.TSVECTOR(), sa.Computed(words, persisted=True)))
    op.execute("alter table ai_kb_documents alter column search set storage main")
    op.execute(
        "create index ix_ai_kb_documents_lexeme_keys on ai_kb_documents "
        "using gin (kb_lexeme_keys(scope, search)) with (fastupdate = off) where is_served"
    )


def downgrade() -> None:
    op.drop_table("ai_kb_questions")
    _search_in(f"{TITLE} || {TEXT}")
    op.drop_constraint(op.f("uq_ai_kb_documents_id_scope"), "ai_kb_documents")
    op.drop_column("ai_kb_documents", "questions")
    op.drop_column("ai_kb_sources", "question_count")
    op.drop_column("ai_kb_sources", "questions")
    op.drop_column("ai_kb_scopes", "question_count")
