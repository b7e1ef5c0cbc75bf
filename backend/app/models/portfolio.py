import datetime as dt
from decimal import Decimal
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Computed,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Timestamped

# Fractions of shares down to 1e-8 (as brokers and exchanges state them), amounts up to 1e12
AMOUNT = Numeric(24, 8)


class Portfolio(Timestamped, Base):
    __tablename__ = "portfolios"
    __table_args__ = (
        # What belongs to a portfolio refers to both columns, so that nobody can hang rows on another's portfolio:
        # foreign keys look past row-level security
        UniqueConstraint("id", "user_id"),
        ForeignKeyConstraint(["user_id", "tenant_id"], ["users.id", "users.tenant_id"], ondelete="CASCADE"),
        Index("ix_portfolios_user_id", "user_id", postgresql_where=text("deleted_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    name: Mapped[str]
    base_currency: Mapped[str] = mapped_column(server_default="USD")
    benchmark: Mapped[str] = mapped_column(server_default="SP500")
    opening_cash: Mapped[Decimal] = mapped_column(AMOUNT, server_default=text("0"))
    inception_date: Mapped[dt.date | None]
    deleted_at: Mapped[dt.datetime | None]


def _portfolio_owned() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["portfolio_id", "user_id"], ["portfolios.id", "portfolios.user_id"], ondelete="CASCADE"
    )


PositionClass = Literal["PUBLIC", "OPTIONS", "PRIVATE"]
# What each class of position states, and no other may
_OPTION_TERMS = "underlying_symbol, option_type, strike, expiry, multiplier"
_PRIVATE_TERMS = "name, stated_value, stated_on"


class Position(Timestamped, Base):
    """A lot. A negative quantity is a short.

    `symbol` names an instrument for PUBLIC, is the OCC symbol of the contract for OPTIONS, and a label of the owner's
    choice for PRIVATE. `instrument_symbol` is the instrument whose prices it goes by.
    """

    __tablename__ = "positions"
    __table_args__ = (
        _portfolio_owned(),
        CheckConstraint("position_class in ('PUBLIC', 'OPTIONS', 'PRIVATE')", name="position_class"),
        CheckConstraint("quantity <> 0", name="quantity"),
        CheckConstraint("(exit_date is null) = (exit_price is null)", name="exit"),
        CheckConstraint("exit_date is null or exit_date >= entry_date", name="exit_after_entry"),
        CheckConstraint(
            f"num_nonnulls({_OPTION_TERMS}) = case position_class when 'OPTIONS' then 5 else 0 end", name="option_terms"
        ),
        CheckConstraint("volatility is null or position_class = 'OPTIONS'", name="volatility"),
        CheckConstraint("option_type in ('call', 'put')", name="option_type"),
        CheckConstraint("strike > 0 and multiplier > 0 and expiry >= entry_date", name="contract"),
        CheckConstraint(
            f"num_nonnulls({_PRIVATE_TERMS}) = case position_class when 'PRIVATE' then 3 else 0 end",
            name="private_terms",
        ),
        CheckConstraint("stated_value >= 0 and stated_on >= entry_date", name="statement"),
        Index("ix_positions_portfolio_id", "portfolio_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID]
    portfolio_id: Mapped[UUID]
    symbol: Mapped[str]
    position_class: Mapped[str] = mapped_column(server_default="PUBLIC")
    instrument_symbol: Mapped[str | None] = mapped_column(
        ForeignKey("instruments.symbol"),
        Computed(
            "case position_class when 'PUBLIC' then symbol when 'OPTIONS' then underlying_symbol end", persisted=True
        ),
    )
    quantity: Mapped[Decimal] = mapped_column(AMOUNT)
    entry_date: Mapped[dt.date]
    entry_price: Mapped[Decimal] = mapped_column(AMOUNT)
    exit_date: Mapped[dt.date | None]
    exit_price: Mapped[Decimal | None] = mapped_column(AMOUNT)
    notes: Mapped[str] = mapped_column(server_default="")
    underlying_symbol: Mapped[str | None]
    option_type: Mapped[str | None]
    strike: Mapped[Decimal | None] = mapped_column(AMOUNT)
    expiry: Mapped[dt.date | None]
    multiplier: Mapped[int | None]
    volatility: Mapped[float | None] = mapped_column(Double)
    name: Mapped[str | None]
    stated_value: Mapped[Decimal | None] = mapped_column(AMOUNT)
    stated_on: Mapped[dt.date | None]


class CashFlow(Base):
    """Money that came from outside (positive) or left (negative)."""

    __tablename__ = "cash_flows"
    __table_args__ = (_portfolio_owned(), Index("ix_cash_flows_portfolio_id", "portfolio_id", "date"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID]
    portfolio_id: Mapped[UUID]
    date: Mapped[dt.date]
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    note: Mapped[str] = mapped_column(server_default="")


class PortfolioSnapshot(Base):
    """One trading day. NAV today = NAV yesterday + P&L + flow, exactly."""

    __tablename__ = "portfolio_snapshots"
    __table_args__ = (_portfolio_owned(),)

    portfolio_id: Mapped[UUID] = mapped_column(primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    nav: Mapped[float] = mapped_column(Double)
    cash: Mapped[float] = mapped_column(Double)
    long_value: Mapped[float] = mapped_column(Double)
    short_value: Mapped[float] = mapped_column(Double)
    gross_exposure: Mapped[float] = mapped_column(Double)
    net_exposure: Mapped[float] = mapped_column(Double)
    pnl: Mapped[float] = mapped_column(Double)
    flow: Mapped[float] = mapped_column(Double)
    daily_return: Mapped[float | None] = mapped_column(Double)
    volatility_21d: Mapped[float | None] = mapped_column(Double)
    beta_90d: Mapped[float | None] = mapped_column(Double)
