"""What the portfolio as it really was has earned: from its daily history, not from today's holdings."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.drawdown import drawdown_series
from app.analytics.errors import Undefined
from app.analytics.money_weighted import MoneyWeightedReturn, money_weighted_return
from app.analytics.performance import Period, UnknownDailyReturn, annualized_return, periods, total_return
from app.analytics.ratios import calmar_ratio, sharpe_ratio, sortino_ratio
from app.analytics.returns import growth
from app.schemas.analytics import NavPoint, Performance, PeriodReturn
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.thinning import thinned

METHOD = (
    "The portfolio's actual daily net asset values since inception, time-weighted with flows at the start of the day; "
    "a position enters as a flow at its entry price"
)


class NoHistory(Undefined):
    def __init__(self) -> None:
        super().__init__("Nothing has been held or paid in on a day with prices.")


class NoKnownReturn(Undefined):
    def __init__(self) -> None:
        super().__init__("There is no day whose return is known.")


class NoBenchmarkHistory(Undefined):
    def __init__(self, benchmark: str) -> None:
        super().__init__(f"The benchmark {benchmark} has no price on the first day of the portfolio.")


def performance(book: Book, max_points: int, risk_free_rate: float) -> Performance:
    reasons = Reasons()
    returns = book.history.daily_return
    shown, step = thinned(len(returns), max_points)
    lines = _lines(book)
    return Performance(
        **envelope(
            book,
            method=f"{METHOD}; the benchmark from the close of the first day",
            window=window_of(book.history.days),
            covered=coverage_of_valued(book),
            reasons=reasons,
            warnings=_warnings(book),
        ),
        total_return=reasons.attempt("total_return", lambda: total_return(every_day(book))),
        annualized_return=reasons.attempt("annualized_return", lambda: annualized_return(every_day(book))),
        benchmark_total_return=reasons.attempt(
            "benchmark_total_return", lambda: float(benchmark_growth(book)[-1] - 1.0)
        ),
        total_pnl=reasons.attempt("total_pnl", lambda: total_pnl(book)),
        best_day=reasons.attempt("best_day", lambda: _point(book, lines, _extreme_row(-returns))),
        worst_day=reasons.attempt("worst_day", lambda: _point(book, lines, _extreme_row(returns))),
        periods=_periods(book, reasons),
        series=[_point(book, lines, i) for i in shown],
        series_step=step,
        risk_free_rate=risk_free_rate,
        **_money_weighted(book, reasons),
        **_ratios(book, risk_free_rate, reasons),
    )


def _money_weighted(book: Book, reasons: Reasons) -> dict[str, float | None]:
    fields = ("money_weighted_return", "money_weighted_annualized")
    found = reasons.attempt(fields[0], lambda: _internal_rate(book))
    if found is None:
        reasons.same_for(fields[1:], fields[0])
        return dict.fromkeys(fields)
    return {fields[0]: found.period_return, fields[1]: reasons.attempt(fields[1], found.annualized)}


def _internal_rate(book: Book) -> MoneyWeightedReturn:
    every_day(book)
    return money_weighted_return(0.0, book.history.flow, float(book.history.nav[-1]))


def _ratios(book: Book, risk_free_rate: float, reasons: Reasons) -> dict[str, float | None]:
    return {
        "sharpe_ratio": reasons.attempt("sharpe_ratio", lambda: sharpe_ratio(_every_return(book), risk_free_rate)),
        "sortino_ratio": reasons.attempt("sortino_ratio", lambda: sortino_ratio(_every_return(book), risk_free_rate)),
        "calmar_ratio": reasons.attempt("calmar_ratio", lambda: calmar_ratio(_every_return(book))),
    }


def _every_return(book: Book) -> FloatArray:
    """The daily returns if each of them is known."""
    unknown = int(np.isnan(every_day(book)).sum())
    if unknown:
        raise UnknownDailyReturn(unknown)
    return book.history.daily_return


def total_pnl(book: Book) -> float:
    every_day(book)
    return float(book.history.pnl.sum())


def newest_pnl(book: Book) -> float:
    every_day(book)
    return float(book.history.pnl[-1])


def newest_return(book: Book) -> float:
    return total_return(every_day(book)[-1:])


def day_base(book: Book) -> float | None:
    """What the newest day's return is measured on: NAV before it plus its flows; None where not positive."""
    history = book.history
    if not len(history.days):
        return None
    base = float(history.nav[-1] - history.pnl[-1])
    return base if base > 0 else None


def benchmark_growth(book: Book) -> FloatArray:
    """(D,) value of 1 in the benchmark since the close of the portfolio's first day."""
    closes = book.panel.adjusted_closes[len(book.panel.dates) - len(book.history.days) :]
    series = closes[:, book.columns[book.row.benchmark]]
    every_day(book)
    if not np.isfinite(series[0]):
        raise NoBenchmarkHistory(book.row.benchmark)
    held = np.maximum.accumulate(np.where(np.isfinite(series), np.arange(len(series)), 0))
    return np.asarray(series[held] / series[0], dtype=np.float64)


def every_day(book: Book) -> FloatArray:
    """The daily returns of a portfolio that has any."""
    if not len(book.history.days):
        raise NoHistory
    return book.history.daily_return


@dataclass(frozen=True, eq=False)
class _Lines:
    """One value a day of the history."""

    growth: FloatArray
    drawdown: FloatArray
    benchmark: FloatArray | None


def _lines(book: Book) -> _Lines:
    value = growth(book.history.daily_return)
    market = Reasons().attempt("benchmark", lambda: benchmark_growth(book))
    return _Lines(growth=value, drawdown=drawdown_series(value), benchmark=market)


def _point(book: Book, lines: _Lines, i: int) -> NavPoint:
    history = book.history
    daily_return = float(history.daily_return[i])
    return NavPoint(
        date=history.days[i].item(),
        nav=float(history.nav[i]),
        pnl=float(history.pnl[i]),
        flow=float(history.flow[i]),
        daily_return=daily_return if np.isfinite(daily_return) else None,
        growth=float(lines.growth[i]),
        drawdown=float(lines.drawdown[i]),
        benchmark_growth=float(lines.benchmark[i]) if lines.benchmark is not None else None,
    )


def _extreme_row(values: FloatArray) -> int:
    """Row of the smallest known value."""
    if not np.isfinite(values).any():
        raise NoKnownReturn
    return int(np.nanargmin(values))


def _periods(book: Book, reasons: Reasons) -> list[PeriodReturn]:
    found = [
        reasons.attempt(f"periods.{period.label}", partial(_period_return, book, period))
        for period in periods(book.history.days)
    ]
    return [period for period in found if period is not None]


def _period_return(book: Book, period: Period) -> PeriodReturn:
    # Since inception the benchmark starts at the close of the first day, as the portfolio's purchases do
    base = max(period.first - 1, 0)
    market = Reasons().attempt("benchmark", lambda: benchmark_growth(book))
    return PeriodReturn(
        label=period.label,
        start=period.start,
        portfolio_return=total_return(book.history.daily_return[period.first :]),
        benchmark_return=float(market[-1] / market[base] - 1.0) if market is not None else None,
        pnl=float(book.history.pnl[period.first :].sum()),
    )


def _warnings(book: Book) -> list[str]:
    unknown = int(np.isnan(book.history.daily_return).sum())
    if not unknown:
        return []
    return [f"The return of {unknown} days is unknown (no positive value was invested); growth stands still on them."]
