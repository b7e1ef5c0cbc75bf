"""What detectors look at and what they find. Ratios are fractions; None is unknown, and nothing is found in it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Severity = Literal["info", "notice", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "notice", "warning", "critical")


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the whole, such as a position or a sector."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Move:
    symbol: str
    day_return: float
    contribution: float | None


@dataclass(frozen=True, slots=True)
class Pair:
    first: str
    second: str
    correlation: float


@dataclass(frozen=True, slots=True)
class Tilt:
    """Beta to a style, and how many times its error it is."""

    style: str
    beta: float
    t_statistic: float


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    effect_of_nav: float


@dataclass(frozen=True, slots=True)
class Squeeze:
    """A short of (negative) `weight`; `rise` is its largest of a month, `loss` what that would cost, of NAV."""

    symbol: str
    weight: float
    recent: float
    rise: float
    loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """A portfolio on one day. Shares of positions and sectors are of gross exposure, the others of net asset value."""

    as_of: date | None = None
    position_count: int = 0
    cash_share: float | None = None
    gross_leverage: float | None = None
    short_share: float | None = None
    largest_position: Share | None = None
    effective_positions: float | None = None
    largest_sector: Share | None = None
    average_correlation: float | None = None
    closest_pair: Pair | None = None
    volatility_21d: float | None = None
    volatility_252d: float | None = None
    beta_90d: float | None = None
    beta_252d: float | None = None
    beta_standard_error: float | None = None
    day_return: float | None = None
    value_at_risk_95_1d: float | None = None
    value_at_risk_99_1d: float | None = None
    current_drawdown: float | None = None
    max_drawdown: float | None = None
    largest_mover: Move | None = None
    largest_risk: Share | None = None
    largest_risk_weight: float | None = None
    style_tilts: tuple[Tilt, ...] = ()
    worst_scenario: Scenario | None = None
    hedge_effectiveness: float | None = None
    hedge_correlation: float | None = None
    squeezes: tuple[Squeeze, ...] = ()
    year_return: float | None = None
    benchmark_year_return: float | None = None
    month_return: float | None = None
    benchmark_month_return: float | None = None
    share_covered: float | None = None
    left_out: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """`evidence` holds the figures that it fired on, and the threshold that they passed."""

    code: str
    severity: Severity
    headline: str
    detail: str
    evidence: dict[str, Any]


def percent(fraction: float) -> str:
    return f"{fraction * 100:.1f} %"
