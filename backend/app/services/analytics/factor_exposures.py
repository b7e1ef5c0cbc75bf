from typing import Any

import numpy as np

from app.analytics.factors import FactorExposures as Fit
from app.analytics.factors import FactorName, factor_risk
from app.schemas.factor import (
    Estimator,
    FactorExposure,
    FactorExposures,
    PositionFactorExposure,
    PositionFactorExposures,
)
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.factor_base import PROXIES, FactorBase, factor_base, missing_warning
from app.services.analytics.risk_base import METHOD

_FIGURES = (
    "alpha_daily", "r_squared", "volatility", "systematic_volatility", "specific_volatility", "specific_contribution",
)  # fmt: skip
_ESTIMATORS: dict[Estimator, str] = {
    "ols": "ordinary least squares",
    "ridge": "ridge regression with the smallest penalty that brings every variance inflation down to 5",
}


def factor_exposures(book: Book, window: int, estimator: Estimator) -> FactorExposures:
    reasons = Reasons()
    base = reasons.attempt("factors", lambda: factor_base(book, window))
    figures = reasons.attempt("factors", lambda: _portfolio(book, base, estimator)) if base else None
    if figures is None:
        reasons.same_for(_FIGURES, "factors")
        figures = {"factors": [], **dict.fromkeys(_FIGURES)}
    penalty = figures.pop("ridge_penalty", None)
    if penalty is None:
        reasons.unavailable["ridge_penalty"] = "Only a ridge regression has a penalty."
    return FactorExposures(
        **_around(book, base, estimator, reasons),
        benchmark=book.row.benchmark,
        estimator=estimator,
        ridge_penalty=penalty,
        **figures,
    )


def position_factor_exposures(book: Book, window: int, estimator: Estimator) -> PositionFactorExposures:
    reasons = Reasons()
    base = reasons.attempt("positions", lambda: factor_base(book, window))
    fit = reasons.attempt("positions", lambda: base.regress(base.holdings.returns, estimator)) if base else None
    return PositionFactorExposures(
        **_around(book, base, estimator, reasons),
        benchmark=book.row.benchmark,
        estimator=estimator,
        positions=_positions(base, fit) if base and fit else [],
        weighted=dict(zip(fit.names, (base.holdings.weights @ fit.beta).tolist(), strict=True)) if base and fit else {},
    )


def _around(book: Book, base: FactorBase | None, estimator: Estimator, reasons: Reasons) -> dict[str, Any]:
    return envelope(
        book,
        method=(
            f"{METHOD}; {_ESTIMATORS[estimator]} with intercept on the market ({book.row.benchmark}) and on styles as "
            "the returns of their funds over the market"
        ),
        window=window_of(base.holdings.days if base else book.panel.dates[:0]),
        covered=base.holdings.coverage if base else coverage_of_valued(book),
        reasons=reasons,
        warnings=missing_warning(base) if base else [],
    )


def _portfolio(book: Book, base: FactorBase, estimator: Estimator) -> dict[str, Any]:
    returns = base.holdings.portfolio
    fit = base.regress(returns[:, None], estimator)
    risk = factor_risk(returns, base.factors, fit.beta[0])
    return {
        "ridge_penalty": fit.penalty if estimator == "ridge" else None,
        "factors": [_factor(book, fit, float(risk.contribution[k]), k) for k in range(len(fit.names))],
        "alpha_daily": float(fit.alpha[0]),
        "r_squared": _known(fit.r_squared[0]),
        "volatility": risk.volatility,
        "systematic_volatility": risk.systematic_volatility,
        "specific_volatility": risk.specific_volatility,
        "specific_contribution": risk.specific_contribution,
    }


def _factor(book: Book, fit: Fit, contribution: float, k: int) -> FactorExposure:
    return FactorExposure(
        factor=fit.names[k],
        proxy=_proxy(book, fit.names[k]),
        beta=float(fit.beta[0, k]),
        standard_error=float(fit.standard_error[0, k]),
        t_statistic=_known(fit.t_statistic[0, k]),
        p_value=_known(fit.p_value[0, k]),
        variance_inflation=float(fit.vif[k]),
        volatility_contribution=contribution,
    )


def _positions(base: FactorBase, fit: Fit) -> list[PositionFactorExposure]:
    return [
        PositionFactorExposure(
            symbol=symbol,
            weight=float(base.holdings.weights[i]),
            betas=dict(zip(fit.names, fit.beta[i].tolist(), strict=True)),
            t_statistics={name: _known(fit.t_statistic[i, k]) for k, name in enumerate(fit.names)},
            r_squared=_known(fit.r_squared[i]),
            specific_volatility=float(fit.specific_volatility[i]),
        )
        for i, symbol in enumerate(base.holdings.symbols)
    ]


def _proxy(book: Book, name: FactorName) -> str:
    return book.row.benchmark if name == "market" else PROXIES[name]


def _known(value: float) -> float | None:
    """None for what a series that does not move, or that the factors explain exactly, leaves without a number."""
    return float(value) if np.isfinite(value) else None
