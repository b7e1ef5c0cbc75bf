"""What the risk engine answers. The analyst's tools return these same shapes, so that a figure in an answer and the
figure on the page come from one place.

Ratios are fractions (0.12 is 12 %), money is in the portfolio's base currency, losses in `value_at_risk` are positive,
drawdowns are negative, windows count trading days.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from app.schemas.base import Schema
from app.schemas.portfolio import PortfolioOut
from app.schemas.position import ValuedPosition


class Exclusion(Schema):
    symbol: str
    reason: str


class Coverage(Schema):
    """Which holdings a measure rests on. `share_of_gross` is the included share of gross market value."""

    included: list[str]
    excluded: list[Exclusion]
    share_of_gross: float | None


class Window(Schema):
    start: date | None
    end: date | None
    trading_days: int


class Measure(Schema):
    """The envelope of every risk answer. A null figure has its reason in `unavailable`, keyed by the field's name."""

    portfolio_id: UUID
    portfolio_name: str
    base_currency: str
    as_of: date | None
    window: Window
    method: str
    coverage: Coverage
    warnings: list[str] = []
    unavailable: dict[str, str] = {}


class Valuation(Schema):
    nav: float
    cash: float
    long_value: float
    short_value: float
    gross_exposure: float
    net_exposure: float
    gross_leverage: float | None
    net_leverage: float | None


class Overview(Measure):
    benchmark: str
    valuation: Valuation
    position_count: int
    day_pnl: float | None
    day_return: float | None
    total_pnl: float | None
    total_return: float | None
    volatility_21d: float | None
    volatility_63d: float | None
    volatility_252d: float | None
    benchmark_volatility_252d: float | None
    beta_252d: float | None
    r_squared_252d: float | None
    value_at_risk_95_1d: float | None
    value_at_risk_95_1d_amount: float | None
    max_drawdown: float | None
    current_drawdown: float | None
    top_position: str | None
    top_position_weight: float | None


class NavPoint(Schema):
    date: date
    nav: float
    pnl: float
    flow: float
    daily_return: float | None
    growth: float
    drawdown: float
    benchmark_growth: float | None


class PeriodReturn(Schema):
    label: Literal["1D", "1W", "1M", "3M", "6M", "YTD", "1Y", "3Y", "SI"]
    start: date
    portfolio_return: float
    benchmark_return: float | None
    pnl: float


class Performance(Measure):
    """`series` may be thinned for the reader (`series_step` trading days between points); figures use every day.

    `money_weighted_return` is the internal rate of return over the whole window, not per year. The ratios are per year
    over `risk_free_rate`, a constant yearly fraction.
    """

    total_return: float | None
    annualized_return: float | None
    benchmark_total_return: float | None
    total_pnl: float | None
    best_day: NavPoint | None
    worst_day: NavPoint | None
    periods: list[PeriodReturn]
    series: list[NavPoint]
    series_step: int = 1
    money_weighted_return: float | None = None
    money_weighted_annualized: float | None = None
    risk_free_rate: float = 0.0
    sharpe_ratio: float | None = None
    sortino_ratio: float | None = None
    calmar_ratio: float | None = None


class RollingPoint(Schema):
    date: date
    value: float


class Volatility(Measure):
    """`percentile_3y` is the share of the last three years' 21-day volatilities that were calmer than today's."""

    volatility_21d: float | None
    volatility_63d: float | None
    volatility_252d: float | None
    benchmark: str
    benchmark_volatility_21d: float | None
    benchmark_volatility_63d: float | None
    benchmark_volatility_252d: float | None
    ratio_to_benchmark_252d: float | None
    rolling_63d: list[RollingPoint]
    ewma_volatility: float | None = None
    forecast_21d: float | None = None
    percentile_3y: float | None = None


TailApproach = Literal["historical", "normal", "cornish_fisher"]


class ValueAtRiskLevel(Schema):
    approach: TailApproach = "historical"
    confidence: float
    horizon_days: int
    value_at_risk: float
    value_at_risk_amount: float
    expected_shortfall: float
    expected_shortfall_amount: float


class ValueAtRisk(Measure):
    nav: float
    levels: list[ValueAtRiskLevel]
    worst_day: date | None
    worst_day_return: float | None


class Drawdown(Schema):
    start: date
    trough: date
    recovery: date | None
    depth: float
    days_to_trough: int
    days_to_recovery: int | None


class Drawdowns(Measure):
    max_drawdown: float | None
    current_drawdown: float | None
    worst: list[Drawdown]


class BetaEstimate(Schema):
    symbol: str
    weight: float | None
    beta: float
    alpha_daily: float
    r_squared: float
    standard_error: float
    p_value: float
    observations: int


class Beta(Measure):
    """`portfolio_90d` and `portfolio_252d` are regressions of today's holdings; `positions` are those over 252 days."""

    benchmark: str
    portfolio_90d: BetaEstimate | None
    portfolio_252d: BetaEstimate | None
    positions: list[BetaEstimate]


class CorrelationMatrix(Measure):
    """`values[i][j]` is the correlation of `symbols[i]` and `symbols[j]`; null where the days overlap too little."""

    symbols: list[str]
    values: list[list[float | None]]
    average: float | None
    highest: list["CorrelationPair"]
    lowest: list["CorrelationPair"]


class CorrelationPair(Schema):
    first: str
    second: str
    correlation: float


class ConcentrationItem(Schema):
    symbol: str
    gross_weight: float
    market_value: float


class Concentration(Measure):
    """On gross weights: |market value| over the sum of |market values|, cash left out."""

    herfindahl_index: float | None
    effective_positions: float | None
    top_1: float | None
    top_3: float | None
    top_10: float | None
    largest: list[ConcentrationItem]


class SectorWeight(Schema):
    sector: str
    long_value: float
    short_value: float
    net_value: float
    net_weight: float | None
    gross_weight: float | None
    positions: int


class SectorExposure(Measure):
    sectors: list[SectorWeight]


class Mover(Schema):
    symbol: str
    name: str
    side: Literal["long", "short"]
    day_return: float
    day_pnl: float
    contribution: float | None


class DailyMovers(Measure):
    previous_date: date | None
    day_pnl: float | None
    gainers: list[Mover]
    losers: list[Mover]


class DataQuality(Measure):
    """`doubtful_entries` are lots whose price or strike does not go with the prices of their day of entry: most often
    stated in shares of before a split that is not known here."""

    first_price_date: date | None
    last_price_date: date | None
    gaps: list[Exclusion]
    doubtful_entries: list[Exclusion]
    complete: bool


class Positions(Measure):
    """`unrealized_pnl` is that of all open positions together; null where one of them has no price."""

    nav: float
    unrealized_pnl: float | None
    positions: list[ValuedPosition]


class PortfolioComplete(Measure):
    """Everything the portfolio page opens with, in one answer."""

    portfolio: PortfolioOut
    overview: Overview
    positions: list[ValuedPosition]


class Snapshot(Schema):
    date: date
    nav: float
    cash: float
    long_value: float
    short_value: float
    gross_exposure: float
    net_exposure: float
    pnl: float
    flow: float
    daily_return: float | None
    volatility_21d: float | None
    beta_90d: float | None


class PriceSeries(Schema):
    symbol: str
    name: str
    currency: str
    dates: list[date]
    closes: list[float]
    source: str
    truncated: bool = False
