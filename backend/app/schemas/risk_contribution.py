from app.schemas.analytics import Measure
from app.schemas.base import Schema


class RiskContribution(Schema):
    """`contribution` is annualised volatility; all of them sum to the portfolio's. A negative one is a hedge.

    `marginal` is the change of the portfolio's volatility per unit of weight, paid for from cash.
    """

    symbol: str
    weight: float
    standalone_volatility: float
    marginal: float
    contribution: float
    share: float


class RiskContributions(Measure):
    """`undiversified_volatility` is the sum of |weight| x own volatility; its ratio to the volatility is 1 or more."""

    volatility: float | None
    undiversified_volatility: float | None
    diversification_ratio: float | None
    positions: list[RiskContribution]
