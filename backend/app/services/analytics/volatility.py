import numpy as np

from app.analytics.arrays import DateArray, FloatArray
from app.analytics.errors import InsufficientData
from app.analytics.volatility import annualized_volatility, rolling_volatility
from app.analytics.volatility_forecast import (
    PERCENTILE_HISTORY_DAYS,
    PERCENTILE_WINDOW_DAYS,
    ewma_volatility,
    har_forecast,
    volatility_percentile,
)
from app.schemas.analytics import RollingPoint, Volatility
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.risk_base import METHOD, RiskBase, benchmark_returns, risk_base
from app.services.analytics.thinning import thinned

WINDOWS = (21, 63, 252)
ROLLING_WINDOW = 63
# Three years: long enough to see a calm and a stormy time, short enough that today's holdings mean something
ROLLING_HISTORY = 756
# As many returns as three years of 21-day volatilities take
FORECAST_HISTORY = PERCENTILE_HISTORY_DAYS + PERCENTILE_WINDOW_DAYS - 1


def volatility(book: Book, max_points: int) -> Volatility:
    reasons = Reasons()
    longest = reasons.attempt("volatility_252d", lambda: risk_base(book, WINDOWS[-1]))
    figures = {f"volatility_{window}d": portfolio_volatility(book, window, reasons) for window in WINDOWS}
    market = {f"benchmark_volatility_{window}d": benchmark_volatility(book, window, reasons) for window in WINDOWS}
    rolling = reasons.attempt("rolling_63d", lambda: _rolling(book, max_points))
    return Volatility(
        **envelope(
            book,
            method=(
                f"{METHOD}; sample standard deviation times the square root of 252; EWMA with a decay of 0.94; "
                "forecast by a heterogeneous autoregression (HAR) of realised volatility over the last three years"
            ),
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
        ewma_volatility=reasons.attempt("ewma_volatility", lambda: ewma_volatility(_recent(book))),
        forecast_21d=reasons.attempt("forecast_21d", lambda: har_forecast(_recent(book)).volatility),
        percentile_3y=reasons.attempt("percentile_3y", lambda: volatility_percentile(_recent(book)).percentile),
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
    days, returns = _complete_days(book, base, ROLLING_HISTORY)
    if len(returns) < ROLLING_WINDOW:
        raise InsufficientData("Rolling volatility", needed=ROLLING_WINDOW, had=len(returns))
    values = rolling_volatility(returns, ROLLING_WINDOW)
    points, _ = thinned(len(values), max_points)
    return [RollingPoint(date=days[ROLLING_WINDOW - 1 + i].item(), value=float(values[i])) for i in points]


def _recent(book: Book) -> FloatArray:
    return _complete_days(book, risk_base(book, WINDOWS[-1]), FORECAST_HISTORY)[1]


def _complete_days(book: Book, base: RiskBase, window: int) -> tuple[DateArray, FloatArray]:
    """Those of the last `window` days on which all covered holdings have a return, and the portfolio's returns."""
    returns = book.returns[-window:, base.columns]
    known = np.isfinite(returns).all(axis=1)
    return book.panel.dates[1:][-window:][known], returns[known] @ base.weights


def _warnings(longest: RiskBase | None) -> list[str]:
    if longest is None or not longest.coverage.excluded:
        return []
    return ["Coverage is that of the 252-day window; a shorter window may cover more holdings."]
