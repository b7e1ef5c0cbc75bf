"""The terms of option contracts and of private holdings; only what has a market names an instrument."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTRUMENT = "case position_class when 'PUBLIC' then symbol when 'OPTIONS' then underlying_symbol end"
CHECKS = {
    "option_terms": (
        "num_nonnulls(underlying_symbol, option_type, strike, expiry, multiplier) "
        "= case position_class when 'OPTIONS' then 5 else 0 end"
    ),
    "volatility": "volatility is null or position_class = 'OPTIONS'",
    "option_type": "option_type in ('call', 'put')",
    "contract": "strike > 0 and multiplier > 0 and expiry >= entry_date",
    "private_terms": (
        "num_nonnulls(name, stated_value, stated_on) = case position_class when 'PRIVATE' then 3 else 0 end"
    ),
    "statement": "stated_value >= 0 and stated_on >= entry_date",
}


def upgrade() -> None:
    op.drop_constraint("fk_positions_symbol", "positions", type_="foreignkey")
    amount = sa.Numeric(precision=24, scale=8)
    for column in (
        sa.Column("underlying_symbol", sa.String()),
        sa.Column("option_type", sa.String()),
        sa.Column("strike", amount),
        sa.Column("expiry", sa.Date()),
        sa.Column("multiplier", sa.Integer()),
        sa.Column("volatility", sa.Double()),
        sa.Column("name", sa.String()),
        sa.Column("stated_value", amount),
        sa.Column("stated_on", sa.Date()),
        # Made from the others, so that one foreign key holds for whatever class has a market
        sa.Column("instrument_symbol", sa.String(), sa.Computed(INSTRUMENT, persisted=True)),
    ):
        op.add_column("positions", column)
    op.create_foreign_key(
        op.f("fk_positions_instrument_symbol"), "positions", "instruments", ["instrument_symbol"], ["symbol"]
    )
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_positions_{name}"), "positions", condition)


def downgrade() -> None:
    op.execute("delete from positions where position_class <> 'PUBLIC'")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_positions_{name}"), "positions", type_="check")
    op.drop_constraint(op.f("fk_positions_instrument_symbol"), "positions", type_="foreignkey")
    op.drop_column("positions", "instrument_symbol")
    for column in (
        "stated_on", "stated_value", "name", "volatility", "multiplier", "expiry", "strike", "option_type",
        "underlying_symbol",
    ):  # fmt: skip
        op.drop_column("positions", column)
    op.create_foreign_key("fk_positions_symbol", "positions", "instruments", ["symbol"], ["symbol"])
