"""What one symbol's history changes, given what is stored of it. Asks the source once, or twice where history moved."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.market_data.checks import Checked, check
from app.market_data.joining import changes, join
from app.market_data.problem import PriceProblem
from app.market_data.source import History, InstrumentRow, PriceRow, PriceSource, SplitRow, SymbolFailed

# Whatever a source does, a symbol takes no longer
SYMBOL_TIMEOUT_SECONDS = 60.0

Status = Literal["updated", "unchanged", "failed"]
# Stored prices of a symbol, oldest first, from a day on or all
ReadStored = Callable[[str, dt.date | None], Awaitable[Sequence[PriceRow]]]


@dataclass(frozen=True, slots=True)
class Known:
    """`currency` is None for a symbol that is not an instrument yet, `newest_day` for one without a price.

    `splits` are the ratios that are stored.
    """

    symbol: str
    currency: str | None
    newest_day: dt.date | None
    splits: Mapping[dt.date, float] = field(default_factory=dict)

    def unknown(self, splits: Sequence[SplitRow]) -> list[SplitRow]:
        return [split for split in splits if self.splits.get(split.date) != split.ratio]


@dataclass(frozen=True, slots=True)
class Wishes:
    today: dt.date
    replaces: bool = False
    accepts_jumps: bool = False


@dataclass(slots=True)
class SymbolUpdate:
    """`rows` and `splits` are to be written; with `replaces`, the rows in the place of all that is stored."""

    symbol: str
    status: Status
    rows: list[PriceRow] = field(default_factory=list)
    splits: list[SplitRow] = field(default_factory=list)
    replaces: bool = False
    instrument: InstrumentRow | None = None
    problems: list[PriceProblem] = field(default_factory=list)
    failure: SymbolFailed | None = None


async def update(source: PriceSource, known: Known, wishes: Wishes, read_stored: ReadStored) -> SymbolUpdate:
    """A source that fails is an answer here: the other symbols go on."""
    try:
        async with asyncio.timeout(SYMBOL_TIMEOUT_SECONDS):
            return await _update(source, known, wishes, read_stored)
    except TimeoutError:
        reason = f"No answer within {SYMBOL_TIMEOUT_SECONDS:.0f} seconds."
        return failed(known.symbol, SymbolFailed(reason, "Refresh again later."))
    except SymbolFailed as failure:
        return failed(known.symbol, failure)


def failed(symbol: str, failure: SymbolFailed, problems: Sequence[PriceProblem] = ()) -> SymbolUpdate:
    return SymbolUpdate(symbol, "failed", problems=list(problems), failure=failure)


async def _update(source: PriceSource, known: Known, wishes: Wishes, read_stored: ReadStored) -> SymbolUpdate:
    if wishes.replaces or known.newest_day is None:
        return await _whole(source, known, wishes, stored=())
    since = None if source.recheck is None else known.newest_day - source.recheck
    stored = await read_stored(known.symbol, since)
    # Empty where another refresh has removed the prices since `known` was read
    continued = await _continued(source, known, wishes, since, stored) if stored else None
    return continued or await _whole(source, known, wishes, await read_stored(known.symbol, None))


async def _continued(
    source: PriceSource, known: Known, wishes: Wishes, since: dt.date | None, stored: Sequence[PriceRow]
) -> SymbolUpdate | None:
    """The days from `since` on; None where they do not continue what is stored."""
    history = await source.history(known.symbol, since)
    _refuse_other_currency(known, history)
    checked = _checked(known, history, wishes, stored)
    if not checked.rows:
        return failed(known.symbol, _nothing_usable(history, since), checked.problems)
    match join(stored, checked.rows):
        case "readjusted":
            return None
        case "no_common_day":
            checked = _checked(known, history, wishes, stored, before=stored[-1])
            _report_unconfirmed(checked, stored[-1].date)
        case "continues":
            pass
    rows, splits = changes(stored, checked.rows), known.unknown(checked.splits)
    status: Status = "updated" if rows or splits else "unchanged"
    return SymbolUpdate(known.symbol, status, rows, splits, problems=checked.problems)


async def _whole(source: PriceSource, known: Known, wishes: Wishes, stored: Sequence[PriceRow]) -> SymbolUpdate:
    """All days, in the place of what is stored. `stored` is what the source has to account for."""
    history = await source.history(known.symbol, None)
    _refuse_other_currency(known, history)
    checked = _checked(known, history, wishes, stored)
    if failure := _why_not(checked, known, history, stored):
        return failed(known.symbol, failure, checked.problems)
    return SymbolUpdate(
        symbol=known.symbol,
        status="updated",
        rows=checked.rows,
        splits=known.unknown(checked.splits),
        replaces=known.newest_day is not None,
        instrument=history.instrument if known.currency is None else None,
        problems=checked.problems,
    )


def _checked(
    known: Known, history: History, wishes: Wishes, stored: Sequence[PriceRow], before: PriceRow | None = None
) -> Checked:
    checked = check(
        known.symbol,
        history.rows,
        wishes.today,
        before=before,
        stored=stored,
        accepts_jumps=wishes.accepts_jumps,
        splits=history.splits,
    )
    checked.problems[:0] = history.problems
    return checked


def _why_not(checked: Checked, known: Known, history: History, stored: Sequence[PriceRow]) -> SymbolFailed | None:
    """Why a whole history must not be stored: it would take more away than it brings."""
    if known.currency is None and history.instrument is None:
        reason = "It is not among the instruments, and the source does not say what it is."
        remedy = "Add it to instruments.csv beside the prices: symbol, name, sector, industry, asset_class, currency."
        return SymbolFailed(reason, remedy)
    if jump := next((problem for problem in checked.problems if problem.kind == "jump"), None):
        return SymbolFailed(f"On {jump.date} {jump.reason}.", jump.remedy)
    if not checked.rows:
        return _nothing_usable(history, None)
    first, newest = checked.rows[0].date, checked.rows[-1].date
    if stored and (first > stored[0].date or newest < stored[-1].date):
        reason = (
            "Its prices do not continue what is stored, as after a split or dividend, and the source's history "
            f"({first} to {newest}) is shorter than the stored one ({stored[0].date} to {stored[-1].date})."
        )
        remedy = "Give one that covers it or begins with an unchanged day, or put this one in its place with --replace."
        return SymbolFailed(reason, remedy)
    return None


def _refuse_other_currency(known: Known, history: History) -> None:
    quoted_in = history.instrument.currency if history.instrument else known.currency
    if known.currency not in (None, quoted_in):
        reason = f"The source quotes it in {quoted_in}; the instrument is in {known.currency}."
        raise SymbolFailed(reason, "Take another listing, or correct the instrument's currency.")


def _nothing_usable(history: History, since: dt.date | None) -> SymbolFailed:
    if history.rows or history.problems:
        return SymbolFailed("No day of its history can be used.", "See what was rejected, and correct the source.")
    reason = f"The source has no price from {since} on." if since else "The source has no price."
    return SymbolFailed(reason, "Check whether it is still listed, and under this symbol.")


def _report_unconfirmed(checked: Checked, newest_stored: dt.date) -> None:
    if checked.rows:
        reason = f"no day in common with what is stored up to {newest_stored}: a split or dividend between goes unseen"
        remedy = "Give some days that are stored already beside the newer ones."
        checked.report("no_common_day", "warned", checked.rows[0].date, reason, remedy)
