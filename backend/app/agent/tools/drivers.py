"""What drives a portfolio's risk and profit: holdings, factors, sectors."""

from typing import Annotated

from pydantic import Field

from app.agent.tools.contract import InvalidArguments, ToolRun, tool
from app.agent.tools.portfolio_choice import PortfolioArguments, chosen
from app.agent.tools.results import PositionFactorBrief, shortened
from app.schemas.attribution import Attribution
from app.schemas.day import Day
from app.schemas.factor import FactorExposures
from app.schemas.hedge import HedgeQuality
from app.schemas.risk_contribution import RiskContributions
from app.services.analytics import AnalyticsService

# Seven betas each: more rows are for a page
MAX_FACTOR_POSITIONS = 25


class AttributionArguments(PortfolioArguments):
    start: Annotated[Day | None, Field(description="From the close of this day; leave out for inception.")] = None
    end: Annotated[Day | None, Field(description="To the close of this day; leave out for the newest.")] = None


@tool
async def get_risk_contributions(arguments: PortfolioArguments, run: ToolRun) -> RiskContributions:
    """Which holdings the portfolio's volatility comes from, in annualised volatility and as shares that sum to one;
    hedges are negative. With the diversification ratio."""
    return await AnalyticsService(run.session).risk_contributions(await chosen(run, arguments.portfolio))


@tool
async def get_hedge_quality(arguments: PortfolioArguments, run: ToolRun) -> HedgeQuality:
    """How far the short side offsets the long side: volatility of both, their correlation, the share of the longs'
    volatility that the shorts take away, the ratio that would take most, and what a squeeze of each short would cost.
    Use it for "how well am I hedged"."""
    return await AnalyticsService(run.session).hedge_quality(await chosen(run, arguments.portfolio))


@tool
async def get_factor_exposures(arguments: PortfolioArguments, run: ToolRun) -> FactorExposures:
    """Betas of today's holdings to the market and to styles (momentum, quality, size, minimum volatility, value), with
    errors, the collinearity of the factors, and how much of the volatility is systematic."""
    return await AnalyticsService(run.session).factor_exposures(await chosen(run, arguments.portfolio))


@tool
async def get_position_factor_exposures(arguments: PortfolioArguments, run: ToolRun) -> PositionFactorBrief:
    """Betas of each holding to the market and to styles, with t statistics, R squared and specific volatility: which
    positions carry a factor. The weighted sums are the portfolio's own betas."""
    found = await AnalyticsService(run.session).position_factor_exposures(await chosen(run, arguments.portfolio))
    largest = sorted(found.positions, key=lambda position: -abs(position.weight))
    is_cut = len(largest) > MAX_FACTOR_POSITIONS
    limits = {"positions": f"the {MAX_FACTOR_POSITIONS} largest of {len(largest)} by weight"} if is_cut else {}
    return shortened(PositionFactorBrief, found, positions=largest[:MAX_FACTOR_POSITIONS], limits=limits)


@tool
async def get_pnl_attribution(arguments: AttributionArguments, run: ToolRun) -> Attribution:
    """Where a period's profit came from, by position, sector and factor; each list sums to the profit to the cent."""
    if arguments.start is not None and arguments.end is not None and arguments.start >= arguments.end:
        raise InvalidArguments("get_pnl_attribution was not run: `start` must lie before `end`.")
    return await AnalyticsService(run.session).attribution(
        await chosen(run, arguments.portfolio), start=arguments.start, end=arguments.end
    )
