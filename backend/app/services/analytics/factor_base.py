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
    """`holdings` and `factors` on the same days; `missing` are the factors whose proxy has too few prices on them."""

    holdings: RiskBase
    factors: FactorReturns
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
    names = list(PROXIES)
    series = book.returns[:, [book.columns[PROXIES[name]] for name in names]]
    known = common_history(series, window).columns
    present = [name for name, keep in zip(names, known, strict=True) if keep]
    columns = series[base.rows][:, known]
    base = base.on(np.asarray(np.isfinite(columns).all(axis=1)))
    assert base.benchmark is not None  # noqa: S101 - it was asked for above
    by_name = dict(zip(present, series[base.rows][:, known].T, strict=True))
    treasuries = by_name.pop("treasuries", None)
    return FactorBase(
        holdings=base,
        factors=factor_returns(base.benchmark, by_name, treasuries),
        missing=tuple(name for name in names if name not in present),
    )


def missing_warning(base: FactorBase) -> list[str]:
    if not base.missing:
        return []
    named = ", ".join(f"{name.replace('_', ' ')} ({PROXIES[name]})" for name in base.missing)
    return [f"Left out for want of prices: {named}."]
