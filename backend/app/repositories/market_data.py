"""Writing instruments and prices in bulk. Reading them: `instrument` and `price`."""

from collections.abc import Iterable
from typing import Any

from psycopg import AsyncConnection
from sqlalchemy import CursorResult, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.market_data.source import InstrumentRow, PriceRow, SplitRow
from app.models import Instrument, Split

_INSTRUMENT_COLUMNS = ("name", "sector", "industry", "asset_class", "currency")

# Only what differs is written, so that a second load of the same data leaves no trace
_MERGE_PRICES = text("""
    insert into prices as known (symbol, date, close, adjusted_close, source)
    select symbol, date, close, adjusted_close, source from incoming_prices
    on conflict (symbol, date) do update
        set close = excluded.close, adjusted_close = excluded.adjusted_close, source = excluded.source
        where (known.close, known.adjusted_close, known.source)
            is distinct from (excluded.close, excluded.adjusted_close, excluded.source)
""")


async def upsert_instruments(session: AsyncSession, rows: Iterable[InstrumentRow]) -> None:
    values = [{"symbol": row.symbol} | {name: getattr(row, name) for name in _INSTRUMENT_COLUMNS} for row in rows]
    statement = insert(Instrument).values(values)
    replaced = {name: statement.excluded[name] for name in _INSTRUMENT_COLUMNS}
    await session.execute(statement.on_conflict_do_update(index_elements=["symbol"], set_=replaced))


async def merge_prices(session: AsyncSession, rows: Iterable[PriceRow], source: str) -> int:
    """How many prices are new or changed."""
    await session.execute(text("create temporary table incoming_prices (like prices) on commit drop"))
    connection = await _driver_connection(session)
    statement = "copy incoming_prices (symbol, date, close, adjusted_close, source) from stdin"
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row((row.symbol, row.date, row.close, row.adjusted_close, source))
    result = await session.execute(_MERGE_PRICES)
    assert isinstance(result, CursorResult)  # noqa: S101 - what a statement without returned rows gives
    return result.rowcount


async def merge_splits(session: AsyncSession, rows: Iterable[SplitRow], source: str) -> int:
    """How many splits are new or changed."""
    values = [{"symbol": row.symbol, "date": row.date, "ratio": row.ratio, "source": source} for row in rows]
    if not values:
        return 0
    statement = insert(Split).values(values)
    changed = statement.on_conflict_do_update(
        index_elements=["symbol", "date"],
        set_={"ratio": statement.excluded.ratio, "source": statement.excluded.source},
        where=Split.ratio.is_distinct_from(statement.excluded.ratio),
    )
    return len((await session.execute(changed.returning(Split.symbol))).all())


async def advance_version(session: AsyncSession) -> None:
    """Everything computed from prices before this is out of date."""
    await session.execute(
        text("update market_data_state set version = version + 1, as_of = (select max(date) from prices)")
    )


async def _driver_connection(session: AsyncSession) -> AsyncConnection[Any]:
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    assert isinstance(connection, AsyncConnection)  # noqa: S101 - the one driver that this product uses
    return connection
