from collections.abc import Callable
from itertools import product

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import Undefined
from app.analytics.parametric_value_at_risk import cornish_fisher_value_at_risk, normal_value_at_risk
from app.analytics.value_at_risk import TailRisk, historical_value_at_risk
from app.schemas.analytics import TailApproach, ValueAtRisk, ValueAtRiskLevel
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.risk_base import METHOD, RiskBase, risk_base

# Two years: 99 % then rests on five days rather than on two or three
DEFAULT_WINDOW = 504
CONFIDENCES = (0.95, 0.99)
HORIZONS = (1, 10)


_APPROACHES: dict[TailApproach, tuple[Callable[[FloatArray, float, int], TailRisk], str]] = {
    "historical": (
        historical_value_at_risk,
        "historical simulation, quantile by linear interpolation, expected shortfall as the mean of the returns at or "
        "below it, several days by the square root of time",
    ),
    "normal": (normal_value_at_risk, "a normal distribution with the mean and deviation of the returns"),
    "cornish_fisher": (
        cornish_fisher_value_at_risk,
        "the normal quantile corrected for skewness and excess kurtosis (Cornish-Fisher)",
    ),
}


def value_at_risk(
    book: Book, confidences: tuple[float, ...], horizons: tuple[int, ...], window: int, approach: TailApproach
) -> ValueAtRisk:
    reasons = Reasons()
    base = reasons.attempt("levels", lambda: risk_base(book, window))
    worst = int(np.argmin(base.portfolio)) if base and len(base.days) else None
    levels = _levels(base, confidences, horizons, approach, reasons) if base else []
    if worst is None:
        reasons.same_for(["worst_day", "worst_day_return"], "levels")
    return ValueAtRisk(
        **envelope(
            book,
            method=f"{METHOD} of {window} trading days; {_APPROACHES[approach][1]}",
            window=window_of(base.days if base else book.panel.dates[:0]),
            covered=base.coverage if base else coverage_of_valued(book),
            reasons=reasons,
            warnings=_warnings(book, base),
        ),
        nav=book.value.nav,
        levels=levels,
        worst_day=base.days[worst].item() if base and worst is not None else None,
        worst_day_return=float(base.portfolio[worst]) if base and worst is not None else None,
    )


def tail_risk(base: RiskBase, confidence: float, horizon_days: int, approach: TailApproach = "historical") -> TailRisk:
    return _APPROACHES[approach][0](base.portfolio, confidence, horizon_days)


def _levels(
    base: RiskBase,
    confidences: tuple[float, ...],
    horizons: tuple[int, ...],
    approach: TailApproach,
    reasons: Reasons,
) -> list[ValueAtRiskLevel]:
    levels = []
    for confidence, horizon in product(confidences, horizons):
        try:
            risk = tail_risk(base, confidence, horizon, approach)
        except Undefined as reason:
            reasons.unavailable["levels"] = str(reason)
            continue
        levels.append(
            ValueAtRiskLevel(
                approach=approach,
                confidence=confidence,
                horizon_days=horizon,
                value_at_risk=risk.value_at_risk,
                value_at_risk_amount=risk.value_at_risk * base.nav,
                expected_shortfall=risk.expected_shortfall,
                expected_shortfall_amount=risk.expected_shortfall * base.nav,
            )
        )
    return levels


def _warnings(book: Book, base: RiskBase | None) -> list[str]:
    if base is None or base.nav == book.value.nav:
        return []
    return [
        f"Ratios and amounts are of the covered holdings with cash, worth {base.nav:,.2f} of {book.value.nav:,.2f} "
        f"{book.row.base_currency}."
    ]
