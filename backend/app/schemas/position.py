from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.schemas.base import Request, Schema

Symbol = Annotated[str, StringConstraints(min_length=1, max_length=40, to_upper=True, pattern=r"^[A-Za-z0-9.\-^= ]+$")]
PositionClass = Literal["PUBLIC", "OPTIONS", "PRIVATE"]
Side = Literal["long", "short"]
Quantity = Annotated[float, Field(ge=-1e9, le=1e9)]
Price = Annotated[float, Field(gt=0, le=1e9)]


class PositionIn(Request):
    """One lot. A negative quantity is a short."""

    symbol: Symbol
    quantity: Quantity
    entry_date: date
    entry_price: Price
    notes: Annotated[str, StringConstraints(max_length=2000)] = ""


class PositionPatch(Request):
    quantity: Quantity | None = None
    entry_date: date | None = None
    entry_price: Price | None = None
    exit_date: date | None = None
    exit_price: Price | None = None
    notes: Annotated[str, StringConstraints(max_length=2000)] | None = None


class PositionOut(Schema):
    id: UUID
    portfolio_id: UUID
    symbol: str
    position_class: PositionClass
    quantity: float
    entry_date: date
    entry_price: float
    exit_date: date | None
    exit_price: float | None
    notes: str


class ValuedPosition(Schema):
    """A position at the newest close. `weight` is signed market value over NAV; a short's is negative.

    `unrealized_pnl` is quantity x (price - entry_price): a short sold at 50 and now at 45 shows a gain.
    What cannot be valued (no price) is null and `reason` says why.
    """

    id: UUID
    symbol: str
    name: str
    sector: str | None
    asset_class: str
    side: Side
    quantity: float
    entry_date: date
    entry_price: float
    price: float | None
    price_date: date | None
    market_value: float | None
    weight: float | None
    unrealized_pnl: float | None
    unrealized_return: float | None
    day_pnl: float | None
    day_return: float | None
    reason: str | None = None
