"""The key figures of the portfolio page. Each is the figure of its own measure: nothing is worked out here."""

import numpy as np

from app.analytics.errors import NonPositiveNav
from app.analytics.performance import total_return
from app.analytics.valuation import PortfolioValue, weights
from app.schemas.analytics import Overview, PortfolioComplete, Valuation
from app.schemas.portfolio import PortfolioOut
from app.services.analytics.beta import LONG_WINDOW, portfolio_beta
from app.services.analytics.book import Book
from app.services.analytics.drawdowns import current, deepest
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.performance import METHOD, every_day, newest_pnl, newest_return, total_pnl
from app.services.analytics.positions import valued_positions
from app.services.analytics.risk_base import METHOD as RISK_METHOD
from app.services.analytics.risk_base import risk_base
from app.services.analytics.value_at_risk import DEFAULT_WINDOW, tail_risk
from app.services.analytics.volatility import WINDOWS, benchmark_volatility, portfolio_volatility


def overview(book: Book) -> Overview:
    reasons = Reasons()
    figures = {f"volatility_{window}d": portfolio_volatility(book, window, reasons) for window in WINDOWS}
    return Overview(
        benchmark=book.row.benchmark,
        valuation=_valuation(book.value, reasons),
        position_count=len(book.open_lots),
        **figures,
        benchmark_volatility_252d=benchmark_volatility(book, WINDOWS[-1], reasons),
        **_earned(book, reasons),
        **_market(book, reasons),
        **_tail(book, reasons),
        top_position=reasons.attempt("top_position", lambda: book.largest.symbol),
        top_position_weight=reasons.attempt("top_position_weight", lambda: _largest_weight(book)),
        **envelope(
            book,
            method=f"Return and drawdown: {METHOD}. Volatility, beta, value at risk: {RISK_METHOD}.",
            window=window_of(book.history.days),
            covered=coverage_of_valued(book),
            reasons=reasons,
        ),
    )


def complete(book: Book) -> PortfolioComplete:
    summary = overview(book)
    return PortfolioComplete(
        **envelope(
            book,
            method=summary.method,
            window=summary.window,
            covered=summary.coverage,
        ),
        portfolio=PortfolioOut.model_validate(book.row),
        overview=summary,
        positions=valued_positions(book),
    )


def _valuation(value: PortfolioValue, reasons: Reasons) -> Valuation:
    for ratio in ("gross_leverage", "net_leverage"):
        if getattr(value, ratio) is None:
            reasons.unavailable[f"valuation.{ratio}"] = str(NonPositiveNav(value.nav))
    return Valuation.model_validate(value)


def _largest_weight(book: Book) -> float:
    return float(weights(np.array([book.largest.value]), book.value.nav)[0])


def _earned(book: Book, reasons: Reasons) -> dict[str, float | None]:
    return {
        "day_pnl": reasons.attempt("day_pnl", lambda: newest_pnl(book)),
        "day_return": reasons.attempt("day_return", lambda: newest_return(book)),
        "total_pnl": reasons.attempt("total_pnl", lambda: total_pnl(book)),
        "total_return": reasons.attempt("total_return", lambda: total_return(every_day(book))),
        "max_drawdown": reasons.attempt("max_drawdown", lambda: deepest(book)),
        "current_drawdown": reasons.attempt("current_drawdown", lambda: current(book)),
    }


def _market(book: Book, reasons: Reasons) -> dict[str, float | None]:
    fit = reasons.attempt("beta_252d", lambda: portfolio_beta(book, LONG_WINDOW))
    if fit is None:
        reasons.same_for(["r_squared_252d"], "beta_252d")
        return {"beta_252d": None, "r_squared_252d": None}
    return {"beta_252d": fit.beta, "r_squared_252d": fit.r_squared}


def _tail(book: Book, reasons: Reasons) -> dict[str, float | None]:
    fields = ("value_at_risk_95_1d", "value_at_risk_95_1d_amount")
    base = reasons.attempt(fields[0], lambda: risk_base(book, DEFAULT_WINDOW))
    risk = reasons.attempt(fields[0], lambda: tail_risk(base, 0.95, 1)) if base else None
    if base is None or risk is None:
        reasons.same_for(fields[1:], fields[0])
        return dict.fromkeys(fields)
    return {fields[0]: risk.value_at_risk, fields[1]: risk.value_at_risk * base.nav}
