"""What a portfolio would gain or lose if something happened: shocks, and the replay of real days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

import numpy as np

from app.analytics.arrays import BoolArray, DateArray, FloatArray
from app.analytics.errors import InvalidInput, Undefined
from app.analytics.factors import DAYS_PER_FACTOR, FactorName, FactorReturns
from app.analytics.returns import require_complete
from app.analytics.scenarios import ReplayScenario, Scenario, Shocks, ShockScenario

# Singular values below this share of the largest are taken as zero: a copy of a factor adds nothing
_COLLINEAR = 1e-10


class FactorWithoutProxy(Undefined):
    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        named = ", ".join(name.replace("_", " ") for name in names)
        super().__init__(f"The market data has no series that stands for {named}.")


class NoPricesInWindow(Undefined):
    def __init__(self, start: date, end: date, first: date, last: date) -> None:
        super().__init__(f"Prices reach from {first} to {last}, the window from {start} to {end}.")


@dataclass(frozen=True)
class Book:
    """The holdings of today, one entry a position.

    `exposures` (N,) are signed market values in currency, an option's delta-adjusted. `beta` (N, K) are the positions'
    exposures to the factors; NaN in the row of a position whose history is too short. `vegas` (N,) are currency
    per 1.0 of implied volatility, None where no option is held.
    """

    symbols: Sequence[str]
    sectors: Sequence[str]
    exposures: FloatArray
    beta: FloatArray
    vegas: FloatArray | None = None

    def __post_init__(self) -> None:
        count = self.exposures.shape[0]
        if not (len(self.symbols) == len(self.sectors) == self.beta.shape[0] == count):
            raise InvalidInput("Symbols, sectors, exposures and betas of a book have one entry a position.")
        if not np.isfinite(self.exposures).all():
            raise InvalidInput("An exposure is a finite number; leave out positions without a price.")


@dataclass(frozen=True)
class PriceHistory:
    """Adjusted closes of the book's positions: `days` (T,) increasing, `closes` (T, N) without gaps (`fill_forward`).

    NaN before a listing.
    """

    days: DateArray
    closes: FloatArray


@dataclass(frozen=True)
class FactorMoves:
    """Moves by factor, fractions of shape (K,). A factor is either shocked or propagated to; the other entry is 0."""

    names: tuple[FactorName, ...]
    shocked: FloatArray
    propagated: FloatArray


@dataclass(frozen=True)
class ShockResult:
    """Effects by position in currency, shape (N,); NaN where the position's betas are not known.

    `direct` comes from what was shocked, `propagated` from the factors that move along. `unmatched` are the
    shocked symbols and sectors that no position belongs to.
    """

    factors: FactorMoves
    direct: FloatArray
    propagated: FloatArray
    unmatched: tuple[str, ...]

    @property
    def effect(self) -> FloatArray:
        return self.direct + self.propagated

    @property
    def unknown(self) -> BoolArray:
        """Positions that are in no total."""
        return np.isnan(self.effect)

    @property
    def total(self) -> float:
        return float(np.nansum(self.effect))


@dataclass(frozen=True)
class ReplayResult:
    """Effects by position in currency, shape (N,); NaN for a position without a price at the start.

    `path` (D,) is the gain since the start on each day of `days`, the first of which is the start with a gain of 0.
    """

    days: DateArray
    effect: FloatArray
    path: FloatArray

    @property
    def unknown(self) -> BoolArray:
        """Positions that are in no total."""
        return np.isnan(self.effect)

    @property
    def total(self) -> float:
        return float(np.nansum(self.effect))

    @property
    def worst(self) -> float:
        """The lowest point on the way; 0 where the portfolio never stood below its start."""
        return float(self.path.min())

    @property
    def worst_day(self) -> date:
        day: date = self.days[int(self.path.argmin())].astype("datetime64[D]").item()
        return day


@dataclass(frozen=True)
class Unavailable:
    """A scenario that has no answer on this data, and why."""

    reason: str


Outcome = ShockResult | ReplayResult | Unavailable


def factor_moves(factors: FactorReturns, shocks: Mapping[FactorName, float]) -> FactorMoves:
    """Moves of all factors, given those of some: E[f_U | f_S = s] = Sigma_US Sigma_SS^-1 s.

    Sigma is the sample covariance of the factors' daily returns. Their mean is taken as zero: a shock is sudden.
    Factors in S that are collinear are solved by least squares, which is exact for shocks that agree with each other.

    Parameters
    ----------
    factors : FactorReturns, T >= 10 K, no NaN
    shocks : fractions by factor
        A factor shocked by zero stays where it is; one that is left out moves along.

    Raises
    ------
    FactorWithoutProxy
        A shocked factor is not among the factors.
    InsufficientData
        Fewer than ten days for each factor.
    """
    count = len(factors.names)
    missing = [name for name in shocks if name not in factors.names]
    if missing:
        raise FactorWithoutProxy(missing)
    direct = np.array([shocks.get(name, 0.0) for name in factors.names], dtype=np.float64)
    if not direct.any():
        return FactorMoves(factors.names, shocked=direct, propagated=np.zeros(count))
    require_complete(factors.returns, needed=DAYS_PER_FACTOR * count, measure="Propagation between factors")
    shocked = np.array([name in shocks for name in factors.names])
    sigma = factors.covariance[:, shocked]
    weights, *_ = np.linalg.lstsq(sigma[shocked], direct[shocked], rcond=_COLLINEAR)
    propagated = np.where(shocked, 0.0, sigma @ weights)
    return FactorMoves(factors.names, shocked=direct, propagated=propagated)


def apply_shocks(book: Book, factors: FactorReturns, shocks: Shocks) -> ShockResult:
    """Gain or loss of every position, to first order: exposure x sum_k beta_k x move of factor k.

    A symbol's or sector's shock takes the place of the factors for its positions. No position moves below -100 %: the
    direct and the propagated move are then scaled alike. Volatility adds vega x shock, a liquidation cost takes its
    share of the gross exposure; both are direct. No shock, or shocks of zero, has no effect at all.

    Raises
    ------
    InvalidInput
        A shock that is not finite or below -1, a liquidation cost outside 0 to 1, or betas of other factors.
    FactorWithoutProxy, InsufficientData
        As `factor_moves`.
    """
    _check(book, factors, shocks)
    moves = factor_moves(factors, shocks.factors)
    direct, propagated = _loaded(book.beta, moves.shocked), _loaded(book.beta, moves.propagated)
    _override(direct, propagated, book.sectors, shocks.sectors)
    _override(direct, propagated, book.symbols, shocks.symbols)
    # The sum is NaN where betas are unknown; comparing says False there, which leaves the NaN
    total = direct + propagated
    scale = np.divide(-1.0, total, out=np.ones_like(total), where=total < -1.0)
    linear = book.exposures * direct * scale
    linear -= np.abs(book.exposures) * shocks.liquidation_cost
    if book.vegas is not None:
        linear += book.vegas * shocks.volatility
    named = (*shocks.sectors, *shocks.symbols)
    held = {*book.symbols, *book.sectors} if named else set()
    unmatched = tuple(name for name in named if name not in held)
    return ShockResult(moves, direct=linear, propagated=book.exposures * propagated * scale, unmatched=unmatched)


def replay(exposures: FloatArray, history: PriceHistory, start: date, end: date) -> ReplayResult:
    """Today's holdings through the real days of a window, bought at its start and held: exposure x (p_t / p_start - 1).

    Parameters
    ----------
    exposures : (N,) array, currency, signed, no NaN
    history : PriceHistory of the same positions
    start, end : date
        A day without trading stands for the last trading day before it.

    Raises
    ------
    InvalidInput
        The window is empty.
    NoPricesInWindow
        Prices begin after the start or stop before the end.
    """
    if start >= end:
        raise InvalidInput("A window ends after it starts.")
    days = history.days
    if days.shape[0] == 0 or days[0] > np.datetime64(start, "D") or days[-1] < np.datetime64(end, "D"):
        raise _outside(days, start, end)
    first, last = (int(np.searchsorted(days, np.datetime64(day, "D"), side="right")) - 1 for day in (start, end))
    base = history.closes[first]
    known = base > 0
    units = np.divide(exposures, base, out=np.zeros_like(exposures), where=known)
    window = history.closes[first : last + 1]
    held = window if known.all() else np.where(known, window, 0.0)
    effect = np.where(known, units * held[-1] - exposures, np.nan)
    path = (held - held[0]) @ units
    return ReplayResult(days=days[first : last + 1], effect=effect, path=path)


def run_scenario(
    scenario: Scenario, book: Book, factors: FactorReturns, history: PriceHistory
) -> ShockResult | ReplayResult:
    """One scenario; raises as `apply_shocks` or `replay`."""
    match scenario:
        case ShockScenario():
            return apply_shocks(book, factors, scenario.shocks)
        case ReplayScenario():
            return replay(book.exposures, history, scenario.start, scenario.end)
        case _:
            assert_never(scenario)


def run_scenarios(
    scenarios: Iterable[Scenario], book: Book, factors: FactorReturns, history: PriceHistory
) -> tuple[Outcome, ...]:
    """All scenarios in their order; what has no answer on this data says why."""

    def outcome(scenario: Scenario) -> Outcome:
        try:
            return run_scenario(scenario, book, factors, history)
        except Undefined as failure:
            return Unavailable(str(failure))

    return tuple(outcome(scenario) for scenario in scenarios)


def _check(book: Book, factors: FactorReturns, shocks: Shocks) -> None:
    if book.beta.shape[1] != len(factors.names):
        raise InvalidInput(f"Betas to {book.beta.shape[1]} factors do not fit {len(factors.names)} factors.")
    moves = [*shocks.factors.values(), *shocks.sectors.values(), *shocks.symbols.values(), shocks.volatility]
    if not all(np.isfinite(move) and move >= -1.0 for move in moves):
        raise InvalidInput("A shock is a number of at least -1 (-100 %).")
    if not 0.0 <= shocks.liquidation_cost <= 1.0:
        raise InvalidInput("A liquidation cost lies between 0 and 1.")


def _loaded(beta: FloatArray, moves: FloatArray) -> FloatArray:
    """Moves of the positions. Where no factor moves, unknown betas do no harm."""
    if not moves.any():
        return np.zeros(beta.shape[0])
    return np.asarray(beta @ moves, dtype=np.float64)


def _override(direct: FloatArray, propagated: FloatArray, labels: Sequence[str], shocks: Mapping[str, float]) -> None:
    if not shocks:
        return
    chosen = [i for i, label in enumerate(labels) if label in shocks]
    direct[chosen] = [shocks[labels[i]] for i in chosen]
    propagated[chosen] = 0.0


def _outside(days: DateArray, start: date, end: date) -> Undefined:
    if days.shape[0] == 0:
        return Undefined("There are no prices to replay.")
    return NoPricesInWindow(start, end, days[0].astype("datetime64[D]").item(), days[-1].astype("datetime64[D]").item())
