"""What the owner of a portfolio expects instruments to be worth."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
OWN = "user_id = nullif(current_setting('app.user_id', true), '')::uuid"


def upgrade() -> None:
    amount = sa.Numeric(precision=24, scale=8)
    op.create_table(
        "target_prices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("bear", amount, nullable=True),
        sa.Column("base", amount, nullable=True),
        sa.Column("bull", amount, nullable=True),
        sa.Column("horizon", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(bear, base, bull) > 0", name=op.f("ck_target_prices_stated")),
        sa.CheckConstraint("least(bear, base, bull) > 0", name=op.f("ck_target_prices_positive")),
        sa.CheckConstraint("bear <= base and base <= bull and bear <= bull", name=op.f("ck_target_prices_in_order")),
        sa.ForeignKeyConstraint(
            ["portfolio_id", "user_id"],
            ["portfolios.id", "portfolios.user_id"],
            name=op.f("fk_target_prices_portfolio_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["symbol"], ["instruments.symbol"], name=op.f("fk_target_prices_symbol")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_prices")),
        sa.UniqueConstraint("portfolio_id", "symbol", name=op.f("uq_target_prices_portfolio_id_symbol")),
    )
    op.execute("alter table target_prices enable row level security")
    op.execute(f"create policy own_rows on target_prices to {APP} using ({OWN}) with check ({OWN})")
    op.execute(f"grant select, insert, update, delete on target_prices to {APP}")


def downgrade() -> None:
    op.drop_table("target_prices")
