from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.schemas.base import Request, Schema
from app.schemas.day import Day

UsageScope = Literal["own", "tenant"]


class UsageQuery(Request):
    """Days in UTC, both included; 30 days up to today where nothing is said."""

    since: Annotated[Day | None, Field(alias="from")] = None
    until: Annotated[Day | None, Field(alias="to")] = None
    scope: Annotated[UsageScope, Field(description="`tenant` needs an administrator")] = "own"


class UsageTotals(Schema):
    """Model calls. `cost_usd` is the sum of the known costs: `calls_of_unknown_cost` come on top of it."""

    calls: int
    failed_calls: int
    calls_of_unknown_cost: int
    cost_usd: float
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    reasoning_tokens: int


class UsageOfDay(UsageTotals):
    day: date


class UsageOfModel(UsageTotals):
    provider: str
    model: str


class UsageOfUser(UsageTotals):
    user_id: UUID
    display_name: str


class BudgetOut(Schema):
    """Today's. `limit_usd` and `left_usd` are null where there is no budget; `reserved_usd` is for calls under way."""

    limit_usd: float | None
    spent_usd: float
    reserved_usd: float
    left_usd: float | None
    resets_at: datetime


class UsageOut(Schema):
    since: date = Field(serialization_alias="from")
    until: date = Field(serialization_alias="to")
    scope: UsageScope
    totals: UsageTotals
    by_day: list[UsageOfDay]
    by_model: list[UsageOfModel]
    # Of a tenant only
    by_user: list[UsageOfUser]
    # The caller's own
    budget: BudgetOut
