"""What today's holdings would gain or lose if something happened, and what trades would change. Nothing is stored."""

from typing import Annotated

from pydantic import Field

from app.agent.tools.contract import ToolRun, tool
from app.agent.tools.portfolio_choice import PortfolioArguments, chosen
from app.analytics.scenarios import SCENARIOS
from app.schemas.stress import CustomStress, Shocks, StressTest
from app.schemas.what_if import Trade, WhatIf
from app.services.analytics import AnalyticsService, stress

# Of each scenario the holdings with the largest effect; the whole list belongs on a page
MAX_STRESSED_POSITIONS = 3
MAX_TRADES = 20


class StressArguments(PortfolioArguments):
    scenarios: Annotated[
        list[str] | None,
        Field(
            max_length=20,
            description="Keys of named scenarios; leave out for all, or for none beside `shocks`. There are: "
            + ", ".join(scenario.key for scenario in SCENARIOS),
        ),
    ] = None
    shocks: Annotated[
        Shocks | None,
        Field(
            description="Shocks of one's own as fractions, such as factors.market -0.1 for a fall of 10 %, or by "
            "sector or symbol. Factors that are not named move along as they usually do."
        ),
    ] = None


class TradeArguments(PortfolioArguments):
    trades: Annotated[
        list[Trade],
        Field(
            min_length=1,
            max_length=MAX_TRADES,
            description="Units to buy, or to sell where negative, by symbol; without a price at the newest close.",
        ),
    ]


@tool
async def run_stress_test(arguments: StressArguments, run: ToolRun) -> StressTest:
    """Effect of scenarios on today's holdings: falls of the market, sectors, styles and rates, replays of real crises,
    or shocks of one's own. Use it for "what happens if"."""
    wanted = [stress.custom(CustomStress(shocks=arguments.shocks))] if arguments.shocks is not None else []
    if arguments.scenarios or not wanted:
        wanted += stress.named(arguments.scenarios or [])
    portfolio_id = await chosen(run, arguments.portfolio)
    return await AnalyticsService(run.session).stress_test(
        portfolio_id, scenarios=wanted, positions=MAX_STRESSED_POSITIONS
    )


@tool
async def simulate_trades(arguments: TradeArguments, run: ToolRun) -> WhatIf:
    """What trades would change: value, cash, exposure, volatility, beta, value at risk, expected shortfall,
    concentration, weights, sectors, factors and stress scenarios, before and after. Contracts go by their OCC symbol.
    Nothing is bought, sold or stored."""
    return await AnalyticsService(run.session).what_if(await chosen(run, arguments.portfolio), arguments.trades)
