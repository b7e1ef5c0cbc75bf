"""A portfolio before and after trades that have not been made."""

from typing import Annotated

from pydantic import Field

from app.schemas.analytics import Measure
from app.schemas.base import Request, Schema
from app.schemas.position import Price, Quantity, Symbol

MAXIMUM_TRADES = 50


class Trade(Request):
    """Units bought, or sold where negative. Without a price the newest close.

    A contract goes by its OCC symbol (`AAPL  230120C00150000`): its units are contracts and its price is per share;
    without a price it is what the model says.
    """

    symbol: Symbol
    quantity: Quantity
    price: Price | None = None


class WhatIfRequest(Request):
    trades: Annotated[list[Trade], Field(max_length=MAXIMUM_TRADES)]


class FigureChange(Schema):
    """A side without an answer is null, with its reason."""

    before: float | None
    after: float | None
    change: float | None
    reason_before: str | None = None
    reason_after: str | None = None


class NamedChange(FigureChange):
    name: str


class WeightChange(Schema):
    """Weights are of net asset value before and after; null where that is not positive."""

    symbol: str
    quantity_before: float
    quantity_after: float
    weight_before: float | None
    weight_after: float | None


class WhatIf(Measure):
    """Shares of a symbol are netted on both sides; no costs. `weights` holds what is held before or after.

    `sectors` are net weights, `factors` betas by ordinary least squares, `scenarios` effects as fractions of net asset
    value.
    """

    traded_value: float
    nav: FigureChange
    cash: FigureChange
    gross_exposure: FigureChange
    net_exposure: FigureChange
    gross_leverage: FigureChange
    net_leverage: FigureChange
    volatility_252d: FigureChange
    beta_252d: FigureChange
    value_at_risk_95_1d: FigureChange
    value_at_risk_95_1d_amount: FigureChange
    expected_shortfall_95_1d: FigureChange
    expected_shortfall_95_1d_amount: FigureChange
    herfindahl_index: FigureChange
    effective_positions: FigureChange
    sectors: list[NamedChange]
    factors: list[NamedChange]
    scenarios: list[NamedChange]
    weights: list[WeightChange]
