import datetime as dt

import numpy as np
import pytest

from app.db import Database
from app.repositories.price import PanelCache, PricePanel, price_panel
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
        first_two = await price_panel(session, ["LONG"], version=1, end=FIRST_DAY + dt.timedelta(days=1))
        nothing = await price_panel(session, [], version=1)
    assert panel.symbols == ("LATE", "LONG", "NONE")
    np.testing.assert_array_equal(panel.closes[:, 0], [np.nan, 7.0, np.nan])
    assert np.isnan(panel.closes[:, 2]).all()
    assert first_two.closes[:, 0].tolist() == [1.0, 2.0]
    assert (nothing.closes.shape, nothing.dates.shape) == ((0, 0), (0,))


def panel(cells: int) -> PricePanel:
    return PricePanel(np.empty(0, dtype="datetime64[D]"), (), np.zeros((cells, 1)), np.zeros((0, 1)))


def key(symbol: str) -> tuple[frozenset[str], None, None]:
    return frozenset([symbol]), None, None


def test_the_least_recently_used_panel_goes_first() -> None:
    cache = PanelCache(capacity_bytes=2 * 8 * 100)
    first, second, third = panel(100), panel(100), panel(100)
    cache.put(1, key("A"), first)
    cache.put(1, key("B"), second)
    assert cache.get(1, key("A")) is first
    cache.put(1, key("C"), third)
    assert cache.get(1, key("A")) is first
    assert cache.get(1, key("B")) is None


def test_a_newer_version_empties_the_cache_and_an_older_one_is_not_kept() -> None:
    cache = PanelCache()
    cache.put(1, key("A"), panel(1))
    cache.put(2, key("B"), panel(1))
    cache.put(1, key("C"), panel(1))
    asked = [(1, "A"), (2, "A"), (2, "B"), (2, "C")]
    assert [cache.get(version, key(symbol)) is not None for version, symbol in asked] == [False, False, True, False]
