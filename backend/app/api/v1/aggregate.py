"""The same measures of all the caller's portfolios together: their holdings joined, not their figures averaged.

In these answers `portfolio_id` is all zeros.
"""

from fastapi import APIRouter

from app.api.errors import SIGNED_IN_ERRORS, errors
from app.api.v1.analytics import AnalyticsDep
from app.schemas import analytics as shapes
from app.schemas.factor import FactorExposures
from app.schemas.risk_contribution import RiskContributions

router = APIRouter(prefix="/analytics/aggregate", tags=["analytics"], responses=SIGNED_IN_ERRORS | errors(404))


@router.get("/overview")
async def overview(analytics: AnalyticsDep) -> shapes.Overview:
    """The key figures at the newest prices."""
    return await analytics.overview(None)


@router.get("/positions")
async def positions(analytics: AnalyticsDep) -> shapes.Positions:
    """Each position at the newest close."""
    return await analytics.positions(None)


@router.get("/performance")
async def performance(analytics: AnalyticsDep) -> shapes.Performance:
    """What everything together has earned since the first inception."""
    return await analytics.performance(None)


@router.get("/volatility")
async def volatility(analytics: AnalyticsDep) -> shapes.Volatility:
    """Volatility of the sum, which is less than the average of the parts."""
    return await analytics.volatility(None)


@router.get("/value-at-risk")
async def value_at_risk(analytics: AnalyticsDep) -> shapes.ValueAtRisk:
    """Historical value at risk and expected shortfall of the sum."""
    return await analytics.value_at_risk(None)


@router.get("/drawdowns")
async def drawdowns(analytics: AnalyticsDep) -> shapes.Drawdowns:
    """The deepest falls of the joined value, flows taken out."""
    return await analytics.drawdowns(None)


@router.get("/beta")
async def beta(analytics: AnalyticsDep) -> shapes.Beta:
    """How everything together moves with the benchmark that most portfolios have."""
    return await analytics.beta(None)


@router.get("/concentration")
async def concentration(analytics: AnalyticsDep) -> shapes.Concentration:
    """How much hangs on few holdings."""
    return await analytics.concentration(None)


@router.get("/sector-exposure")
async def sector_exposure(analytics: AnalyticsDep) -> shapes.SectorExposure:
    """What is held long and short in each sector."""
    return await analytics.sector_exposure(None)


@router.get("/risk-contributions")
async def risk_contributions(analytics: AnalyticsDep) -> RiskContributions:
    """Which holdings the joined volatility comes from."""
    return await analytics.risk_contributions(None)


@router.get("/factor-exposures")
async def factor_exposures(analytics: AnalyticsDep) -> FactorExposures:
    """What everything together owes to the market and to styles."""
    return await analytics.factor_exposures(None)
