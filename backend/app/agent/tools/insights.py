from typing import Annotated

from pydantic import Field

from app.agent.tools.contract import ToolRun, tool
from app.agent.tools.portfolio_choice import PortfolioArguments, chosen
from app.agent.tools.results import InsightBrief, RecentInsights
from app.repositories import insight as insight_repository


class InsightArguments(PortfolioArguments):
    limit: Annotated[int, Field(ge=1, le=10, description="How many, newest first.")] = 5


@tool
async def get_recent_insights(arguments: InsightArguments, run: ToolRun) -> RecentInsights:
    """Insights that were written before: daily summaries with their findings and recommendations, newest first.

    Without a portfolio named, or one on the person's page, those of all portfolios.
    """
    is_about_one = arguments.portfolio is not None or run.context.portfolio_id is not None
    portfolio_id = await chosen(run, arguments.portfolio) if is_about_one else None
    found = await insight_repository.list_newest(run.session, portfolio_id=portfolio_id, limit=arguments.limit)
    return RecentInsights(insights=[InsightBrief.model_validate(insight) for insight in found])
