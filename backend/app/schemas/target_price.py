import datetime as dt
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.schemas.base import Request, Schema
from app.schemas.day import Day
from app.schemas.position import Price, Symbol

TargetNote = Annotated[str, StringConstraints(max_length=500)]
Horizon = Annotated[Day, Field(description="The day by which the price is expected")]


class TargetPriceIn(Request):
    """At least one of the three cases; those that are stated rise from bear to bull. Prices are per unit."""

    symbol: Symbol
    bear: Price | None = None
    base: Price | None = None
    bull: Price | None = None
    horizon: Horizon | None = None
    note: TargetNote = ""


class TargetPricePatch(Request):
    """Only the fields that are sent change; null takes a case or the horizon back."""

    bear: Price | None = None
    base: Price | None = None
    bull: Price | None = None
    horizon: Horizon | None = None
    note: TargetNote | None = None


class TargetPriceOut(Schema):
    """The changes are from the newest close to each case, as fractions; null where one of the two is not known."""

    id: UUID
    portfolio_id: UUID
    symbol: str
    bear: float | None
    base: float | None
    bull: float | None
    horizon: dt.date | None
    note: str
    last_close: float | None
    last_close_date: dt.date | None
    bear_change: float | None
    base_change: float | None
    bull_change: float | None
