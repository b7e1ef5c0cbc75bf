from app.analytics.risk_contributions import RiskContributions as Split
from app.analytics.risk_contributions import risk_contributions as split_of
from app.schemas.risk_contribution import RiskContribution, RiskContributions
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.risk_base import METHOD, RiskBase, risk_base

DEFAULT_WINDOW = 252
_FIGURES = ("undiversified_volatility", "diversification_ratio")


def risk_contributions(book: Book, window: int) -> RiskContributions:
    reasons = Reasons()
    base = reasons.attempt("volatility", lambda: risk_base(book, window))
    split = reasons.attempt("volatility", lambda: split_of(base.returns, base.weights)) if base else None
    if split is None:
        reasons.same_for(_FIGURES, "volatility")
    return RiskContributions(
        **envelope(
            book,
            method=f"{METHOD}; Euler's split: weight times the covariance with the portfolio, over its volatility",
            window=window_of(base.days if base else book.panel.dates[:0]),
            covered=base.coverage if base else coverage_of_valued(book),
            reasons=reasons,
        ),
        volatility=split.volatility if split else None,
        undiversified_volatility=split.undiversified_volatility if split else None,
        diversification_ratio=split.diversification_ratio if split else None,
        positions=_positions(base, split) if base and split else [],
    )


def _positions(base: RiskBase, split: Split) -> list[RiskContribution]:
    """Largest contribution first, hedges last."""
    rows = [
        RiskContribution(
            symbol=symbol,
            weight=float(base.weights[i]),
            standalone_volatility=float(split.standalone[i]),
            marginal=float(split.marginal[i]),
            contribution=float(split.contribution[i]),
            share=float(split.share[i]),
        )
        for i, symbol in enumerate(base.symbols)
    ]
    return sorted(rows, key=lambda row: (-row.contribution, row.symbol))
