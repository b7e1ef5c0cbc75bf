"""The answers of the risk engine that an insight rests on, asked for one after the other."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from app.insights.kinds import MeasureName
from app.insights.month import start_of
from app.schemas.analytics import (
    Beta,
    Concentration,
    CorrelationMatrix,
    DailyMovers,
    DataQuality,
    Drawdowns,
    Overview,
    Performance,
    SectorExposure,
    ValueAtRisk,
    Volatility,
)
from app.schemas.analytics import Measure as Answer
from app.schemas.attribution import Attribution
from app.schemas.base import Schema
from app.schemas.factor import FactorExposures
from app.schemas.hedge import HedgeQuality
from app.schemas.risk_contribution import RiskContributions
from app.schemas.stress import StressTest
from app.services.analytics import AnalyticsService, stress

# A summary names the few that made the day
MOVERS_TOLD = 3
# Every day of the longest history: a post-mortem looks at single days
ALL_POINTS = 100_000
# Only what the history begins with is of use where its days are not looked at
NO_SERIES = 2


class Measures(Schema):
    """What was asked for; the rest is None."""

    overview: Overview
    movers: DailyMovers | None = None
    concentration: Concentration | None = None
    sectors: SectorExposure | None = None
    correlations: CorrelationMatrix | None = None
    beta: Beta | None = None
    tail: ValueAtRisk | None = None
    volatility: Volatility | None = None
    contributions: RiskContributions | None = None
    factors: FactorExposures | None = None
    stress: StressTest | None = None
    hedge: HedgeQuality | None = None
    performance: Performance | None = None
    drawdowns: Drawdowns | None = None
    attribution: Attribution | None = None
    quality: DataQuality | None = None

    def every(self) -> list[Answer]:
        return [answer for _, answer in self if answer is not None]


# The analyst's tools that give the same figures
TOOLS: Mapping[MeasureName, str] = {
    "overview": "get_portfolio_complete",
    "movers": "get_daily_movers",
    "concentration": "get_concentration",
    "sectors": "get_sector_exposure",
    "correlations": "get_correlation_matrix",
    "beta": "get_beta",
    "tail": "get_value_at_risk",
    "volatility": "get_volatility",
    "contributions": "get_risk_contributions",
    "factors": "get_factor_exposures",
    "stress": "run_stress_test",
    "hedge": "get_hedge_quality",
    "performance": "get_performance",
    "drawdowns": "get_drawdowns",
    "attribution": "get_pnl_attribution",
    "quality": "get_data_quality",
}


async def ask(engine: AnalyticsService, portfolio_id: UUID, name: MeasureName, known: Measures | None) -> Answer:
    """`known` is what was asked before; the overview comes first, for others may need its day."""
    if known is None:
        return await engine.overview(portfolio_id)
    answer: Answer = await _ASKED[name](engine, known.overview)
    return answer


_Question = Callable[[AnalyticsService, Overview], Awaitable[Any]]
_ASKED: Mapping[MeasureName, _Question] = {
    "movers": lambda engine, about: engine.daily_movers(about.portfolio_id, limit=MOVERS_TOLD),
    "concentration": lambda engine, about: engine.concentration(about.portfolio_id),
    "sectors": lambda engine, about: engine.sector_exposure(about.portfolio_id),
    "correlations": lambda engine, about: engine.correlation_matrix(about.portfolio_id),
    "beta": lambda engine, about: engine.beta(about.portfolio_id),
    "tail": lambda engine, about: engine.value_at_risk(about.portfolio_id),
    "volatility": lambda engine, about: engine.volatility(about.portfolio_id, max_points=NO_SERIES),
    "contributions": lambda engine, about: engine.risk_contributions(about.portfolio_id),
    "factors": lambda engine, about: engine.factor_exposures(about.portfolio_id),
    "stress": lambda engine, about: engine.stress_test(about.portfolio_id, scenarios=stress.named([]), positions=0),
    "hedge": lambda engine, about: engine.hedge_quality(about.portfolio_id),
    "performance": lambda engine, about: engine.performance(about.portfolio_id, max_points=ALL_POINTS),
    "drawdowns": lambda engine, about: engine.drawdowns(about.portfolio_id),
    "attribution": lambda engine, about: engine.attribution(
        about.portfolio_id, start=start_of(about.as_of) if about.as_of else None
    ),
    "quality": lambda engine, about: engine.data_quality(about.portfolio_id),
}
