"""Today's holdings as a matrix of past returns: what volatility, value at risk, beta and correlation rest on."""

import math
from dataclasses import dataclass, replace

import numpy as np

from app.analytics import valuation
from app.analytics.arrays import BoolArray, DateArray, FloatArray
from app.analytics.errors import InsufficientData, NoExposure, Undefined
from app.analytics.returns import MINIMUM_SHARE_OF_WINDOW, CommonHistory, common_history, portfolio_returns
from app.schemas.analytics import Coverage, Exclusion
from app.services.analytics.book import Book, Holding
from app.services.analytics.envelope import PRIVATE, coverage

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
    the rest, and so are all ratios. An option has its underlying's returns and the weight of its delta-adjusted
    exposure. `rows` marks the D days among the book's returns, `columns` the N series. `benchmark` is None where it
    was not asked for.
    """

    symbols: tuple[str, ...]
    columns: list[int]
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
    held = [(holding, book.columns[holding.moves_with]) for holding in book.holdings if holding.moves_with is not None]
    if not held:
        raise NoExposure
    columns = [column for _, column in held]
    recent = book.returns[-window:]
    chosen = common_history(recent[:, columns], window)
    if not chosen.columns.any():
        raise InsufficientData("This", needed=_needed(window), had=int(chosen.observed.max()))
    kept = [holding for (holding, _), keep in zip(held, chosen.columns, strict=True) if keep]
    symbols = tuple(holding.symbol for holding in kept)
    nav = book.value.nav - _value_without(book, set(symbols))
    weights = valuation.weights(np.array([holding.exposure for holding in kept]), nav)
    rows, benchmark = np.zeros(len(book.returns), dtype=np.bool_), None
    rows[len(rows) - len(recent) :] = chosen.rows
    if with_benchmark:
        rows, benchmark = _with_benchmark(book, rows, window)
    kept_columns = [column for column, keep in zip(columns, chosen.columns, strict=True) if keep]
    return RiskBase(
        symbols=symbols,
        columns=kept_columns,
        weights=weights,
        nav=nav,
        rows=rows,
        returns=book.returns[rows][:, kept_columns],
        days=book.panel.dates[1:][rows],
        benchmark=benchmark,
        coverage=coverage(book, symbols, [*_short_histories(held, chosen, window), *private_positions(book)]),
    )


def _value_without(book: Book, symbols: set[str]) -> float:
    return sum(holding.value for holding in book.holdings if holding.symbol not in symbols)


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


def private_positions(book: Book) -> list[Exclusion]:
    return [Exclusion(symbol=holding.symbol, reason=PRIVATE) for holding in book.holdings if holding.moves_with is None]


def _short_histories(held: list[tuple[Holding, int]], chosen: CommonHistory, window: int) -> list[Exclusion]:
    return [
        Exclusion(
            symbol=holding.symbol,
            reason=f"It has {int(had)} of the {_needed(window)} daily returns that {window} days ask for.",
        )
        for (holding, _), keep, had in zip(held, chosen.columns, chosen.observed, strict=True)
        if not keep
    ]
