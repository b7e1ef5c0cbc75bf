"""What today's holdings would gain or lose if something happened."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.schemas.analytics import Measure
from app.schemas.base import Request, Schema
from app.schemas.day import Day
from app.schemas.factor import Factor
from app.schemas.position import Symbol

ScenarioCategory = Literal["market", "rates", "style", "sector", "volatility", "liquidity", "replay", "custom"]

# Nothing loses more than everything; a rise beyond fivefold is a typing error
Shock = Annotated[float, Field(ge=-1.0, le=5.0)]
SectorName = Annotated[str, StringConstraints(min_length=1, max_length=80)]
MAXIMUM_SHOCKS = 50


class Shocks(Request):
    """Fractions: -0.1 is a fall of 10 %. The most specific wins: symbol before sector before factors.

    A style's shock is its return over the market. `volatility` is added to the implied volatility of options,
    `liquidation_cost` is lost on the gross value of every holding.
    """

    factors: Annotated[dict[Factor, Shock], Field(max_length=MAXIMUM_SHOCKS)] = {}
    sectors: Annotated[dict[SectorName, Shock], Field(max_length=MAXIMUM_SHOCKS)] = {}
    symbols: Annotated[dict[Symbol, Shock], Field(max_length=MAXIMUM_SHOCKS)] = {}
    volatility: Annotated[float, Field(ge=-1.0, le=5.0)] = 0.0
    liquidation_cost: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0


class Replay(Request):
    """The closes of two days: today's holdings are held from the first to the second."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start >= self.end:
            raise ValueError("start must lie before end")
        return self


class CustomStress(Request):
    """Either shocks or a replay."""

    shocks: Shocks | None = None
    replay: Replay | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.shocks is None) == (self.replay is None):
            raise ValueError("give either shocks or a replay")
        return self


class FactorMove(Schema):
    """Either `shocked`, or `propagated`: what the factor usually does when the shocked ones move; the other is 0."""

    factor: Factor
    shocked: float
    propagated: float


class PositionStress(Schema):
    """`effect` is direct plus propagated, in money."""

    symbol: str
    market_value: float
    direct: float
    propagated: float
    effect: float


class StressResult(Schema):
    """`effect` is in money, `effect_of_nav` a fraction; null with a `reason` where the data gives no answer.

    `direct` comes from what was shocked, `propagated` from factors that move along; a replay has neither, but a path:
    `worst` is its lowest point. `unknown` holdings are in no figure; `unmatched` are shocked names that are not held.
    """

    key: str
    name: str
    category: ScenarioCategory
    description: str
    effect: float | None
    effect_of_nav: float | None
    direct: float | None = None
    propagated: float | None = None
    start: date | None = None
    end: date | None = None
    worst: float | None = None
    worst_day: date | None = None
    reason: str | None = None
    factor_moves: list[FactorMove] = []
    positions: list[PositionStress] = []
    unknown: list[str] = []
    unmatched: list[str] = []


class StressTest(Measure):
    """`positions` of a result are those with the largest effect."""

    nav: float
    scenarios: list[StressResult]
