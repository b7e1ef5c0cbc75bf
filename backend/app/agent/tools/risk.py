"""How much today's holdings move, with the market and by themselves, and how much they may lose."""

from typing import Annotated

from pydantic import Field

from app.agent.tools.contract import ToolRun, tool
from app.agent.tools.portfolio_choice import PortfolioArguments, chosen
from app.agent.tools.results import VolatilityBrief, shortened
from app.schemas.analytics import Beta, Drawdowns, ValueAtRisk
from app.services.analytics import AnalyticsService

# Enough to see whether it rises or falls
MAX_ROLLING_POINTS = 40


class TailArguments(PortfolioArguments):
    confidence: Annotated[
        float | None, Field(ge=0.8, le=0.995, description="As a fraction, such as 0.95. Leave out for 0.95 and 0.99.")
    ] = None
    horizon_days: Annotated[int | None, Field(ge=1, le=63, description="Trading days. Leave out for 1 and 10.")] = None


class DrawdownArguments(PortfolioArguments):
    limit: Annotated[int, Field(ge=1, le=10, description="How many of the deepest falls.")] = 5


@tool
async def get_volatility(arguments: PortfolioArguments, run: ToolRun) -> VolatilityBrief:
    """Annualised volatility of today's holdings over 21, 63 and 252 trading days, beside the benchmark's, with the
    ratio to it and the rolling 63-day volatility."""
    portfolio_id = await chosen(run, arguments.portfolio)
    found = await AnalyticsService(run.session).volatility(portfolio_id, max_points=MAX_ROLLING_POINTS)
    return shortened(VolatilityBrief, found, limits={"rolling_63d": f"at most {MAX_ROLLING_POINTS} points"})


@tool
async def get_beta(arguments: PortfolioArguments, run: ToolRun) -> Beta:
    """Beta of the portfolio and of each position to the benchmark, with R squared, standard error and p-value: how far
    it tends to move with the market, and how much of its variation the market explains."""
    return await AnalyticsService(run.session).beta(await chosen(run, arguments.portfolio))


@tool
async def get_value_at_risk(arguments: TailArguments, run: ToolRun) -> ValueAtRisk:
    """Historical value at risk and expected shortfall of today's holdings, as fractions of net asset value and as
    amounts; positive figures are losses. Use it for how much may be lost on a bad day."""
    return await AnalyticsService(run.session).value_at_risk(
        await chosen(run, arguments.portfolio),
        confidence=arguments.confidence,
        horizon_days=arguments.horizon_days,
    )


@tool
async def get_drawdowns(arguments: DrawdownArguments, run: ToolRun) -> Drawdowns:
    """The deepest falls of the portfolio's value from a peak, with start, trough and recovery, and how far below its
    peak it stands now."""
    portfolio_id = await chosen(run, arguments.portfolio)
    return await AnalyticsService(run.session).drawdowns(portfolio_id, limit=arguments.limit)
