"""Trading days on which a series has no price."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# A trading day is one on which at least half of the series that exist at the time have a price: no calendar knows every
# exchange, and one stray row must not make a day of it. Days missing one after another are one gap.
_GAPS = text("""
    with series as (
        select symbol, min(date) as first, max(date) as newest from prices where symbol = any(:symbols) group by symbol
    ), quoted as (
        select date, count(*) as quotes from prices where symbol = any(:symbols) group by date
    ), calendar as (
        select date, row_number() over (order by date) as place from quoted
        where quotes * 2 >= (select count(*) from series where quoted.date between series.first and series.newest)
    ), missing as (
        select series.symbol, calendar.date, calendar.date > series.newest as is_open,
            calendar.place - row_number() over (partition by series.symbol order by calendar.place) as island
        from series
        join calendar on calendar.date > series.first
        where not exists (select from prices where prices.symbol = series.symbol and prices.date = calendar.date)
    )
    select symbol, min(date) as first_day, max(date) as last_day, count(*) as days, bool_or(is_open) as is_open
    from missing group by symbol, island order by symbol, first_day
""")


@dataclass(frozen=True, slots=True)
class PriceGap:
    """`first_day` to `last_day` lack `days` prices. An open gap reaches to the newest day: the series has ended."""

    symbol: str
    first_day: dt.date
    last_day: dt.date
    days: int
    is_open: bool


async def price_gaps(session: AsyncSession, symbols: Collection[str]) -> list[PriceGap]:
    """The gaps of these series, measured against each other: include the benchmark, whose days are known.

    A symbol without any price has no gap and no row here.
    """
    rows = await session.execute(_GAPS, {"symbols": list(symbols)})
    return [PriceGap(row.symbol, row.first_day, row.last_day, row.days, row.is_open) for row in rows]
