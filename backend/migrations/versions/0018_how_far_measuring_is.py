"""How far the measuring of a proposal is."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    measuring = sa.Column("measuring", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    op.add_column("ai_learning_proposals", measuring)


def downgrade() -> None:
    op.drop_column("ai_learning_proposals", "measuring")
