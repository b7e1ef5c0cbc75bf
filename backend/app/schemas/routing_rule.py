from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.agent.llm_client import Task
from app.schemas.base import Request, Schema
from app.schemas.line import ONE_LINE

# `offline` is not among them: no rule overrules who wants nothing to leave this server
RuledMode = Literal["standard", "deep", "research"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120), ONE_LINE]


class RoutingRuleIn(Request):
    """Rules are asked by priority, the lowest first; the first that concerns a call decides.

    A null `task` or `mode` is any. `share` is the percentage of people that it holds for: always the same ones, by
    which `variant` can be compared with the others.
    """

    priority: Annotated[int, Field(ge=0, le=10_000)] = 100
    task: Task | None = None
    mode: RuledMode | None = None
    share: Annotated[int, Field(ge=0, le=100)] = 100
    provider: Name
    model: Name
    variant: Annotated[str, StringConstraints(min_length=1, max_length=80), ONE_LINE]
    is_enabled: bool = True


class RoutingRuleOut(Schema):
    id: UUID
    priority: int
    task: Task | None
    mode: RuledMode | None
    share: int
    provider: str
    model: str
    variant: str
    is_enabled: bool
    updated_by: UUID | None
    created_at: datetime
    updated_at: datetime


class RoutingRules(Schema):
    """All of a tenant's, in the order in which they are asked."""

    items: list[RoutingRuleOut]


class ModelPrice(Schema):
    """USD per million tokens."""

    input: float
    cached_input: float
    cache_write: float
    output: float
    version: str


class ModelOut(Schema):
    provider: str
    model: str
    price: ModelPrice | None


class Models(Schema):
    """What may be asked for, and what a rule may name. The first is the default."""

    items: list[ModelOut]
