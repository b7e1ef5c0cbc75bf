"""What the tools of this turn gave, in types; and what stands around every figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from app.agent.offline.entities import Asked
from app.agent.offline.figures import day, listed, name, prose
from app.agent.offline.transcript import CallRecord, Failure, KnownMemory
from app.agent.tools.results import (
    Comparison,
    CorrelationBrief,
    PerformanceBrief,
    PortfolioBrief,
    PortfolioList,
    PositionFactorBrief,
    PositionList,
    PriceHistory,
    RecentInsights,
    Remembered,
    TargetPriceList,
    VolatilityBrief,
)
from app.schemas.analytics import (
    Beta,
    Concentration,
    DailyMovers,
    DataQuality,
    Drawdowns,
    Measure,
    SectorExposure,
    ValueAtRisk,
)
from app.schemas.attribution import Attribution
from app.schemas.base import Schema
from app.schemas.factor import FactorExposures
from app.schemas.hedge import HedgeQuality
from app.schemas.market import MarketOverview
from app.schemas.risk_contribution import RiskContributions
from app.schemas.stress import StressTest
from app.schemas.what_if import WhatIf

OUTPUTS: dict[str, type[Schema]] = {
    "list_portfolios": PortfolioList,
    "get_portfolio_complete": PortfolioBrief,
    "get_positions": PositionList,
    "get_performance": PerformanceBrief,
    "get_daily_movers": DailyMovers,
    "get_prices_historical": PriceHistory,
    "get_beta": Beta,
    "get_volatility": VolatilityBrief,
    "get_value_at_risk": ValueAtRisk,
    "get_drawdowns": Drawdowns,
    "get_correlation_matrix": CorrelationBrief,
    "get_concentration": Concentration,
    "get_sector_exposure": SectorExposure,
    "get_data_quality": DataQuality,
    "get_risk_contributions": RiskContributions,
    "get_hedge_quality": HedgeQuality,
    "get_factor_exposures": FactorExposures,
    "get_position_factor_exposures": PositionFactorBrief,
    "get_pnl_attribution": Attribution,
    "get_market_overview": MarketOverview,
    "get_target_prices": TargetPriceList,
    "run_stress_test": StressTest,
    "simulate_trades": WhatIf,
    "compare_portfolios": Comparison,
    "get_recent_insights": RecentInsights,
    "remember": Remembered,
}

Answer = TypeVar("Answer", bound=Schema)
_CUT_LISTS = (PortfolioList, PositionList, PositionFactorBrief, TargetPriceList, Comparison, RecentInsights)
UNREADABLE = Failure("unreadable", "its answer had an unexpected shape")
MAX_EXCLUSIONS_NAMED = 6


@dataclass(frozen=True, slots=True)
class FailedCall:
    tool: str
    failure: Failure


class Evidence:
    """What an answer is worded from: the question, the results of its tools, and what is remembered."""

    def __init__(self, asked: Asked, calls: Sequence[CallRecord], memories: Sequence[KnownMemory] = ()) -> None:
        self.asked = asked
        self.memories = memories
        self.results: list[Schema] = []
        self.failed: list[FailedCall] = []
        for call in calls:
            self._take(call)

    def _take(self, call: CallRecord) -> None:
        if call.failure is not None:
            self.failed.append(FailedCall(call.name, call.failure))
        elif call.result is not None and call.name in OUTPUTS:
            try:
                self.results.append(OUTPUTS[call.name].model_validate(call.result))
            except ValidationError:
                self.failed.append(FailedCall(call.name, UNREADABLE))

    def every(self, kind: type[Answer]) -> list[Answer]:
        return [result for result in self.results if isinstance(result, kind)]

    def first(self, kind: type[Answer]) -> Answer | None:
        return next(iter(self.every(kind)), None)


def caveats(results: Sequence[Schema]) -> list[str]:
    """What a reader must know to judge the figures, each thing said once."""
    found: dict[str, None] = {}
    for result in results:
        if isinstance(result, Measure):
            found.update(dict.fromkeys(prose(warning) for warning in result.warnings))
            found.update(dict.fromkeys(_left_out(result)))
        found.update(dict.fromkeys(_limits(result)))
    return list(found)


def source_line(results: Sequence[Schema]) -> str:
    """Which portfolio and which day, where all figures agree on it."""
    measures = [result for result in results if isinstance(result, Measure)]
    names = list(dict.fromkeys(name(measure.portfolio_name) for measure in measures))
    days = list(dict.fromkeys(day(measure.as_of) for measure in measures if measure.as_of))
    if not names:
        return ""
    dated = f" as of {listed(days)}" if days else ""
    return f"_Figures for {listed(names)}{dated}._"


def _left_out(measure: Measure) -> list[str]:
    excluded = measure.coverage.excluded
    if not excluded:
        return []
    named = "; ".join(f"{name(item.symbol)} ({prose(item.reason)})" for item in excluded[:MAX_EXCLUSIONS_NAMED])
    more = f" and {len(excluded) - MAX_EXCLUSIONS_NAMED} more" if len(excluded) > MAX_EXCLUSIONS_NAMED else ""
    return [f"Left out for want of data: {named}{more}."]


def _limits(result: Schema) -> list[str]:
    # Thinned series do not touch the figures worded here; a list that was cut does
    if isinstance(result, MarketOverview):
        return [prose(warning) for warning in result.warnings]
    if not isinstance(result, _CUT_LISTS):
        return []
    return [f"Not everything is shown: {prose(text)}." for text in result.limits.values()]


def unknown(what: str, measure: Measure, field: str) -> str:
    """Says that a figure is not known, with the reason that came with it."""
    reason = measure.unavailable.get(field)
    return f"{what} cannot be given for {name(measure.portfolio_name)}" + (f": {prose(reason)}" if reason else ".")
