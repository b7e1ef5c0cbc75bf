"""Splits of instruments: what turns lots and strikes of before one into shares of today."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"


def upgrade() -> None:
    op.create_table(
        "splits",
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("ratio", sa.Double(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("ratio > 0", name=op.f("ck_splits_positive")),
        sa.ForeignKeyConstraint(["symbol"], ["instruments.symbol"], name=op.f("fk_splits_symbol"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("symbol", "date", name=op.f("pk_splits")),
    )
    op.execute(f"grant select, insert, update, delete on splits to {APP}")


def downgrade() -> None:
    op.drop_table("splits")
