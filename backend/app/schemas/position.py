from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Discriminator, Field, StringConstraints, Tag

from app.models.portfolio import PositionClass
from app.schemas.base import Request, Schema
from app.schemas.day import Day
from app.schemas.line import ONE_LINE

Symbol = Annotated[str, StringConstraints(min_length=1, max_length=40, to_upper=True, pattern=r"^[A-Za-z0-9.\-^= ]+$")]
Side = Literal["long", "short"]
OptionType = Literal["call", "put"]
# Where an option's volatility comes from
VolatilitySource = Literal["stated", "implied", "historical"]
Quantity = Annotated[float, Field(ge=-1e9, le=1e9)]
Price = Annotated[float, Field(gt=0, le=1e9)]
Notes = Annotated[str, StringConstraints(max_length=2000)]
# 5 is 500 % a year: above it a percentage was sent for a fraction
StatedVolatility = Annotated[float, Field(gt=0, le=5)]
# A statement may say that a holding is worth nothing
StatedValue = Annotated[float, Field(ge=0, le=1e9)]


class _LotIn(Request):
    """A negative quantity is a short."""

    quantity: Quantity
    entry_date: Day
    entry_price: Price
    notes: Notes = ""


class PublicPositionIn(_LotIn):
    """Units of an instrument with prices."""

    position_class: Literal["PUBLIC"] = "PUBLIC"
    symbol: Symbol


class OptionPositionIn(_LotIn):
    """Contracts on an instrument with prices; `quantity` counts contracts, `entry_price` is per share.

    Without a `volatility` (a fraction a year) it is the one that the entry price implies, else the underlying's own.
    """

    position_class: Literal["OPTIONS"]
    underlying_symbol: Symbol
    option_type: OptionType
    strike: Annotated[float, Field(gt=0, le=99_999.999)]
    expiry: Day
    multiplier: Annotated[int, Field(gt=0, le=10_000)] = 100
    volatility: StatedVolatility | None = None


class PrivatePositionIn(_LotIn):
    """A holding without a market, under a label of its own, at the value a unit that was last stated.

    Without a statement it is carried at its entry price.
    """

    position_class: Literal["PRIVATE"]
    symbol: Symbol
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), ONE_LINE]
    stated_value: StatedValue | None = None
    stated_on: Day | None = None


def _class_of(value: Any) -> str:
    stated = value.get("position_class") if isinstance(value, dict) else getattr(value, "position_class", None)
    return stated if isinstance(stated, str) else "PUBLIC"


PositionIn = Annotated[
    Annotated[PublicPositionIn, Tag("PUBLIC")]
    | Annotated[OptionPositionIn, Tag("OPTIONS")]
    | Annotated[PrivatePositionIn, Tag("PRIVATE")],
    Discriminator(
        _class_of,
        custom_error_type="position_class",
        custom_error_message="position_class must be PUBLIC, OPTIONS or PRIVATE",
    ),
]


class PositionPatch(Request):
    """`volatility` is of options only, `stated_value` and `stated_on` of private positions only."""

    quantity: Quantity | None = None
    entry_date: Day | None = None
    entry_price: Price | None = None
    exit_date: Day | None = None
    exit_price: Price | None = None
    notes: Notes | None = None
    volatility: StatedVolatility | None = None
    stated_value: StatedValue | None = None
    stated_on: Day | None = None


class PositionCloseIn(Request):
    """`quantity` counts the units or contracts that go, above zero also of a short; without it the whole lot goes."""

    exit_date: Day
    exit_price: Price
    quantity: Annotated[float, Field(gt=0, le=1e9)] | None = None


class PositionOut(Schema):
    """The terms of an option are null for everything else, and so are those of a private position."""

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
    underlying_symbol: str | None
    option_type: OptionType | None
    strike: float | None
    expiry: date | None
    multiplier: int | None
    volatility: float | None
    name: str | None
    stated_value: float | None
    stated_on: date | None


class ClosedPosition(Schema):
    """What was closed and, where a part was, the lot that stays open. That one keeps its identifier."""

    closed: PositionOut
    remaining: PositionOut | None


class OptionFigures(Schema):
    """An option's terms, and its Greeks for the whole position (a short's have the other sign).

    `exposure` is delta x units x spot, in currency: what the position is to volatility, beta, value at risk and stress.
    `delta` is in shares of the underlying and `gamma` its change for a move of the underlying by 1; the others are in
    currency: `theta` for a day, `vega` for one point of volatility (0.01), `rho` for one point of the interest rate.
    """

    underlying_symbol: str
    option_type: OptionType
    strike: float
    expiry: date
    multiplier: int
    spot: float
    volatility: float
    volatility_source: VolatilitySource
    exposure: float
    delta: float
    gamma: float
    vega: float
    theta: float
    rho: float


class ValuedPosition(Schema):
    """A position at the newest close. `weight` is signed market value over NAV; a short's is negative.

    `unrealized_pnl` is the value less what the entry cost: a short sold at 50 and now at 45 shows a gain. `price` and
    `entry_price` of an option are per share and its `quantity` counts contracts. `price_date` of an option is the
    underlying's, of a private position the day of its statement.
    What cannot be valued (no price) is null and `reason` says why. Quantity, prices and strike are in shares of today:
    `split_factor` is by how much the quantity that was entered was multiplied; null where nothing tells.
    """

    id: UUID
    symbol: str
    name: str
    sector: str | None
    asset_class: str
    position_class: PositionClass = "PUBLIC"
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
    split_factor: float | None = 1.0
    option: OptionFigures | None = None
