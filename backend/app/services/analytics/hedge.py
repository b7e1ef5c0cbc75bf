from dataclasses import asdict

import numpy as np

from app.analytics import hedge
from app.schemas.hedge import HedgeQuality, ShortExposure
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.risk_base import METHOD, RiskBase, risk_base

WINDOW = 252
SQUEEZE_DAYS = 21
_FIGURES = ("long_volatility", "short_volatility", "volatility", "correlation", "effectiveness", "best_ratio")


def hedge_quality(book: Book) -> HedgeQuality:
    """Options count on the side of their delta-adjusted exposure: a bought put is a short."""
    reasons = Reasons()
    base = reasons.attempt("shorts", lambda: risk_base(book, WINDOW))
    found = reasons.attempt("correlation", lambda: hedge.hedge_quality(base.returns, base.weights)) if base else None
    shorts = reasons.attempt("shorts", lambda: _shorts(base)) if base else None
    if found is None:
        reasons.same_for(_FIGURES, "correlation" if base else "shorts")
    return HedgeQuality(
        **envelope(
            book,
            method=(
                f"{METHOD}, long and short side apart; a squeeze is the largest rise over {SQUEEZE_DAYS} days in the "
                "window, once more at today's weight"
            ),
            window=window_of(base.days if base else book.panel.dates[:0]),
            covered=base.coverage if base else coverage_of_valued(book),
            reasons=reasons,
        ),
        **(asdict(found) if found else dict.fromkeys(_FIGURES)),
        shorts=shorts or [],
    )


def _shorts(base: RiskBase) -> list[ShortExposure]:
    """The one that a squeeze would cost most comes first."""
    short = np.flatnonzero(base.weights < 0)
    rises = hedge.largest_rise(base.returns[:, short], SQUEEZE_DAYS)
    recent = np.expm1(np.log1p(base.returns[-SQUEEZE_DAYS:, short]).sum(axis=0))
    found = [
        ShortExposure(
            symbol=base.symbols[column],
            weight=float(base.weights[column]),
            return_21d=float(recent[i]),
            largest_rise_21d=float(rises[i]),
            squeeze_loss=float(max(-base.weights[column] * rises[i], 0.0)),
        )
        for i, column in enumerate(short)
    ]
    return sorted(found, key=lambda row: (-row.squeeze_loss, row.symbol))
