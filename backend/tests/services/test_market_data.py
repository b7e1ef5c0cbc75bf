import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.market_data.bundled import BundledMarketData
from app.market_data.source import InstrumentRow, PriceRow, SplitRow
from app.models import Instrument, MarketDataState, Price, Split
from app.services import market_data

ACME = InstrumentRow("ACME", "Acme Inc.", None, None, "equity", "USD")
MONDAY = PriceRow("ACME", dt.date(2024, 1, 8), 10.0, 9.5)


@dataclass
class FixedSource:
    rows: Sequence[PriceRow]
    known_splits: Sequence[SplitRow] = ()
    name: str = "fixed"

    def instruments(self) -> list[InstrumentRow]:
        return [ACME]

    def prices(self) -> Sequence[PriceRow]:
        return self.rows

    def splits(self) -> Sequence[SplitRow]:
        return self.known_splits


async def load(database: Database, *rows: PriceRow) -> tuple[int, MarketDataState]:
    async with database.session() as session:
        changed = await market_data.load(session, FixedSource(rows))
    async with database.session() as session:
        return changed, (await session.scalars(select(MarketDataState))).one()


async def test_the_bundled_data_loads_whole_and_a_second_load_changes_nothing(database: Database) -> None:
    async with database.session() as session:
        first = await market_data.load(session, BundledMarketData())
    async with database.session() as session:
        second = await market_data.load(session, BundledMarketData())
        state = (await session.scalars(select(MarketDataState))).one()
        symbols = await session.scalar(select(func.count()).select_from(Instrument))

    assert (first, second, symbols) == (58_864, 0, 26)
    assert (state.version, state.as_of) == (1, dt.date(2022, 12, 28))


async def test_a_corrected_price_is_written_and_advances_the_version(database: Database) -> None:
    await load(database, MONDAY)

    changed, state = await load(database, replace(MONDAY, close=11.0))

    assert (changed, state.version) == (1, 2)
    async with database.session() as session:
        price = (await session.scalars(select(Price))).one()
    assert (price.close, price.adjusted_close, price.source) == (11.0, 9.5, "fixed")


async def test_a_newer_day_moves_as_of(database: Database) -> None:
    await load(database, MONDAY)

    changed, state = await load(database, MONDAY, replace(MONDAY, date=dt.date(2024, 1, 9)))

    assert (changed, state.as_of) == (1, dt.date(2024, 1, 9))


async def test_a_split_advances_the_version_once(database: Database) -> None:
    source = FixedSource([MONDAY], [SplitRow("ACME", MONDAY.date, 4.0)])
    await load(database, MONDAY)
    for _ in range(2):
        async with database.session() as session:
            assert await market_data.load(session, source) == 0

    async with database.session() as session:
        state = (await session.scalars(select(MarketDataState))).one()
        split = (await session.scalars(select(Split))).one()
    assert state.version == 2
    assert (split.symbol, split.date, split.ratio, split.source) == ("ACME", MONDAY.date, 4.0, "fixed")


@pytest.mark.market_data
async def test_a_marked_test_finds_the_bundled_prices(database: Database) -> None:
    async with database.session() as session:
        newest = await session.get(Price, ("SP500", dt.date(2022, 12, 28)))

    assert newest is not None
