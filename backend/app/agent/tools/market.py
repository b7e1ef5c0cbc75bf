"""The market around the portfolios."""

from app.agent.tools.contract import ToolRun, tool
from app.agent.tools.holdings import NoArguments
from app.schemas.market import MarketOverview
from app.services import market_overview as market_service


@tool
async def get_market_overview(_arguments: NoArguments, run: ToolRun) -> MarketOverview:
    """How the market has done: returns of indexes, style funds and sectors over 1, 5, 21 and 63 trading days, their
    volatility, and breadth (how many equities rose, and how many stand above their 200-day mean). Use it for "how is
    the market" and to set a portfolio's day beside the market's."""
    return await market_service.market_overview(run.session)
