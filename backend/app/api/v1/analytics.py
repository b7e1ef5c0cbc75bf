"""What the risk engine says about a portfolio."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from app.api.deps import DatabaseDep, ScopeDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.errors import InvalidField
from app.schemas import analytics as shapes
from app.schemas.attribution import Attribution
from app.schemas.day import Day
from app.schemas.factor import Estimator, FactorExposures, PositionFactorExposures
from app.schemas.hedge import HedgeQuality
from app.schemas.risk_contribution import RiskContributions
from app.schemas.stress import CustomStress, StressTest
from app.schemas.what_if import WhatIf, WhatIfRequest
from app.services.analytics import AnalyticsService, RequestAnalytics, stress
from app.services.analytics.correlation import DEFAULT_SYMBOLS
from app.services.analytics.correlation import DEFAULT_WINDOW as CORRELATION_WINDOW
from app.services.analytics.daily_movers import DEFAULT_MOVERS
from app.services.analytics.drawdowns import DEFAULT_SHOWN
from app.services.analytics.factor_base import DEFAULT_WINDOW as FACTOR_WINDOW
from app.services.analytics.factor_base import MINIMUM_WINDOW as FACTOR_MINIMUM_WINDOW
from app.services.analytics.risk_contributions import DEFAULT_WINDOW as CONTRIBUTION_WINDOW
from app.services.analytics.thinning import DEFAULT_POINTS
from app.services.analytics.value_at_risk import DEFAULT_WINDOW as TAIL_WINDOW

router = APIRouter(
    prefix="/analytics/portfolio/{portfolio_id}", tags=["analytics"], responses=SIGNED_IN_ERRORS | errors(404)
)


async def service(database: DatabaseDep, scope: ScopeDep) -> AnalyticsService:
    return RequestAnalytics(database, scope)


AnalyticsDep = Annotated[AnalyticsService, Depends(service)]

MaxPoints = Annotated[int, Query(ge=10, le=2600, description="Longest series that is sent; longer ones are thinned.")]
# Below 0.8 it is no tail; above 0.995 the window would have to be longer than the prices reach back
Confidence = Annotated[float | None, Query(ge=0.8, le=0.995, description="Only this confidence; else 0.95 and 0.99.")]
# The square root of time is a stretch already over a quarter
Horizon = Annotated[int | None, Query(ge=1, le=63, description="Only this horizon in trading days; else 1 and 10.")]

FactorWindow = Annotated[int, Query(ge=FACTOR_MINIMUM_WINDOW, le=2520, description="Trading days of history.")]

StressPositions = Annotated[int, Query(ge=0, le=200, description="Positions that are listed with each scenario.")]


@router.get("/overview")
async def overview(portfolio_id: UUID, analytics: AnalyticsDep) -> shapes.Overview:
    """The key figures at the newest prices."""
    return await analytics.overview(portfolio_id)


@router.get("/performance")
async def performance(
    portfolio_id: UUID,
    analytics: AnalyticsDep,
    max_points: MaxPoints = DEFAULT_POINTS,
    risk_free_rate: Annotated[float, Query(ge=-0.05, le=0.25, description="Fraction per year.")] = 0.0,
) -> shapes.Performance:
    """What the portfolio as it really was has earned since inception, beside its benchmark."""
    return await analytics.performance(portfolio_id, max_points=max_points, risk_free_rate=risk_free_rate)


@router.get("/volatility")
async def volatility(
    portfolio_id: UUID, analytics: AnalyticsDep, max_points: MaxPoints = DEFAULT_POINTS
) -> shapes.Volatility:
    """Annualised volatility of today's holdings over 21, 63 and 252 days, beside the benchmark's."""
    return await analytics.volatility(portfolio_id, max_points=max_points)


@router.get("/value-at-risk")
async def value_at_risk(
    portfolio_id: UUID,
    analytics: AnalyticsDep,
    confidence: Confidence = None,
    horizon_days: Horizon = None,
    window: Annotated[int, Query(ge=60, le=2520, description="Trading days of history.")] = TAIL_WINDOW,
    approach: shapes.TailApproach = "historical",
) -> shapes.ValueAtRisk:
    """Value at risk and expected shortfall of today's holdings; positive figures are losses."""
    return await analytics.value_at_risk(
        portfolio_id, confidence=confidence, horizon_days=horizon_days, window=window, approach=approach
    )


@router.get("/drawdowns")
async def drawdowns(
    portfolio_id: UUID, analytics: AnalyticsDep, limit: Annotated[int, Query(ge=1, le=50)] = DEFAULT_SHOWN
) -> shapes.Drawdowns:
    """The deepest falls of the portfolio's value, flows taken out."""
    return await analytics.drawdowns(portfolio_id, limit=limit)


@router.get("/beta")
async def beta(portfolio_id: UUID, analytics: AnalyticsDep) -> shapes.Beta:
    """How today's holdings move with the benchmark, together and one by one."""
    return await analytics.beta(portfolio_id)


@router.get("/correlation-matrix")
async def correlation_matrix(
    portfolio_id: UUID,
    analytics: AnalyticsDep,
    window: Annotated[int, Query(ge=30, le=2520, description="Trading days of history.")] = CORRELATION_WINDOW,
    limit: Annotated[int, Query(ge=2, le=100, description="Largest holdings that are shown.")] = DEFAULT_SYMBOLS,
) -> shapes.CorrelationMatrix:
    """How the holdings move together."""
    return await analytics.correlation_matrix(portfolio_id, window=window, limit=limit)


@router.get("/concentration")
async def concentration(portfolio_id: UUID, analytics: AnalyticsDep) -> shapes.Concentration:
    """How much hangs on few holdings."""
    return await analytics.concentration(portfolio_id)


@router.get("/sector-exposure")
async def sector_exposure(portfolio_id: UUID, analytics: AnalyticsDep) -> shapes.SectorExposure:
    """What is held long and short in each sector."""
    return await analytics.sector_exposure(portfolio_id)


@router.get("/daily-movers")
async def daily_movers(
    portfolio_id: UUID, analytics: AnalyticsDep, limit: Annotated[int, Query(ge=1, le=50)] = DEFAULT_MOVERS
) -> shapes.DailyMovers:
    """What made and cost the most on the newest trading day."""
    return await analytics.daily_movers(portfolio_id, limit=limit)


@router.get("/risk-contributions")
async def risk_contributions(
    portfolio_id: UUID,
    analytics: AnalyticsDep,
    window: Annotated[int, Query(ge=30, le=2520, description="Trading days of history.")] = CONTRIBUTION_WINDOW,
) -> RiskContributions:
    """Which holdings the portfolio's volatility comes from; hedges are negative."""
    return await analytics.risk_contributions(portfolio_id, window=window)


@router.get("/hedge-quality")
async def hedge_quality(portfolio_id: UUID, analytics: AnalyticsDep) -> HedgeQuality:
    """How far the short side offsets the long side, and what a squeeze of each short would cost."""
    return await analytics.hedge_quality(portfolio_id)


@router.get("/factor-exposures")
async def factor_exposures(
    portfolio_id: UUID, analytics: AnalyticsDep, window: FactorWindow = FACTOR_WINDOW, estimator: Estimator = "ols"
) -> FactorExposures:
    """What today's holdings owe to the market and to styles."""
    return await analytics.factor_exposures(portfolio_id, window=window, estimator=estimator)


@router.get("/positions/factor-exposures")
async def position_factor_exposures(
    portfolio_id: UUID, analytics: AnalyticsDep, window: FactorWindow = FACTOR_WINDOW, estimator: Estimator = "ols"
) -> PositionFactorExposures:
    """The same for each holding on its own."""
    return await analytics.position_factor_exposures(portfolio_id, window=window, estimator=estimator)


@router.get("/stress-test")
async def stress_test(
    portfolio_id: UUID,
    analytics: AnalyticsDep,
    scenario: Annotated[list[str], Query(max_length=50, description="Keys of scenarios; else all.")] = [],  # noqa: B006
    positions: StressPositions = stress.DEFAULT_POSITIONS,
) -> StressTest:
    """The named scenarios on today's holdings."""
    return await analytics.stress_test(portfolio_id, scenarios=stress.named(scenario), positions=positions)


@router.post("/stress-test")
async def custom_stress_test(
    portfolio_id: UUID,
    wanted: CustomStress,
    analytics: AnalyticsDep,
    positions: StressPositions = stress.DEFAULT_POSITIONS,
) -> StressTest:
    """Shocks of one's own, or the replay of any past window."""
    return await analytics.stress_test(portfolio_id, scenarios=[stress.custom(wanted)], positions=positions)


@router.post("/what-if")
async def what_if(portfolio_id: UUID, wanted: WhatIfRequest, analytics: AnalyticsDep) -> WhatIf:
    """What trades would change. Nothing is stored."""
    return await analytics.what_if(portfolio_id, wanted.trades)


@router.get("/attribution")
async def attribution(
    portfolio_id: UUID, analytics: AnalyticsDep, start: Day | None = None, end: Day | None = None
) -> Attribution:
    """Where the profit came from: by position, sector and factor, to the cent."""
    if start is not None and end is not None and start >= end:
        raise InvalidField("start", "must lie before end")
    return await analytics.attribution(portfolio_id, start=start, end=end)
