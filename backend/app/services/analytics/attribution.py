from dataclasses import dataclass
from datetime import date

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.attribution import Attribution as Parts
from app.analytics.attribution import Period, in_cents
from app.analytics.attribution import attribution as parts_of
from app.analytics.errors import Undefined
from app.analytics.groups import sums_by_group
from app.schemas.attribution import Attribution, AttributionLine
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.factor_base import FactorBase, factor_base, missing_warning
from app.services.analytics.performance import NoHistory
from app.services.analytics.sector_exposure import NO_SECTOR

WINDOW = 252
SPECIFIC = "specific"


class EmptyPeriod(Undefined):
    def __init__(self) -> None:
        super().__init__("There is no trading day of the portfolio in this period.")


@dataclass(frozen=True, eq=False)
class _Split:
    """The parts of a period's profit; `base` is the value invested when it began, None where not positive."""

    period: Period
    parts: Parts
    factors: tuple[str, ...]
    base: float | None

    def lines(self, labels: tuple[str, ...], amounts: FloatArray) -> list[AttributionLine]:
        """Largest gain first."""
        rounded = in_cents(amounts, self.parts.total)
        rows = [
            AttributionLine(label=label, pnl=pnl, contribution=None if self.base is None else pnl / self.base)
            for label, pnl in zip(labels, rounded.tolist(), strict=True)
        ]
        return sorted(rows, key=lambda row: (-row.pnl, row.label))


def attribution(book: Book, start: date | None, end: date | None) -> Attribution:
    reasons = Reasons()
    base = Reasons().attempt("factors", lambda: factor_base(book, WINDOW))
    split = reasons.attempt("total_pnl", lambda: _split(book, base, _period(book, start, end)))
    if split is None:
        reasons.same_for(("start", "end"), "total_pnl")
    rows = slice(split.period.first, split.period.last + 1) if split else slice(0)
    return Attribution(
        **envelope(
            book,
            method=(
                "Profit of each position from the start's close, or from its entry price, to the end's close or its "
                f"exit; by factor with today's ridge betas over {WINDOW} days, what they do not explain as specific"
            ),
            window=window_of(book.panel.dates[rows]),
            covered=coverage_of_valued(book),
            reasons=reasons,
            warnings=missing_warning(base) if base else ["No factor exposures are known; all profit is specific."],
        ),
        start=_start(book, split.period) if split else None,
        end=book.day(split.period.last) if split else None,
        total_pnl=round(split.parts.total, 2) if split else None,
        **(_lists(book, split) if split else {"by_position": [], "by_sector": [], "by_factor": []}),
    )


def _period(book: Book, start: date | None, end: date | None) -> Period:
    """From the close of the last trading day up to `start`; by default all days of the portfolio."""
    if not len(book.history.days):
        raise NoHistory
    dates = book.panel.dates
    first = len(dates) - len(book.history.days)
    if start is not None:
        first = max(first, int(np.searchsorted(dates, np.datetime64(start, "D"), side="right")))
    last = len(dates) - 1 if end is None else int(np.searchsorted(dates, np.datetime64(end, "D"), side="right")) - 1
    if first > last:
        raise EmptyPeriod
    return Period(first, last)


def _split(book: Book, base: FactorBase | None, period: Period) -> _Split:
    count = len(base.all_days.names) if base else 0
    moves = base.all_days.returns if base else np.empty((len(book.returns), 0))
    parts = parts_of(
        book.panel.dates,
        book.unit_values,
        book.lots,
        period,
        np.vstack([np.full((1, count), np.nan), moves]),
        _betas(book, base) if base else np.empty((book.unit_values.shape[1], 0)),
    )
    row = period.first - (len(book.panel.dates) - len(book.history.days))
    invested = float(book.history.nav[row] - book.history.pnl[row])
    return _Split(period, parts, base.all_days.names if base else (), invested if invested > 0 else None)


def _betas(book: Book, base: FactorBase) -> FloatArray:
    """Of everything that was ever held, where it has a return on each of the days; one row a column of the unit values.

    Options and private positions have no constant beta: all their profit is specific.
    """
    returns = book.returns[base.holdings.rows]
    held = np.isin(book.panel.symbols, sorted(book.row.instruments))
    chosen = np.flatnonzero(held & np.isfinite(returns).all(axis=0))
    beta = np.full((book.unit_values.shape[1], len(base.factors.names)), np.nan)
    beta[chosen] = base.regress(returns[:, chosen], "ridge").beta
    return beta


def _lists(book: Book, split: _Split) -> dict[str, list[AttributionLine]]:
    lots = book.row.lots
    by_symbol = sums_by_group([lot.symbol for lot in lots], split.parts.by_lot)
    by_sector = sums_by_group([lot.sector or NO_SECTOR for lot in lots], split.parts.by_lot)
    by_factor = np.append(split.parts.by_factor, split.parts.specific)
    return {
        "by_position": split.lines(by_symbol.names, by_symbol.sums),
        "by_sector": split.lines(by_sector.names, by_sector.sums),
        "by_factor": split.lines((*split.factors, SPECIFIC), by_factor),
    }


def _start(book: Book, period: Period) -> date:
    """The day whose close the profit counts from; since inception the first day itself."""
    since_inception = period.first == len(book.panel.dates) - len(book.history.days)
    return book.day(period.first if since_inception else period.first - 1)
