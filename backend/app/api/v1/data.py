"""What a portfolio holds, what it was worth day by day, and the prices behind it."""

from uuid import UUID

from fastapi import APIRouter

from app.api.deps import SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.api.v1.analytics import AnalyticsDep
from app.schemas import analytics as shapes
from app.schemas.day import Day
from app.schemas.market import MarketOverview
from app.schemas.position import Symbol
from app.services import market_overview as market_service
from app.services import price as price_service
from app.services import snapshot as snapshot_service

router = APIRouter(prefix="/data", tags=["data"], responses=SIGNED_IN_ERRORS | errors(404))


@router.get("/portfolio/{portfolio_id}/complete")
async def complete(portfolio_id: UUID, analytics: AnalyticsDep) -> shapes.PortfolioComplete:
    """Everything the portfolio page opens with."""
    return await analytics.complete(portfolio_id)


@router.get("/portfolio/{portfolio_id}/snapshot")
async def snapshot(portfolio_id: UUID, session: SessionDep, date: Day | None = None) -> shapes.Snapshot:
    """The stored figures of one day: the newest, or the last trading day up to `date`."""
    return await snapshot_service.newest(session, portfolio_id, date)


@router.get("/portfolio/{portfolio_id}/data-quality")
async def data_quality(portfolio_id: UUID, analytics: AnalyticsDep) -> shapes.DataQuality:
    """How complete the prices behind the portfolio are."""
    return await analytics.data_quality(portfolio_id)


@router.get("/positions/{portfolio_id}")
async def positions(portfolio_id: UUID, analytics: AnalyticsDep) -> shapes.Positions:
    """Each position at the newest close."""
    return await analytics.positions(portfolio_id)


@router.get("/prices/{symbol}")
async def prices(
    symbol: Symbol, session: SessionDep, start: Day | None = None, end: Day | None = None
) -> shapes.PriceSeries:
    """Daily closes, oldest first."""
    return await price_service.series(session, symbol, start, end)


@router.get("/market-overview")
async def market_overview(session: SessionDep) -> MarketOverview:
    """Indexes, style funds, sectors and breadth on the newest day of the market data."""
    return await market_service.market_overview(session)
