"""What the person expects instruments to be worth."""

from app.agent.tools.contract import ToolRun, tool
from app.agent.tools.portfolio_choice import PortfolioArguments, chosen
from app.agent.tools.results import TargetPriceList
from app.schemas.page import PageQuery
from app.services import portfolio as portfolio_service
from app.services import target_price as target_price_service

MAX_TARGETS = 60


@tool
async def get_target_prices(arguments: PortfolioArguments, run: ToolRun) -> TargetPriceList:
    """The person's own target prices in a portfolio: bear, base and bull case, the day by which, their note, the newest
    close and the change from it to each case. They are the person's expectations, not a forecast of the product."""
    portfolio_id = await chosen(run, arguments.portfolio)
    portfolio = await portfolio_service.find(run.session, portfolio_id)
    page = await target_price_service.list_page(run.session, portfolio_id, PageQuery(limit=MAX_TARGETS))
    days = [target.last_close_date for target in page.items if target.last_close_date is not None]
    return TargetPriceList(
        portfolio_id=portfolio_id,
        portfolio_name=portfolio.name,
        as_of=max(days, default=None),
        targets=page.items,
        limits={"targets": f"the first {MAX_TARGETS} by symbol; there are more"} if page.next_cursor else {},
    )
