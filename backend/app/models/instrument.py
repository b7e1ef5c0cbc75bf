import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Instrument(Base):
    __tablename__ = "instruments"

    symbol: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    sector: Mapped[str | None]
    industry: Mapped[str | None]
    asset_class: Mapped[str]
    currency: Mapped[str] = mapped_column(server_default="USD")


class Price(Base):
    """A close (for values) and the same adjusted for dividends (for returns), both in shares of the newest day."""

    __tablename__ = "prices"
    __table_args__ = (CheckConstraint("close > 0 and adjusted_close > 0", name="positive"),)

    symbol: Mapped[str] = mapped_column(ForeignKey("instruments.symbol", ondelete="CASCADE"), primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    close: Mapped[float] = mapped_column(Double)
    adjusted_close: Mapped[float] = mapped_column(Double)
    source: Mapped[str]


class Split(Base):
    """From `date` on, a share is `ratio` shares: lots and strikes that were stated before are divided by it."""

    __tablename__ = "splits"
    __table_args__ = (CheckConstraint("ratio > 0", name="positive"),)

    symbol: Mapped[str] = mapped_column(ForeignKey("instruments.symbol", ondelete="CASCADE"), primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    ratio: Mapped[float] = mapped_column(Double)
    source: Mapped[str]


class MarketDataState(Base):
    """One row. `version` grows with each change of prices: what is computed from prices is cached by it."""

    __tablename__ = "market_data_state"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=text("1"))
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    as_of: Mapped[dt.date | None]
