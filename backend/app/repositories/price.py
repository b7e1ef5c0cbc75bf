"""Closing prices as arrays: one statement for any number of symbols, kept in memory until prices change."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Engine, LargeBinary, func, literal_column, select, true, type_coerce
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from app.analytics.arrays import DateArray, FloatArray
from app.models import Instrument, Price

# What one process keeps: room for a panel of 5,000 series over ten years beside many small ones
CACHE_BYTES = 256 * 1024 * 1024
# Portfolios hold the same symbols in different combinations: room for a thousand series over ten years
SERIES_BYTES = 64 * 1024 * 1024


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


@dataclass(frozen=True, eq=False)
class PriceSeries:
    """One symbol's days since 1970, in order, and its closes on them; all empty where it has no price."""

    days: NDArray[np.int64]
    closes: FloatArray
    adjusted_closes: FloatArray

    @classmethod
    def unpacked(cls, days: bytes, closes: bytes, adjusted_closes: bytes) -> "PriceSeries":
        return cls(
            np.frombuffer(days, dtype=">i4").astype(np.int64),
            np.frombuffer(closes, dtype=">f8").astype(np.float64),
            np.frombuffer(adjusted_closes, dtype=">f8").astype(np.float64),
        )

    @property
    def nbytes(self) -> int:
        return self.days.nbytes + self.closes.nbytes + self.adjusted_closes.nbytes


NO_PRICES = PriceSeries.unpacked(b"", b"", b"")


class _Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


Name = TypeVar("Name")
Kept = TypeVar("Kept", bound=_Sized)


class PriceCache(Generic[Name, Kept]):
    """Arrays of one version of the market data, least recently used first to go."""

    def __init__(self, capacity_bytes: int) -> None:
        self._capacity = capacity_bytes
        self._version = -1
        self._size = 0
        self._kept: OrderedDict[Name, Kept] = OrderedDict()

    def get(self, version: int, name: Name) -> Kept | None:
        if version != self._version or name not in self._kept:
            return None
        self._kept.move_to_end(name)
        return self._kept[name]

    def put(self, version: int, name: Name, found: Kept) -> None:
        # A request that began before a refresh must not bring the old prices back
        if version < self._version:
            return
        if version > self._version:
            self._version, self._size = version, 0
            self._kept.clear()
        if name in self._kept:
            self._size -= self._kept.pop(name).nbytes
        self._kept[name] = found
        self._size += found.nbytes
        while self._size > self._capacity:
            _, gone = self._kept.popitem(last=False)
            self._size -= gone.nbytes


@dataclass(frozen=True, eq=False)
class _Caches:
    """Panels by their symbols, and the single series that new panels are put together from."""

    panels: PriceCache[frozenset[str], PricePanel]
    series: PriceCache[str, PriceSeries]

    @classmethod
    def empty(cls) -> "_Caches":
        return cls(PriceCache(CACHE_BYTES), PriceCache(SERIES_BYTES))


# A database has its own: the version of one says nothing about another's prices
_caches: WeakKeyDictionary[Engine, _Caches] = WeakKeyDictionary()


async def price_panel(session: AsyncSession, symbols: Collection[str], version: int) -> PricePanel:
    """The closes of `symbols` as of `version` of the market data; only what is not in memory yet is read."""
    wanted = frozenset(symbols)
    engine = session.get_bind().engine
    panel = kept_panel(engine, wanted, version)
    if panel is None:
        caches = _caches[engine]
        panel = _align(await _series(session, sorted(wanted), version, caches.series))
        caches.panels.put(version, wanted, panel)
    return panel


def kept_panel(engine: Engine, symbols: frozenset[str], version: int) -> PricePanel | None:
    """What `price_panel` gives, if it is in memory."""
    if engine not in _caches:
        _caches[engine] = _Caches.empty()
    return _caches[engine].panels.get(version, symbols)


async def _series(
    session: AsyncSession, symbols: list[str], version: int, cache: PriceCache[str, PriceSeries]
) -> dict[str, PriceSeries]:
    known = {symbol: cache.get(version, symbol) for symbol in symbols}
    missing = [symbol for symbol, found in known.items() if found is None]
    read = await _read_series(session, missing) if missing else {}
    for symbol in missing:
        cache.put(version, symbol, read.get(symbol, NO_PRICES))
    return {symbol: found or read.get(symbol, NO_PRICES) for symbol, found in known.items()}


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


async def newest_closes(session: AsyncSession, symbols: Collection[str]) -> dict[str, PriceRow]:
    """Each symbol's newest close; none for what has no price."""
    # A look into the index for each symbol, where grouping would read all of its days
    newest = (
        select(Price.date, Price.close, Price.source)
        .where(Price.symbol == Instrument.symbol)
        .order_by(Price.date.desc())
        .limit(1)
        .lateral()
    )
    statement = select(Instrument.symbol, *newest.c).join(newest, true()).where(Instrument.symbol.in_(symbols))
    rows = await session.execute(statement)
    return {symbol: PriceRow(day, close, source) for symbol, day, close, source in rows}


async def _read_series(session: AsyncSession, symbols: list[str]) -> dict[str, PriceSeries]:
    # Each series as one string of big-endian numbers: a third of the time that rows or arrays of numbers take
    statement = select(
        Price.symbol,
        _packed(func.int4send(Price.date - dt.date(1970, 1, 1))),
        _packed(func.float8send(Price.close)),
        _packed(func.float8send(Price.adjusted_close)),
    ).where(Price.symbol.in_(symbols))
    rows = await session.execute(statement.group_by(Price.symbol))
    return {symbol: PriceSeries.unpacked(*packed) for symbol, *packed in rows}


def _packed(number: ColumnElement[Any]) -> ColumnElement[bytes]:
    nothing = literal_column("''::bytea", LargeBinary)
    return type_coerce(func.string_agg(number, aggregate_order_by(nothing, Price.date)), LargeBinary)


def _align(series: dict[str, PriceSeries]) -> PricePanel:
    calendar = _calendar(list(series.values()))
    closes = np.full((len(calendar), len(series)), np.nan)
    adjusted = closes.copy()
    for column, one in enumerate(series.values()):
        rows = slice(None) if len(one.days) == len(calendar) else np.searchsorted(calendar, one.days)
        closes[rows, column] = one.closes
        adjusted[rows, column] = one.adjusted_closes
    closes.flags.writeable = adjusted.flags.writeable = False
    return PricePanel(calendar.astype("datetime64[D]"), tuple(series), closes, adjusted)


def _calendar(series: list[PriceSeries]) -> NDArray[np.int64]:
    """The days of all of them. Most have the same ones: comparing costs far less than sorting."""
    longest = max((one.days for one in series), key=len, default=NO_PRICES.days)
    others = [one.days for one in series if len(one.days) and not np.array_equal(one.days, longest)]
    return np.unique(np.concatenate([longest, *others])) if others else longest
