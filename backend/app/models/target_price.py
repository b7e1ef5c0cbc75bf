import datetime as dt
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Timestamped
from app.models.portfolio import AMOUNT


class TargetPrice(Timestamped, Base):
    """What its owner expects an instrument to be worth, in up to three cases. One a portfolio and symbol."""

    __tablename__ = "target_prices"
    __table_args__ = (
        ForeignKeyConstraint(["portfolio_id", "user_id"], ["portfolios.id", "portfolios.user_id"], ondelete="CASCADE"),
        UniqueConstraint("portfolio_id", "symbol"),
        CheckConstraint("num_nonnulls(bear, base, bull) > 0", name="stated"),
        CheckConstraint("least(bear, base, bull) > 0", name="positive"),
        CheckConstraint("bear <= base and base <= bull and bear <= bull", name="in_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID]
    portfolio_id: Mapped[UUID]
    symbol: Mapped[str] = mapped_column(ForeignKey("instruments.symbol"))
    bear: Mapped[Decimal | None] = mapped_column(AMOUNT)
    base: Mapped[Decimal | None] = mapped_column(AMOUNT)
    bull: Mapped[Decimal | None] = mapped_column(AMOUNT)
    horizon: Mapped[dt.date | None]
    note: Mapped[str] = mapped_column(server_default="")
