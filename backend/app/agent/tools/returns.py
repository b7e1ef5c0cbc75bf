"""What was earned, what moved, and prices."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from app.agent.tools.contract import InstrumentNotFound, InvalidArguments, ToolRun, tool
from app.agent.tools.portfolio_choice import PortfolioArguments, chosen
from app.agent.tools.results import PerformanceBrief, PriceHistory, shortened
from app.analytics.errors import InsufficientData
from app.analytics.performance import months_before
from app.schemas.analytics import DailyMovers, PriceSeries
from app.schemas.base import Request
from app.schemas.day import Day
from app.schemas.position import Symbol
from app.services import price as price_service
from app.services.analytics import AnalyticsService
from app.services.analytics.thinning import thinned

# Enough to see the shape of a history
MAX_SERIES_POINTS = 60

Period = Literal["1W", "1M", "3M", "6M", "YTD", "1Y", "3Y", "5Y", "MAX"]
_MONTHS: dict[Period, int] = {"1M": 1, "3M": 3, "6M": 6, "1Y": 12, "3Y": 36, "5Y": 60}


class PriceArguments(Request):
    symbol: Annotated[Symbol, Field(description="Ticker symbol, such as AAPL.")]
    period: Annotated[
        Period, Field(description="Back from the newest price. Not used where start or end is given.")
    ] = "3M"
    start: Annotated[Day | None, Field(description="First day, as YYYY-MM-DD.")] = None
    end: Annotated[Day | None, Field(description="Last day, as YYYY-MM-DD.")] = None


@tool
async def get_performance(arguments: PortfolioArguments, run: ToolRun) -> PerformanceBrief:
    """What the portfolio has earned, time-weighted, beside its benchmark.

    Total and annualised return, returns by period (1D, 1W, 1M, 3M, 6M, YTD, 1Y, 3Y, SI = since inception), best and
    worst day, and a thinned history of net asset value, growth and drawdown.
    """
    portfolio_id = await chosen(run, arguments.portfolio)
    found = await AnalyticsService(run.session).performance(portfolio_id, max_points=MAX_SERIES_POINTS)
    limits = {"series": f"one in {found.series_step} trading days"} if found.series_step > 1 else {}
    return shortened(PerformanceBrief, found, limits=limits)


@tool
async def get_daily_movers(arguments: PortfolioArguments, run: ToolRun) -> DailyMovers:
    """What made and cost the most on the newest trading day, with each position's contribution to the day's return.

    Use it for "what moved today" and "why is my portfolio down".
    """
    return await AnalyticsService(run.session).daily_movers(await chosen(run, arguments.portfolio))


@tool
async def get_prices_historical(arguments: PriceArguments, run: ToolRun) -> PriceHistory:
    """Daily closes of one instrument with the change, the highest and the lowest close of the period.

    Closes are as quoted, without dividends. Instruments need not be held.
    """
    found = await _series(arguments, run)
    if not found.dates:
        raise InsufficientData(f"A price history of {found.symbol}", needed=1, had=0)
    high, low = found.closes.index(max(found.closes)), found.closes.index(min(found.closes))
    shown, step = thinned(len(found.dates), MAX_SERIES_POINTS)
    return PriceHistory(
        **found.model_dump(exclude={"dates", "closes"}),
        dates=[found.dates[i] for i in shown],
        closes=[found.closes[i] for i in shown],
        first_date=found.dates[0],
        first_close=found.closes[0],
        last_date=found.dates[-1],
        last_close=found.closes[-1],
        change=found.closes[-1] / found.closes[0] - 1,
        high=found.closes[high],
        high_date=found.dates[high],
        low=found.closes[low],
        low_date=found.dates[low],
        limits={"dates": f"one in {step} trading days; the figures use every day"} if step > 1 else {},
    )


async def _series(arguments: PriceArguments, run: ToolRun) -> PriceSeries:
    start, end = arguments.start, arguments.end
    if start is not None and end is not None and start > end:
        raise InvalidArguments("get_prices_historical was not run: `start` lies after `end`. Exchange them.")
    try:
        found = await price_service.series(run.session, arguments.symbol, start, end)
    except price_service.SymbolNotFound as error:
        raise InstrumentNotFound(
            f"There is no instrument {arguments.symbol}. Use a ticker symbol; get_positions lists those that are held."
        ) from error
    return found if start or end else _newest(found, arguments.period)


def _newest(found: PriceSeries, period: Period) -> PriceSeries:
    if not found.dates or period == "MAX":
        return found
    first = _base_row(found.dates, _first_day(found.dates[-1], period))
    return found.model_copy(
        update={
            "dates": found.dates[first:],
            "closes": found.closes[first:],
            "truncated": found.truncated and first == 0,
        }
    )


def _base_row(dates: Sequence[dt.date], start: dt.date) -> int:
    """The last day on or before the start: what a change over the period is measured from."""
    return max(bisect_right(dates, start) - 1, 0)


def _first_day(newest: dt.date, period: Period) -> dt.date:
    if period == "1W":
        return newest - dt.timedelta(days=7)
    return dt.date(newest.year - 1, 12, 31) if period == "YTD" else months_before(newest, _MONTHS[period])
