"""What a refresh of prices needs to know of the stored ones, and putting another history in the place of one."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.market_data.source import InstrumentRow, PriceRow
from app.models import Instrument, MarketDataState, Price, Split

# Millions of rows may be written or counted at once, in the background
LONG_STATEMENT_MS = 600_000


async def allow_long_statements(session: AsyncSession) -> None:
    """For the rest of the transaction."""
    await session.execute(text(f"set local statement_timeout = {LONG_STATEMENT_MS}"))


async def stored_prices(session: AsyncSession, symbol: str, since: dt.date | None) -> list[PriceRow]:
    """Oldest first."""
    statement = select(Price.date, Price.close, Price.adjusted_close).where(Price.symbol == symbol)
    if since is not None:
        statement = statement.where(Price.date >= since)
    rows = await session.execute(statement.order_by(Price.date))
    return [PriceRow(symbol, day, close, adjusted_close) for day, close, adjusted_close in rows]


async def newest_days(session: AsyncSession) -> dict[str, dt.date]:
    """The newest priced day of each symbol that has prices."""
    rows = await session.execute(select(Price.symbol, func.max(Price.date)).group_by(Price.symbol))
    return {row.symbol: row[1] for row in rows}


async def splits(session: AsyncSession) -> dict[str, dict[dt.date, float]]:
    """The ratios that are known, by symbol and day."""
    found: dict[str, dict[dt.date, float]] = {}
    for symbol, day, ratio in await session.execute(select(Split.symbol, Split.date, Split.ratio)):
        found.setdefault(symbol, {})[day] = ratio
    return found


async def instruments(session: AsyncSession) -> dict[str, Instrument]:
    return {found.symbol: found for found in await session.scalars(select(Instrument))}


async def add_instruments(session: AsyncSession, rows: Sequence[InstrumentRow]) -> None:
    """What is known already stays as it is: a price source knows less of an instrument than we do."""
    if rows:
        columns = ("symbol", "name", "sector", "industry", "asset_class", "currency")
        values = [{name: getattr(row, name) for name in columns} for row in rows]
        await session.execute(insert(Instrument).values(values).on_conflict_do_nothing())


async def forget_prices(session: AsyncSession, symbols: Collection[str]) -> None:
    await session.execute(delete(Price).where(Price.symbol.in_(symbols)))


async def market_version(session: AsyncSession) -> int:
    return (await session.scalars(select(MarketDataState.version))).one()


async def lock_market_version(session: AsyncSession) -> int:
    """Until the end of the transaction nobody else changes the version."""
    return (await session.scalars(select(MarketDataState.version).with_for_update())).one()
