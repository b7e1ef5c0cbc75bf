import numpy as np

from app.analytics.beta import BetaRegression, beta_regression, beta_regressions
from app.schemas.analytics import Beta, BetaEstimate
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.risk_base import METHOD, RiskBase, risk_base

SHORT_WINDOW = 90
LONG_WINDOW = 252


def beta(book: Book) -> Beta:
    reasons = Reasons()
    base = reasons.attempt("positions", lambda: risk_base(book, LONG_WINDOW, with_benchmark=True))
    return Beta(
        **envelope(
            book,
            method=f"{METHOD}; ordinary least squares with intercept on the returns of {book.row.benchmark}",
            window=window_of(base.days if base else book.panel.dates[:0]),
            covered=base.coverage if base else coverage_of_valued(book),
            reasons=reasons,
            warnings=_flat(base),
        ),
        benchmark=book.row.benchmark,
        portfolio_90d=reasons.attempt("portfolio_90d", lambda: _portfolio(book, SHORT_WINDOW)),
        portfolio_252d=reasons.attempt("portfolio_252d", lambda: _portfolio(book, LONG_WINDOW)),
        positions=(reasons.attempt("positions", lambda: _positions(base)) if base else None) or [],
    )


def portfolio_beta(book: Book, window: int) -> BetaRegression:
    base = risk_base(book, window, with_benchmark=True)
    assert base.benchmark is not None  # noqa: S101 - it was asked for above
    return beta_regression(base.portfolio, base.benchmark)


def _portfolio(book: Book, window: int) -> BetaEstimate:
    fit = portfolio_beta(book, window)
    return BetaEstimate(
        symbol=book.row.name,
        weight=None,
        beta=fit.beta,
        alpha_daily=fit.alpha,
        r_squared=fit.r_squared,
        standard_error=fit.standard_error,
        p_value=fit.p_value,
        observations=fit.observations,
    )


def _positions(base: RiskBase) -> list[BetaEstimate]:
    """Of the holdings that move at all: the share of explained variance of a flat series is 0 / 0."""
    assert base.benchmark is not None  # noqa: S101 - the caller asked for it
    fits = beta_regressions(base.returns, base.benchmark)
    return [
        BetaEstimate(
            symbol=symbol,
            weight=float(base.weights[i]),
            beta=float(fits.beta[i]),
            alpha_daily=float(fits.alpha[i]),
            r_squared=float(fits.r_squared[i]),
            standard_error=float(fits.standard_error[i]),
            p_value=float(fits.p_value[i]),
            observations=fits.observations,
        )
        for i, symbol in enumerate(base.symbols)
        if np.isfinite(fits.r_squared[i])
    ]


def _flat(base: RiskBase | None) -> list[str]:
    if base is None or not len(base.days):
        return []
    flat = [symbol for symbol, series in zip(base.symbols, base.returns.T, strict=True) if np.ptp(series) == 0]
    return [f"Did not move and so have no regression of their own: {', '.join(flat)}."] if flat else []
