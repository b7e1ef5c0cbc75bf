from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from app.schemas.base import Request, Schema
from app.schemas.day import Day
from app.schemas.portfolio import Money


class CashFlowIn(Request):
    """Money that comes from outside (positive) or leaves (negative)."""

    date: Day
    amount: Money
    note: Annotated[str, StringConstraints(max_length=500)] = ""


class CashFlowOut(Schema):
    id: UUID
    portfolio_id: UUID
    date: date
    amount: float
    note: str
