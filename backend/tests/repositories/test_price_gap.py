import datetime as dt
from collections.abc import Sequence

import numpy as np

from app.analytics import prices
from app.db import Database
from app.models import Price
from app.repositories.price_gap import PriceGap, price_gaps
from tests.builders import make_instrument

DAYS = [dt.date(2024, 1, 8) + dt.timedelta(days=offset) for offset in range(5)]


async def store(database: Database, symbol: str, days: Sequence[dt.date]) -> None:
    await make_instrument(database, symbol)
    async with database.session() as session:
        session.add_all(Price(symbol=symbol, date=day, close=1.0, adjusted_close=1.0, source="test") for day in days)


async def gaps(database: Database, *symbols: str) -> list[PriceGap]:
    async with database.session() as session:
        return await price_gaps(session, symbols)


async def test_days_missing_one_after_another_are_one_gap(database: Database) -> None:
    await store(database, "SP500", DAYS)
    await store(database, "ACME", [DAYS[0], DAYS[3], DAYS[4]])

    assert await gaps(database, "SP500", "ACME") == [PriceGap("ACME", DAYS[1], DAYS[2], 2, is_open=False)]


async def test_a_series_that_has_ended_has_an_open_gap(database: Database) -> None:
    await store(database, "SP500", DAYS)
    await store(database, "ACME", [DAYS[0], DAYS[2]])

    assert await gaps(database, "SP500", "ACME") == [
        PriceGap("ACME", DAYS[1], DAYS[1], 1, is_open=False),
        PriceGap("ACME", DAYS[3], DAYS[4], 2, is_open=True),
    ]


async def test_days_before_the_first_price_are_no_gap(database: Database) -> None:
    await store(database, "SP500", DAYS)
    await store(database, "ACME", DAYS[3:])

    assert await gaps(database, "SP500", "ACME") == []


async def test_a_stray_row_makes_no_trading_day(database: Database) -> None:
    for symbol in ("SP500", "B", "C"):
        await store(database, symbol, [DAYS[0], DAYS[1], DAYS[4]])
    await store(database, "ACME", DAYS)

    assert await gaps(database, "SP500", "B", "C", "ACME") == []


async def test_nothing_is_missing_where_nothing_is_known(database: Database) -> None:
    await make_instrument(database, "ACME")

    assert await gaps(database, "ACME", "UNKNOWN") == []
    assert await gaps(database) == []


async def test_the_prices_in_memory_have_the_same_gaps(database: Database) -> None:
    rng = np.random.default_rng(4)
    days = [DAYS[0] + dt.timedelta(days=offset) for offset in range(30)]
    known = rng.random((30, 6)) < 0.7
    known[:10, 1] = known[20:, 2] = known[:, 3] = False
    known[5] = known[25] = False
    known[25, 0] = known[26:, 4] = True
    symbols = [f"S{column}" for column in range(6)]
    for column, symbol in enumerate(symbols):
        await store(database, symbol, [day for day, has in zip(days, known[:, column], strict=True) if has])

    in_memory = prices.gaps(np.where(known, 1.0, np.nan))

    found = [PriceGap(symbols[gap.column], days[gap.first], days[gap.last], gap.days, gap.is_open) for gap in in_memory]
    assert found == await gaps(database, *symbols)
    assert {gap.is_open for gap in found} == {True, False}
