"""What today's holdings owe to the market and to styles."""

from typing import Literal

from app.schemas.analytics import Measure
from app.schemas.base import Schema

Estimator = Literal["ols", "ridge"]
Factor = Literal["market", "momentum", "quality", "size", "minimum_volatility", "value", "treasuries"]


class FactorExposure(Schema):
    """Beta to one factor. The annualised `volatility_contribution`s and the specific one sum to the volatility."""

    factor: Factor
    proxy: str
    beta: float
    standard_error: float
    t_statistic: float | None
    p_value: float | None
    variance_inflation: float
    volatility_contribution: float


class FactorExposures(Measure):
    """The market is the benchmark's return; a style's is that of its fund over the market."""

    benchmark: str
    estimator: Estimator
    ridge_penalty: float | None
    factors: list[FactorExposure]
    alpha_daily: float | None
    r_squared: float | None
    volatility: float | None
    systematic_volatility: float | None
    specific_volatility: float | None
    specific_contribution: float | None


class PositionFactorExposure(Schema):
    symbol: str
    weight: float
    betas: dict[Factor, float]
    t_statistics: dict[Factor, float | None]
    r_squared: float | None
    specific_volatility: float


class PositionFactorExposures(Measure):
    """`weighted` are the positions' betas times their weights: the portfolio's own."""

    benchmark: str
    estimator: Estimator
    positions: list[PositionFactorExposure]
    weighted: dict[Factor, float]
