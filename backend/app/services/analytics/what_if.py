"""Every figure of a portfolio before and after trades on paper, each by its own measure."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from app.analytics.concentration import concentration
from app.analytics.errors import NonPositiveNav
from app.analytics.volatility import annualized_volatility
from app.analytics.what_if import compare
from app.schemas.what_if import FigureChange, NamedChange, WeightChange, WhatIf
from app.schemas.what_if import Trade as WantedTrade
from app.services.analytics import factor_base, stress
from app.services.analytics.beta import LONG_WINDOW, portfolio_beta
from app.services.analytics.book import Book
from app.services.analytics.envelope import coverage_of_valued, envelope, window_of
from app.services.analytics.factor_exposures import factor_exposures
from app.services.analytics.paper import Paper, on_paper
from app.services.analytics.risk_base import METHOD, risk_base
from app.services.analytics.sector_exposure import sector_exposure
from app.services.analytics.value_at_risk import DEFAULT_WINDOW as TAIL_WINDOW
from app.services.analytics.value_at_risk import tail_risk

# A figure by its name, or why there is none
_Found = tuple[float | None, str | None]


def what_if(book: Book, wanted: Sequence[WantedTrade], sectors: Mapping[str, str | None]) -> WhatIf:
    """Of a book that was loaded with the traded symbols and the factors' funds; `sectors` as in `on_paper`, which
    says what is refused.
    """
    paper = on_paper(book, wanted, sectors)
    return WhatIf(
        **envelope(
            book,
            method=(
                "Trades at the stated or newest price, without costs; shares netted by symbol, private positions as "
                f"they are. {METHOD}"
            ),
            window=window_of(book.panel.dates[1:][-LONG_WINDOW:]),
            covered=coverage_of_valued(book),
        ),
        traded_value=paper.traded_value,
        **{name: _change(paper, measure) for name, measure in _MEASURES.items()},
        sectors=_changes(paper, _sectors, missing=(0.0, None)),
        factors=_changes(paper, _factors, missing=(None, "Its fund has too few prices on these days.")),
        scenarios=_changes(paper, _scenarios, missing=(None, None)),
        weights=_weights(paper),
    )


def _change(paper: Paper, measure: Callable[[Book], float]) -> FigureChange:
    books = {id(paper.simulation.before): paper.before, id(paper.simulation.after): paper.after}
    return FigureChange.model_validate(compare(paper.simulation, lambda side: measure(books[id(side)])))


def _changes(paper: Paper, measure: Callable[[Book], dict[str, _Found]], *, missing: _Found) -> list[NamedChange]:
    """In the order of the side before, then what only the side after has."""
    before, after = measure(paper.before), measure(paper.after)
    return [_named(name, before.get(name, missing), after.get(name, missing)) for name in {**before, **after}]


def _named(name: str, before: _Found, after: _Found) -> NamedChange:
    (first, reason_before), (second, reason_after) = before, after
    return NamedChange(
        name=name,
        before=first,
        after=second,
        change=None if first is None or second is None else second - first,
        reason_before=reason_before,
        reason_after=reason_after,
    )


def _sectors(book: Book) -> dict[str, _Found]:
    found = sector_exposure(book)
    reason = found.unavailable.get("sectors.net_weight")
    return {row.sector: (row.net_weight, reason) for row in found.sectors}


def _factors(book: Book) -> dict[str, _Found]:
    found = factor_exposures(book, factor_base.DEFAULT_WINDOW, "ols")
    if not found.factors:
        return dict.fromkeys(("market", *factor_base.PROXIES), (None, found.unavailable["factors"]))
    return {row.factor: (row.beta, None) for row in found.factors}


def _scenarios(book: Book) -> dict[str, _Found]:
    found = stress.stress_test(book, stress.named([]), positions=0)
    reason = None if found.nav > 0 else str(NonPositiveNav(found.nav))
    return {row.name: (row.effect_of_nav, row.reason or reason) for row in found.scenarios}


def _leverage(book: Book, exposure: float) -> float:
    if not book.value.nav > 0:
        raise NonPositiveNav(book.value.nav)
    return exposure / book.value.nav


def _tail(book: Book) -> float:
    return tail_risk(risk_base(book, TAIL_WINDOW), 0.95, 1).value_at_risk


def _tail_amount(book: Book) -> float:
    return _tail(book) * risk_base(book, TAIL_WINDOW).nav


def _shortfall(book: Book) -> float:
    return tail_risk(risk_base(book, TAIL_WINDOW), 0.95, 1).expected_shortfall


def _shortfall_amount(book: Book) -> float:
    return _shortfall(book) * risk_base(book, TAIL_WINDOW).nav


def _exposures(book: Book) -> np.ndarray:
    return np.array([holding.exposure for holding in book.holdings], dtype=np.float64)


_MEASURES: dict[str, Callable[[Book], float]] = {
    "nav": lambda book: book.value.nav,
    "cash": lambda book: book.value.cash,
    "gross_exposure": lambda book: book.value.gross_exposure,
    "net_exposure": lambda book: book.value.net_exposure,
    "gross_leverage": lambda book: _leverage(book, book.value.gross_exposure),
    "net_leverage": lambda book: _leverage(book, book.value.net_exposure),
    "volatility_252d": lambda book: annualized_volatility(risk_base(book, LONG_WINDOW).portfolio),
    "beta_252d": lambda book: portfolio_beta(book, LONG_WINDOW).beta,
    "value_at_risk_95_1d": _tail,
    "value_at_risk_95_1d_amount": _tail_amount,
    "expected_shortfall_95_1d": _shortfall,
    "expected_shortfall_95_1d_amount": _shortfall_amount,
    "herfindahl_index": lambda book: concentration(_exposures(book)).herfindahl_index,
    "effective_positions": lambda book: concentration(_exposures(book)).effective_positions,
}


def _weights(paper: Paper) -> list[WeightChange]:
    units = [_units(book) for book in (paper.before, paper.after)]
    weights = [_weights_of(book) for book in (paper.before, paper.after)]
    rows = [
        WeightChange(
            symbol=symbol,
            quantity_before=units[0].get(symbol, 0.0),
            quantity_after=units[1].get(symbol, 0.0),
            weight_before=weights[0](symbol),
            weight_after=weights[1](symbol),
        )
        for symbol in {**units[0], **units[1]}
    ]
    return sorted(rows, key=lambda row: (-abs(row.weight_after or 0.0), row.symbol))


def _units(book: Book) -> dict[str, float]:
    found: dict[str, float] = {}
    for lot in book.open_lots:
        found[lot.symbol] = found.get(lot.symbol, 0.0) + lot.quantity
    return found


def _weights_of(book: Book) -> Callable[[str], float | None]:
    values = {holding.symbol: holding.value for holding in book.holdings}
    nav = book.value.nav
    return lambda symbol: values.get(symbol, 0.0) / nav if nav > 0 and symbol not in book.unpriced else None
