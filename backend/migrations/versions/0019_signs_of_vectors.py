"""One bit of each number of a vector, in the index of its scope: what a search of a large scope sifts by."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("ai_kb_documents", "ai_kb_questions")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table,
            sa.Column(
                "embedding_signs",
                postgresql.BIT(varying=True),
                sa.Computed("binary_quantize(embedding)", persisted=True),
                nullable=False,
            ),
        )
        _index_scope(table, ["id", "embedding_signs"])


def _index_scope(table: str, include: list[str]) -> None:
    name = f"ix_{table}_scope"
    op.drop_index(name, table_name=table)
    op.create_index(
        name,
        table,
        ["scope", "embedding_model"],
        postgresql_include=include,
        postgresql_where=sa.text("is_served"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        _index_scope(table, [])
        op.drop_column(table, "embedding_signs")
