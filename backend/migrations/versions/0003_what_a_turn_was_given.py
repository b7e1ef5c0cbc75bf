"""Summaries of long conversations, the cost of showing a message again, answers that replace others."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = {
    "conversations": (
        sa.Column("summary", sa.Text()),
        sa.Column("summary_position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    ),
    "messages": (
        sa.Column("tokens", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_superseded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    ),
    "runs": (
        sa.Column("replaces_message_id", sa.Uuid()),
        sa.Column("context", postgresql.JSONB(astext_type=sa.Text())),
    ),
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column, schema="agent")
    # Rows from before: three characters a token is what tool results come to
    op.execute("update agent.messages set tokens = (length(content) + length(transcript::text)) / 3 + 4")


def downgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name, schema="agent")
