"""Named and custom scenarios on today's holdings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from app.analytics import prices, stress
from app.analytics.arrays import FloatArray
from app.analytics.errors import Undefined
from app.analytics.factors import FactorReturns
from app.analytics.scenarios import SCENARIOS, ReplayScenario, Scenario, Shocks, ShockScenario
from app.errors import InvalidField
from app.schemas.stress import CustomStress, FactorMove, PositionStress, StressResult, StressTest
from app.services.analytics.book import Book
from app.services.analytics.envelope import coverage_of_valued, envelope, window_of
from app.services.analytics.factor_base import factor_base, missing_warning
from app.services.analytics.sector_exposure import NO_SECTOR

DEFAULT_POSITIONS = 5
WINDOW = 252


@dataclass(frozen=True, eq=False)
class _Stage:
    """What scenarios act on. Without factor exposures (a short history) only replays and named holdings can move."""

    holdings: stress.Book
    factors: FactorReturns
    history: stress.PriceHistory
    warnings: list[str]


def named(keys: Sequence[str]) -> tuple[Scenario, ...]:
    """The scenarios of these keys in their own order; all of them for no key."""
    unknown = [key for key in keys if key not in {scenario.key for scenario in SCENARIOS}]
    if unknown:
        raise InvalidField("scenario", f"there is no scenario {unknown[0]!r}")
    return tuple(scenario for scenario in SCENARIOS if not keys or scenario.key in keys)


def custom(wanted: CustomStress) -> Scenario:
    if wanted.replay is not None:
        start, end = wanted.replay.start, wanted.replay.end
        return ReplayScenario("custom", "Custom replay", f"The days from {start} to {end}.", start, end)
    assert wanted.shocks is not None  # noqa: S101 - the request holds one of both
    return ShockScenario("custom", "Custom shocks", "custom", "As asked for.", Shocks(**wanted.shocks.model_dump()))


def stress_test(book: Book, scenarios: Sequence[Scenario], positions: int) -> StressTest:
    stage = _stage(book)
    outcomes = stress.run_scenarios(scenarios, stage.holdings, stage.factors, stage.history)
    return StressTest(
        **envelope(
            book,
            method=(
                f"Market value times beta times shock, to first order; betas by ridge regression over {WINDOW} days; "
                "factors without a shock of their own move by their conditional expectation. Replays hold today's "
                "values through the real days"
            ),
            window=window_of(book.panel.dates[1:][-WINDOW:]),
            covered=coverage_of_valued(book),
            warnings=stage.warnings,
        ),
        nav=book.value.nav,
        scenarios=[
            _result(book, scenario, outcome, positions) for scenario, outcome in zip(scenarios, outcomes, strict=True)
        ],
    )


def _stage(book: Book) -> _Stage:
    factors, beta, warnings = _factors(book)
    return _Stage(
        holdings=stress.Book(
            # A shock of a symbol reaches the options on it
            symbols=[holding.moves_with or holding.symbol for holding in book.holdings],
            sectors=[holding.sector or NO_SECTOR for holding in book.holdings],
            exposures=np.array([holding.exposure for holding in book.holdings], dtype=np.float64),
            beta=beta,
            vegas=np.array([holding.vega for holding in book.holdings], dtype=np.float64),
        ),
        factors=factors,
        history=stress.PriceHistory(book.panel.dates, _adjusted_closes(book)),
        warnings=warnings + _option_warning(book),
    )


def _adjusted_closes(book: Book) -> FloatArray:
    """(T, N) of what each holding moves with, without gaps; NaN for a private position."""
    adjusted = np.full((len(book.panel.dates), len(book.holdings)), np.nan)
    for i, holding in enumerate(book.holdings):
        if holding.moves_with is not None:
            adjusted[:, i] = book.panel.adjusted_closes[:, book.columns[holding.moves_with]]
    return prices.fill_forward(adjusted).closes


def _option_warning(book: Book) -> list[str]:
    if not any(lot.option for lot in book.open_lots):
        return []
    return ["Options move by delta and vega only: large moves change the delta too, and their loss or gain with it."]


def _factors(book: Book) -> tuple[FactorReturns, FloatArray, list[str]]:
    """The factors and each holding's betas to them; NaN for a holding with too short a history."""
    try:
        base = factor_base(book, WINDOW)
        fit = base.regress(base.holdings.returns, "ridge")
    except Undefined as reason:
        none = FactorReturns((), np.empty((0, 0)))
        return none, np.empty((len(book.holdings), 0)), [f"Without factor exposures: {reason}"]
    row_of = {symbol: i for i, symbol in enumerate(base.holdings.symbols)}
    beta = np.full((len(book.holdings), len(fit.names)), np.nan)
    for i, holding in enumerate(book.holdings):
        if holding.symbol in row_of:
            beta[i] = fit.beta[row_of[holding.symbol]]
    return base.factors, beta, missing_warning(base)


def _result(book: Book, scenario: Scenario, outcome: stress.Outcome, positions: int) -> StressResult:
    result = StressResult(
        key=scenario.key,
        name=scenario.name,
        category=scenario.category,
        description=scenario.description,
        effect=None,
        effect_of_nav=None,
    )
    match outcome:
        case stress.Unavailable():
            return result.model_copy(update={"reason": outcome.reason})
        case stress.ShockResult():
            details = _shock_details(outcome)
            parts = (outcome.direct, outcome.propagated)
        case stress.ReplayResult():
            details = _replay_details(outcome)
            parts = (outcome.effect, np.zeros_like(outcome.effect))
        case _:
            assert_never(outcome)
    total, nav = outcome.total, book.value.nav
    return result.model_copy(
        update={
            "effect": total,
            "effect_of_nav": total / nav if nav > 0 else None,
            "positions": _positions(book, *parts, positions),
            "unknown": [book.holdings[i].symbol for i in np.flatnonzero(outcome.unknown).tolist()],
            **details,
        }
    )


def _shock_details(outcome: stress.ShockResult) -> dict[str, object]:
    moves = outcome.factors
    return {
        "direct": float(np.nansum(outcome.direct[~outcome.unknown])),
        "propagated": float(np.nansum(outcome.propagated[~outcome.unknown])),
        "factor_moves": [
            FactorMove(factor=name, shocked=float(moves.shocked[k]), propagated=float(moves.propagated[k]))
            for k, name in enumerate(moves.names)
        ],
        "unmatched": list(outcome.unmatched),
    }


def _replay_details(outcome: stress.ReplayResult) -> dict[str, object]:
    return {
        "start": outcome.days[0].item(),
        "end": outcome.days[-1].item(),
        "worst": outcome.worst,
        "worst_day": outcome.worst_day,
    }


def _positions(book: Book, direct: FloatArray, propagated: FloatArray, limit: int) -> list[PositionStress]:
    """Largest effect first; holdings whose effect is unknown are named elsewhere."""
    effect = direct + propagated
    known = np.flatnonzero(np.isfinite(effect))
    largest = known[np.argsort(-np.abs(effect[known]), kind="stable")][:limit]
    return [
        PositionStress(
            symbol=book.holdings[i].symbol,
            market_value=book.holdings[i].value,
            direct=float(direct[i]),
            propagated=float(propagated[i]),
            effect=float(effect[i]),
        )
        for i in largest
    ]
