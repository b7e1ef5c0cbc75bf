"""How the holdings spread over positions and sectors, and how they move together; and how good the data is."""

from typing import Annotated

from pydantic import Field

from app.agent.tools.contract import ToolRun, tool
from app.agent.tools.portfolio_choice import PortfolioArguments, chosen
from app.agent.tools.results import CorrelationBrief, shortened
from app.schemas.analytics import Concentration, DataQuality, SectorExposure
from app.services.analytics import AnalyticsService

# A matrix of this size is about 5 KB; larger ones are for a heat map
MAX_CORRELATED = 20


class CorrelationArguments(PortfolioArguments):
    window: Annotated[int, Field(ge=30, le=2520, description="Trading days of history.")] = 252


@tool
async def get_correlation_matrix(arguments: CorrelationArguments, run: ToolRun) -> CorrelationBrief:
    """How the holdings move together: the matrix of the largest ones, their average correlation, and the most and least
    correlated pairs."""
    portfolio_id = await chosen(run, arguments.portfolio)
    found = await AnalyticsService(run.session).correlation_matrix(
        portfolio_id, window=arguments.window, limit=MAX_CORRELATED
    )
    is_cut = len(found.symbols) == MAX_CORRELATED
    limits = {"symbols": f"at most the {MAX_CORRELATED} largest holdings"} if is_cut else {}
    return shortened(CorrelationBrief, found, limits=limits)


@tool
async def get_concentration(arguments: PortfolioArguments, run: ToolRun) -> Concentration:
    """How much hangs on few positions, on gross weights: Herfindahl index, effective number of positions, share of the
    largest one, three and ten, and the ten largest."""
    return await AnalyticsService(run.session).concentration(await chosen(run, arguments.portfolio))


@tool
async def get_sector_exposure(arguments: PortfolioArguments, run: ToolRun) -> SectorExposure:
    """What is held long and short in each sector, net of net asset value and as a share of gross exposure. Funds are
    not looked through."""
    return await AnalyticsService(run.session).sector_exposure(await chosen(run, arguments.portfolio))


@tool
async def get_data_quality(arguments: PortfolioArguments, run: ToolRun) -> DataQuality:
    """First and last price dates and gaps in the prices behind a portfolio: how far its figures can be trusted."""
    return await AnalyticsService(run.session).data_quality(await chosen(run, arguments.portfolio))
