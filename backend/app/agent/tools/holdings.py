"""What is held, in one portfolio and across them."""

from typing import Annotated

from pydantic import Field

from app.agent.tools.contract import ToolRun, tool
from app.agent.tools.portfolio_choice import PortfolioArguments, chosen, every
from app.agent.tools.results import (
    ComparedPortfolio,
    Comparison,
    PortfolioBrief,
    PortfolioList,
    PositionList,
    shortened,
)
from app.schemas.analytics import Overview
from app.schemas.base import Request
from app.schemas.page import PageQuery
from app.schemas.position import ValuedPosition
from app.services import portfolio as portfolio_service
from app.services.analytics import AnalyticsService

# More rows than this are neither read by a person nor weighed by a model
MAX_PORTFOLIOS = 50
MAX_BRIEF_POSITIONS = 15
MAX_POSITIONS = 60
MAX_COMPARED = 6


class NoArguments(Request):
    pass


class CompareArguments(Request):
    portfolios: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=120)]] | None,
        Field(
            min_length=1,
            max_length=MAX_COMPARED,
            description=f"Names or ids of up to {MAX_COMPARED} portfolios. Leave out to compare all.",
        ),
    ] = None


@tool
async def list_portfolios(_arguments: NoArguments, run: ToolRun) -> PortfolioList:
    """The person's portfolios: names, ids, net asset value, day and total return.

    Use it to learn which portfolios there are, or when the person names one that you have not seen.
    """
    page = await portfolio_service.list_page(run.session, PageQuery(limit=MAX_PORTFOLIOS))
    limits = {"portfolios": f"the first {MAX_PORTFOLIOS}; there are more"} if page.next_cursor else {}
    return PortfolioList(portfolios=page.items, limits=limits)


@tool
async def get_portfolio_complete(arguments: PortfolioArguments, run: ToolRun) -> PortfolioBrief:
    """Key figures of a portfolio at the newest prices, with its largest positions.

    Net asset value, cash, long, short, gross and net exposure, day and total result, volatility, beta, value at risk,
    drawdown. Use it for an overview; the other tools go deeper into one measure.
    """
    found = await AnalyticsService(run.session).complete(await chosen(run, arguments.portfolio))
    positions, limits = _largest(found.positions, MAX_BRIEF_POSITIONS)
    return shortened(PortfolioBrief, found, positions=positions, limits=limits)


@tool
async def get_positions(arguments: PortfolioArguments, run: ToolRun) -> PositionList:
    """Open positions valued at the newest close: quantity, entry, price, market value, weight of net asset value,
    unrealised profit and the day's result. Shorts have a negative quantity and weight. Options come with their terms,
    Greeks, delta-adjusted exposure and where their volatility comes from; their prices are per share."""
    found = await AnalyticsService(run.session).positions(await chosen(run, arguments.portfolio))
    positions, limits = _largest(found.positions, MAX_POSITIONS)
    return shortened(PositionList, found, positions=positions, limits=limits)


@tool
async def compare_portfolios(arguments: CompareArguments, run: ToolRun) -> Comparison:
    """The key figures of several portfolios side by side: value, returns, volatility, beta, value at risk, drawdown,
    exposure and largest position. Use it for "which of my portfolios is ..."."""
    if arguments.portfolios is None:
        ids = await every(run)
    else:
        ids = list(dict.fromkeys([await chosen(run, wanted) for wanted in arguments.portfolios]))
    analytics = AnalyticsService(run.session)
    compared = [_compared(await analytics.overview(portfolio_id)) for portfolio_id in ids[:MAX_COMPARED]]
    limits = {"portfolios": f"the first {MAX_COMPARED} of {len(ids)}"} if len(ids) > MAX_COMPARED else {}
    return Comparison(portfolios=compared, limits=limits)


def _largest(positions: list[ValuedPosition], limit: int) -> tuple[list[ValuedPosition], dict[str, str]]:
    """They come largest first."""
    if len(positions) <= limit:
        return positions, {}
    return positions[:limit], {"positions": f"the largest {limit} of {len(positions)} by market value"}


def _compared(found: Overview) -> ComparedPortfolio:
    valuation = found.valuation
    return ComparedPortfolio(
        name=found.portfolio_name,
        nav=valuation.nav,
        cash=valuation.cash,
        gross_leverage=valuation.gross_leverage,
        net_leverage=valuation.net_leverage,
        **found.model_dump(include=set(ComparedPortfolio.model_fields)),
    )
