"""Today's holdings as a matrix of past returns: what volatility, value at risk, beta and correlation rest on."""

import math
from dataclasses import dataclass, replace

import numpy as np

from app.analytics import valuation
from app.analytics.arrays import BoolArray, DateArray, FloatArray
from app.analytics.errors import InsufficientData, NoExposure, Undefined
from app.analytics.returns import MINIMUM_SHARE_OF_WINDOW, CommonHistory, common_history, portfolio_returns
from app.schemas.analytics import Coverage, Exclusion
from app.services.analytics.book import Book
from app.services.analytics.envelope import coverage

METHOD = (
    "Today's holdings at today's signed weights of net asset value, cash at zero return, over past daily returns of "
    "adjusted closes"
)


class BenchmarkUnavailable(Undefined):
    def __init__(self, benchmark: str, window: int) -> None:
        super().__init__(f"The benchmark {benchmark} has no prices on enough of the last {window} trading days.")


@dataclass(frozen=True, eq=False)
class RiskBase:
    """Returns on the D common days of a window for the N holdings with enough history.

    A holding without enough is taken out of the portfolio together with its value: `nav` and `weights` are those of
    the rest, and so are all ratios. `rows` marks the D days among the book's returns. `benchmark` is None where it was
    not asked for.
    """

    symbols: tuple[str, ...]
    weights: FloatArray
    nav: float
    rows: BoolArray
    returns: FloatArray
    days: DateArray
    benchmark: FloatArray | None
    coverage: Coverage

    @property
    def portfolio(self) -> FloatArray:
        return portfolio_returns(self.returns, self.weights)

    def on(self, kept: BoolArray) -> "RiskBase":
        """The same on fewer days: `kept` has an entry for each of the D."""
        rows = self.rows.copy()
        rows[self.rows] = kept
        benchmark = None if self.benchmark is None else self.benchmark[kept]
        return replace(self, rows=rows, returns=self.returns[kept], days=self.days[kept], benchmark=benchmark)


def risk_base(book: Book, window: int, *, with_benchmark: bool = False) -> RiskBase:
    """
    Raises
    ------
    NoExposure, InsufficientData, NonPositiveNav, BenchmarkUnavailable
        The reasons for which a figure of today's holdings is unknown.
    """
    if not book.holdings:
        raise NoExposure
    columns = [book.columns[holding.symbol] for holding in book.holdings]
    recent = book.returns[-window:]
    chosen = common_history(recent[:, columns], window)
    if not chosen.columns.any():
        raise InsufficientData("This", needed=_needed(window), had=int(chosen.observed.max()))
    kept = [holding for holding, keep in zip(book.holdings, chosen.columns, strict=True) if keep]
    nav = book.value.nav - sum(h.value for h, keep in zip(book.holdings, chosen.columns, strict=True) if not keep)
    weights = valuation.weights(np.array([holding.value for holding in kept]), nav)
    rows, benchmark = np.zeros(len(book.returns), dtype=np.bool_), None
    rows[len(rows) - len(recent) :] = chosen.rows
    if with_benchmark:
        rows, benchmark = _with_benchmark(book, rows, window)
    symbols = tuple(holding.symbol for holding in kept)
    return RiskBase(
        symbols=symbols,
        weights=weights,
        nav=nav,
        rows=rows,
        returns=book.returns[rows][:, [book.columns[symbol] for symbol in symbols]],
        days=book.panel.dates[1:][rows],
        benchmark=benchmark,
        coverage=coverage(book, symbols, _short_histories(book, chosen, window)),
    )


def benchmark_returns(book: Book, window: int) -> FloatArray:
    """The benchmark's own returns within the last `window` days, without its gaps."""
    series = book.returns[-window:, book.columns[book.row.benchmark]]
    known = series[np.isfinite(series)]
    if len(known) < _needed(window):
        raise BenchmarkUnavailable(book.row.benchmark, window)
    return known


def _with_benchmark(book: Book, rows: BoolArray, window: int) -> tuple[BoolArray, FloatArray]:
    benchmark_returns(book, window)
    series = book.returns[:, book.columns[book.row.benchmark]]
    common = rows & np.isfinite(series)
    return common, series[common]


def _needed(window: int) -> int:
    return math.ceil(MINIMUM_SHARE_OF_WINDOW * window)


def _short_histories(book: Book, chosen: CommonHistory, window: int) -> list[Exclusion]:
    return [
        Exclusion(
            symbol=holding.symbol,
            reason=f"It has {int(had)} of the {_needed(window)} daily returns that {window} days ask for.",
        )
        for holding, keep, had in zip(book.holdings, chosen.columns, chosen.observed, strict=True)
        if not keep
    ]
