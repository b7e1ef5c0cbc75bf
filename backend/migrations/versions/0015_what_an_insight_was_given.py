"""What an insight cites and was given of memory."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for name in ("citations", "memories"):
        listed = postgresql.JSONB(astext_type=sa.Text())
        op.add_column("ai_insights", sa.Column(name, listed, server_default=sa.text("'[]'"), nullable=False))


def downgrade() -> None:
    for name in ("citations", "memories"):
        op.drop_column("ai_insights", name)
