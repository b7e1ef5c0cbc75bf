"""Bringing stored prices up to a source: asked side by side, checked, and written in one transaction."""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from app.db import Database
from app.errors import Conflict
from app.market_data.problem import PriceProblem
from app.market_data.source import PriceRow, PriceSource, SourceExhausted
from app.market_data.update import Known, Status, SymbolUpdate, Wishes, failed, update
from app.models import Instrument
from app.repositories import market_data as market_data_repository
from app.repositories import price_refresh as price_refresh_repository
from app.repositories.price_gap import PriceGap, price_gaps
from app.services.field import FURTHEST_AHEAD
from app.symbols import symbol_key

# Nobody quotes these day by day under a symbol of their own
UNQUOTED_CLASSES = frozenset({"option", "private", "cash"})

# How many symbols are done, of how many, and the last one
OnProgress = Callable[[int, int, str], None]


class PricesChangedMeanwhile(Conflict):
    code = "prices_changed_meanwhile"
    detail = "Another refresh has changed the prices while this one was reading. Nothing was written; refresh again."


@dataclass(frozen=True, slots=True)
class RefreshOptions:
    """`symbols` is None for all that the source has or, where it has to be told, all that are stored."""

    symbols: Collection[str] | None = None
    replaces: bool = False
    accepted_jumps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SymbolReport:
    """`written` counts new and changed days. `failure` is a sentence with its remedy."""

    symbol: str
    status: Status
    written: int
    newest_day: dt.date | None
    is_readjusted: bool
    failure: str | None


@dataclass(frozen=True, slots=True)
class RefreshReport:
    source: str
    symbols: list[SymbolReport]
    problems: list[PriceProblem]
    gaps: list[PriceGap]
    changed_prices: int
    counts: Counter[Status] = field(default_factory=Counter)

    @property
    def is_complete(self) -> bool:
        """Whether every symbol and every day that the source gave was taken."""
        return not self.counts["failed"] and all(problem.severity == "warned" for problem in self.problems)


def today_anywhere() -> dt.date:
    """The date where it is latest: no price there is can be of a later one."""
    return (dt.datetime.now(dt.UTC) + FURTHEST_AHEAD).date()


async def refresh(
    database: Database,
    source: PriceSource,
    today: dt.date,
    options: RefreshOptions | None = None,
    on_progress: OnProgress | None = None,
) -> RefreshReport:
    """No transaction is open while the source is asked; what was read is written whole or not at all.

    Raises
    ------
    PricesChangedMeanwhile
    """
    options = options or RefreshOptions()
    version, known = await _known(database, source, options)
    updates = await _Round(database, source, today, options, on_progress).ask_all(known)
    changed = await _write(database, source, updates, version)
    async with database.session() as session:
        await price_refresh_repository.allow_long_statements(session)
        gaps = await price_gaps(session, [found.symbol for found in known])
    return _report(source, updates, known, gaps, changed)


async def _known(database: Database, source: PriceSource, options: RefreshOptions) -> tuple[int, list[Known]]:
    async with database.session() as session:
        version = await price_refresh_repository.market_version(session)
        instruments = await price_refresh_repository.instruments(session)
        newest = await price_refresh_repository.newest_days(session)
        splits = await price_refresh_repository.splits(session)
    return version, [
        Known(
            symbol,
            instruments[symbol].currency if symbol in instruments else None,
            newest.get(symbol),
            splits.get(symbol, {}),
        )
        for symbol in _wanted(source, options, instruments)
    ]


def _wanted(source: PriceSource, options: RefreshOptions, instruments: dict[str, Instrument]) -> list[str]:
    offered = source.symbols()
    if options.symbols is not None:
        spellings = {symbol_key(symbol): symbol for symbol in (*instruments, *(offered or ()))}
        return sorted({spellings.get(symbol_key(symbol), symbol) for symbol in options.symbols})
    if offered is not None:
        return sorted(offered)
    return sorted(symbol for symbol, found in instruments.items() if found.asset_class not in UNQUOTED_CLASSES)


@dataclass(slots=True)
class _Round:
    """One pass over all symbols, `source.concurrency` of them at a time."""

    database: Database
    source: PriceSource
    today: dt.date
    options: RefreshOptions
    on_progress: OnProgress | None
    done: int = 0
    refusal: SourceExhausted | None = None

    async def ask_all(self, known: Sequence[Known]) -> list[SymbolUpdate]:
        """One update a symbol, in the order of `known`."""
        places = asyncio.Semaphore(self.source.concurrency)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._ask(found, places, len(known))) for found in known]
        return [task.result() for task in tasks]

    async def _ask(self, known: Known, places: asyncio.Semaphore, total: int) -> SymbolUpdate:
        async with places:
            # Asking on would only prolong a provider's refusal
            result = failed(known.symbol, self.refusal) if self.refusal else await self._update(known)
        if isinstance(result.failure, SourceExhausted):
            self.refusal = result.failure
        self.done += 1
        if self.on_progress is not None:
            self.on_progress(self.done, total, known.symbol)
        return result

    async def _update(self, known: Known) -> SymbolUpdate:
        wishes = Wishes(self.today, self.options.replaces, known.symbol in self.options.accepted_jumps)
        return await update(self.source, known, wishes, self._read_stored)

    async def _read_stored(self, symbol: str, since: dt.date | None) -> Sequence[PriceRow]:
        async with self.database.session() as session:
            return await price_refresh_repository.stored_prices(session, symbol, since)


async def _write(database: Database, source: PriceSource, updates: Sequence[SymbolUpdate], version: int) -> int:
    """How many prices changed; with none, the version stays."""
    if not any(update.rows or update.splits for update in updates):
        return 0
    async with database.session() as session:
        await price_refresh_repository.allow_long_statements(session)
        if await price_refresh_repository.lock_market_version(session) != version:
            raise PricesChangedMeanwhile
        added = [update.instrument for update in updates if update.instrument is not None]
        await price_refresh_repository.add_instruments(session, added)
        replaced = [update.symbol for update in updates if update.replaces]
        await price_refresh_repository.forget_prices(session, replaced)
        rows = (row for update in updates for row in update.rows)
        changed = await market_data_repository.merge_prices(session, rows, source.name)
        splits = (split for update in updates for split in update.splits)
        await market_data_repository.merge_splits(session, splits, source.name)
        await market_data_repository.advance_version(session)
    return changed


def _report(
    source: PriceSource, updates: Sequence[SymbolUpdate], known: Sequence[Known], gaps: list[PriceGap], changed: int
) -> RefreshReport:
    symbols = [
        SymbolReport(
            symbol=update.symbol,
            status=update.status,
            written=len(update.rows),
            newest_day=max((row.date for row in update.rows), default=found.newest_day),
            is_readjusted=update.replaces,
            failure=str(update.failure) if update.failure else None,
        )
        for update, found in zip(updates, known, strict=True)
    ]
    return RefreshReport(
        source=source.name,
        symbols=symbols,
        problems=[*source.problems, *(problem for update in updates for problem in update.problems)],
        gaps=gaps,
        changed_prices=changed,
        counts=Counter(report.status for report in symbols),
    )
