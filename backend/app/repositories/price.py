"""Closing prices as arrays: one statement for any number of symbols, kept in memory until prices change."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Engine, LargeBinary, func, literal_column, select, type_coerce
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from app.analytics.arrays import DateArray, FloatArray
from app.models import Price

# What one process keeps: room for a panel of 5,000 series over ten years beside many small ones
CACHE_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, eq=False)
class PricePanel:
    """Closes of N symbols on T days, the days on which any of them has a price. NaN where one has none.

    The arrays are shared between callers and read-only.
    """

    dates: DateArray
    symbols: tuple[str, ...]
    closes: FloatArray
    adjusted_closes: FloatArray

    @property
    def nbytes(self) -> int:
        return self.dates.nbytes + self.closes.nbytes + self.adjusted_closes.nbytes


@dataclass(frozen=True, slots=True)
class PriceRow:
    date: dt.date
    close: float
    source: str


_Key = tuple[frozenset[str], dt.date | None, dt.date | None]


class PanelCache:
    """Panels of one version of the market data, least recently used first to go."""

    def __init__(self, capacity_bytes: int = CACHE_BYTES) -> None:
        self._capacity = capacity_bytes
        self._version = -1
        self._panels: OrderedDict[_Key, PricePanel] = OrderedDict()

    def get(self, version: int, key: _Key) -> PricePanel | None:
        if version != self._version or key not in self._panels:
            return None
        self._panels.move_to_end(key)
        return self._panels[key]

    def put(self, version: int, key: _Key, panel: PricePanel) -> None:
        # A request that began before a refresh must not bring the old prices back
        if version < self._version:
            return
        if version > self._version:
            self._version = version
            self._panels.clear()
        self._panels[key] = panel
        while sum(kept.nbytes for kept in self._panels.values()) > self._capacity:
            self._panels.popitem(last=False)


# One cache a database: the version of one says nothing about another's prices
_caches: WeakKeyDictionary[Engine, PanelCache] = WeakKeyDictionary()


async def price_panel(
    session: AsyncSession,
    symbols: Sequence[str],
    version: int,
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> PricePanel:
    """The closes of `symbols` (sorted, each once) as of `version` of the market data."""
    key = (frozenset(symbols), start, end)
    cache = _caches.setdefault(session.get_bind().engine, PanelCache())
    panel = cache.get(version, key)
    if panel is None:
        panel = await _read_panel(session, sorted(key[0]), start, end)
        cache.put(version, key, panel)
    return panel


async def closes_of(
    session: AsyncSession, symbol: str, start: dt.date | None, end: dt.date | None, limit: int
) -> list[PriceRow]:
    """The newest `limit` closes within the range, oldest first."""
    statement = select(Price.date, Price.close, Price.source).where(Price.symbol == symbol)
    if start is not None:
        statement = statement.where(Price.date >= start)
    if end is not None:
        statement = statement.where(Price.date <= end)
    rows = (await session.execute(statement.order_by(Price.date.desc()).limit(limit))).all()
    return [PriceRow(day, close, source) for day, close, source in reversed(rows)]


async def _read_panel(
    session: AsyncSession, symbols: list[str], start: dt.date | None, end: dt.date | None
) -> PricePanel:
    # Each series as one string of big-endian numbers: a third of the time that rows or arrays of numbers take
    day_number = func.int4send(Price.date - dt.date(1970, 1, 1))
    statement = select(
        Price.symbol,
        _packed(day_number),
        _packed(func.float8send(Price.close)),
        _packed(func.float8send(Price.adjusted_close)),
    ).where(Price.symbol.in_(symbols))
    if start is not None:
        statement = statement.where(Price.date >= start)
    if end is not None:
        statement = statement.where(Price.date <= end)
    rows = (await session.execute(statement.group_by(Price.symbol))).all()
    return _align(tuple(symbols), {symbol: _Series.unpacked(*packed) for symbol, *packed in rows})


def _packed(number: ColumnElement[Any]) -> ColumnElement[bytes]:
    nothing = literal_column("''::bytea", LargeBinary)
    return type_coerce(func.string_agg(number, aggregate_order_by(nothing, Price.date)), LargeBinary)


@dataclass(frozen=True, eq=False)
class _Series:
    days: NDArray[np.int64]
    closes: FloatArray
    adjusted_closes: FloatArray

    @classmethod
    def unpacked(cls, days: bytes, closes: bytes, adjusted_closes: bytes) -> "_Series":
        return cls(
            np.frombuffer(days, dtype=">i4").astype(np.int64),
            np.frombuffer(closes, dtype=">f8").astype(np.float64),
            np.frombuffer(adjusted_closes, dtype=">f8").astype(np.float64),
        )


def _align(symbols: tuple[str, ...], series: dict[str, _Series]) -> PricePanel:
    calendar = np.unique(np.concatenate([*(one.days for one in series.values()), np.empty(0, dtype=np.int64)]))
    closes = np.full((len(calendar), len(symbols)), np.nan)
    adjusted = closes.copy()
    for column, symbol in enumerate(symbols):
        if symbol in series:
            rows = np.searchsorted(calendar, series[symbol].days)
            closes[rows, column] = series[symbol].closes
            adjusted[rows, column] = series[symbol].adjusted_closes
    closes.flags.writeable = adjusted.flags.writeable = False
    return PricePanel(calendar.astype("datetime64[D]"), symbols, closes, adjusted)
