"""The factors' returns on the days of today's holdings."""

from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.factors import (
    STYLE_PROXIES,
    TREASURIES_PROXY,
    FactorExposures,
    FactorName,
    FactorReturns,
    factor_returns,
    ordinary_least_squares,
    ridge,
)
from app.analytics.returns import common_history
from app.schemas.factor import Estimator
from app.services.analytics.book import Book
from app.services.analytics.risk_base import RiskBase, risk_base

PROXIES: dict[FactorName, str] = {**STYLE_PROXIES, "treasuries": TREASURIES_PROXY}
PROXY_SYMBOLS = frozenset(PROXIES.values())

MINIMUM_WINDOW = 60
DEFAULT_WINDOW = 252


@dataclass(frozen=True, eq=False)
class FactorBase:
    """`holdings` and `factors` on the same days; `missing` are the factors whose proxy has too few prices on them.

    `all_days` has the same factors on each of the book's days of returns, NaN where unknown.
    """

    holdings: RiskBase
    factors: FactorReturns
    all_days: FactorReturns
    missing: tuple[FactorName, ...]

    def regress(self, returns: FloatArray, estimator: Estimator) -> FactorExposures:
        """Every column of (D, N) on the factors."""
        match estimator:
            case "ols":
                return ordinary_least_squares(returns, self.factors)
            case "ridge":
                return ridge(returns, self.factors)


def factor_base(book: Book, window: int) -> FactorBase:
    """Of a book that was loaded with `PROXY_SYMBOLS`. Raises as `risk_base` with the benchmark as the market."""
    base = risk_base(book, window, with_benchmark=True)
    series = {name: book.returns[:, book.columns[symbol]] for name, symbol in PROXIES.items()}
    known = common_history(np.column_stack(list(series.values())), window).columns
    present = {name: returns for (name, returns), keep in zip(series.items(), known, strict=True) if keep}
    treasuries = present.pop("treasuries", None)
    all_days = factor_returns(book.returns[:, book.columns[book.row.benchmark]], present, treasuries)
    base = base.on(np.asarray(np.isfinite(all_days.returns[base.rows]).all(axis=1)))
    return FactorBase(
        holdings=base,
        factors=FactorReturns(all_days.names, all_days.returns[base.rows]),
        all_days=all_days,
        missing=tuple(name for name in PROXIES if name not in all_days.names),
    )


def missing_warning(base: FactorBase) -> list[str]:
    if not base.missing:
        return []
    named = ", ".join(f"{name.replace('_', ' ')} ({PROXIES[name]})" for name in base.missing)
    return [f"Left out for want of prices: {named}."]
