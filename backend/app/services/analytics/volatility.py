import numpy as np

from app.analytics.arrays import DateArray, FloatArray
from app.analytics.errors import InsufficientData
from app.analytics.volatility import annualized_volatility, rolling_volatility
from app.schemas.analytics import RollingPoint, Volatility
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.risk_base import METHOD, RiskBase, benchmark_returns, risk_base
from app.services.analytics.thinning import thinned

WINDOWS = (21, 63, 252)
ROLLING_WINDOW = 63
# Three years: long enough to see a calm and a stormy time, short enough that today's holdings mean something
ROLLING_HISTORY = 756


def volatility(book: Book, max_points: int) -> Volatility:
    reasons = Reasons()
    longest = reasons.attempt("volatility_252d", lambda: risk_base(book, WINDOWS[-1]))
    figures = {f"volatility_{window}d": portfolio_volatility(book, window, reasons) for window in WINDOWS}
    market = {f"benchmark_volatility_{window}d": benchmark_volatility(book, window, reasons) for window in WINDOWS}
    rolling = reasons.attempt("rolling_63d", lambda: _rolling(book, max_points))
    return Volatility(
        **envelope(
            book,
            method=f"{METHOD}; sample standard deviation times the square root of 252",
            window=window_of(longest.days if longest else book.panel.dates[:0]),
            covered=longest.coverage if longest else coverage_of_valued(book),
            reasons=reasons,
            warnings=_warnings(longest),
        ),
        **figures,
        **market,
        benchmark=book.row.benchmark,
        ratio_to_benchmark_252d=ratio(
            figures["volatility_252d"], market["benchmark_volatility_252d"], "ratio_to_benchmark_252d", reasons
        ),
        rolling_63d=rolling or [],
    )


def portfolio_volatility(book: Book, window: int, reasons: Reasons) -> float | None:
    return reasons.attempt(f"volatility_{window}d", lambda: annualized_volatility(risk_base(book, window).portfolio))


def benchmark_volatility(book: Book, window: int, reasons: Reasons) -> float | None:
    return reasons.attempt(
        f"benchmark_volatility_{window}d", lambda: annualized_volatility(benchmark_returns(book, window))
    )


def ratio(figure: float | None, base: float | None, field: str, reasons: Reasons) -> float | None:
    if figure is None or not base:
        reasons.unavailable[field] = "One of the two volatilities is unknown, or the benchmark's is zero."
        return None
    return figure / base


def _rolling(book: Book, max_points: int) -> list[RollingPoint]:
    base = risk_base(book, WINDOWS[-1])
    days, returns = _longest_run(book, base)
    if len(returns) < ROLLING_WINDOW:
        raise InsufficientData("Rolling volatility", needed=ROLLING_WINDOW, had=len(returns))
    values = rolling_volatility(returns, ROLLING_WINDOW)
    points, _ = thinned(len(values), max_points)
    return [RollingPoint(date=days[ROLLING_WINDOW - 1 + i].item(), value=float(values[i])) for i in points]


def _longest_run(book: Book, base: RiskBase) -> tuple[DateArray, FloatArray]:
    """Days within the rolling history on which all covered holdings have a return."""
    returns = book.returns[-ROLLING_HISTORY:, [book.columns[symbol] for symbol in base.symbols]]
    known = np.isfinite(returns).all(axis=1)
    return book.panel.dates[1:][-ROLLING_HISTORY:][known], returns[known] @ base.weights


def _warnings(longest: RiskBase | None) -> list[str]:
    if longest is None or not longest.coverage.excluded:
        return []
    return ["Coverage is that of the 252-day window; a shorter window may cover more holdings."]
