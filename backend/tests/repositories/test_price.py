import datetime as dt

import numpy as np
import pytest
from sqlalchemy import text

from app.analytics.arrays import FloatArray
from app.db import Database
from app.repositories.price import PriceCache, price_panel
from tests.builders import FIRST_DAY, make_instrument
from tests.bundled import read_market


@pytest.mark.market_data
async def test_a_panel_holds_what_the_files_hold(database: Database) -> None:
    symbols = ["MSFT", "AAPL", "SP500"]
    async with database.session() as session:
        panel = await price_panel(session, symbols, version=1)
    assert panel.symbols == ("AAPL", "MSFT", "SP500")
    np.testing.assert_array_equal(panel.dates, read_market().days)
    np.testing.assert_array_equal(panel.closes[:, 1], read_market().close("MSFT"))
    np.testing.assert_array_equal(panel.closes, panel.adjusted_closes)
    assert not panel.closes.flags.writeable


async def test_days_without_a_price_and_unknown_symbols_are_nan(database: Database) -> None:
    await make_instrument(database, "LONG", [1.0, 2.0, 3.0])
    await make_instrument(database, "LATE", [7.0], first_day=FIRST_DAY + dt.timedelta(days=1))
    async with database.session() as session:
        panel = await price_panel(session, ["LONG", "LATE", "NONE"], version=1)
        nothing = await price_panel(session, [], version=1)
    assert panel.symbols == ("LATE", "LONG", "NONE")
    np.testing.assert_array_equal(panel.closes[:, 0], [np.nan, 7.0, np.nan])
    assert np.isnan(panel.closes[:, 2]).all()
    assert (nothing.closes.shape, nothing.dates.shape) == ((0, 0), (0,))


async def test_only_what_is_not_in_memory_is_read(database: Database) -> None:
    await make_instrument(database, "OLD", [1.0, 2.0, 3.0])
    await make_instrument(database, "OTHER", [4.0, 5.0])
    async with database.session() as session:
        await price_panel(session, ["OLD"], version=1)
        await session.execute(text("delete from prices where symbol = 'OLD'"))
        kept = await price_panel(session, ["OLD", "OTHER"], version=1)
        newer = await price_panel(session, ["OLD", "OTHER"], version=2)
    np.testing.assert_array_equal(kept.closes, [[1.0, 4.0], [2.0, 5.0], [3.0, np.nan]])
    np.testing.assert_array_equal(newer.closes, [[np.nan, 4.0], [np.nan, 5.0]])


def array(size: int) -> FloatArray:
    return np.zeros(size)


def test_the_least_recently_used_goes_first() -> None:
    cache: PriceCache[str, FloatArray] = PriceCache(capacity_bytes=2 * 8 * 100)
    first, second, third = array(100), array(100), array(100)
    cache.put(1, "A", first)
    cache.put(1, "B", second)
    assert cache.get(1, "A") is first
    cache.put(1, "C", third)
    assert cache.get(1, "A") is first
    assert cache.get(1, "B") is None


def test_the_same_again_takes_no_more_room() -> None:
    cache: PriceCache[str, FloatArray] = PriceCache(capacity_bytes=2 * 8 * 100)
    for symbol in ("A", "B", "B", "B"):
        cache.put(1, symbol, array(100))
    assert cache.get(1, "A") is not None


def test_a_newer_version_empties_the_cache_and_an_older_one_is_not_kept() -> None:
    cache: PriceCache[str, FloatArray] = PriceCache(capacity_bytes=1000)
    cache.put(1, "A", array(1))
    cache.put(2, "B", array(1))
    cache.put(1, "C", array(1))
    asked = [(1, "A"), (2, "A"), (2, "B"), (2, "C")]
    assert [cache.get(version, key) is not None for version, key in asked] == [False, False, True, False]
