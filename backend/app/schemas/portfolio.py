from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.schemas.base import Request, Schema
from app.schemas.day import Day
from app.schemas.line import ONE_LINE

Name = Annotated[str, StringConstraints(min_length=1, max_length=120), ONE_LINE]
# Beyond this a figure is a typing error; it also keeps sums well inside what a double holds to the cent
Money = Annotated[float, Field(ge=-1e12, le=1e12)]


class PortfolioIn(Request):
    name: Name
    base_currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    benchmark: Annotated[str, StringConstraints(min_length=1, max_length=20)] = "SP500"
    opening_cash: Money = 0.0
    inception_date: Day | None = None


class PortfolioPatch(Request):
    """Only what is sent changes. An `inception_date` of null is the day of the first position or cash flow."""

    name: Name | None = None
    benchmark: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    opening_cash: Money | None = None
    inception_date: Day | None = None


class PortfolioOut(Schema):
    id: UUID
    name: str
    base_currency: str
    benchmark: str
    opening_cash: float
    inception_date: date | None


class PortfolioSummary(PortfolioOut):
    """A portfolio in the list, with its newest figures. Figures are null until the first snapshot is written."""

    as_of: date | None = None
    nav: float | None = None
    day_pnl: float | None = None
    day_return: float | None = None
    total_return: float | None = None
    position_count: int = 0
