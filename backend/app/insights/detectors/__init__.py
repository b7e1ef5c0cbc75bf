"""Pure detectors in a flat list: signals in, one finding or none out. They know nothing of where signals come from."""

from collections.abc import Callable, Collection

from app.insights.detectors.data import data_gap
from app.insights.detectors.drivers import factor_tilt, risk_concentration, short_squeeze, stress_loss, weak_hedge
from app.insights.detectors.exposure import cash_drag, concentration, leverage, sector_tilt, short_exposure
from app.insights.detectors.finding import SEVERITIES, Finding, Signals
from app.insights.detectors.movement import (
    beta_drift,
    correlation_cluster,
    drawdown,
    high_beta,
    large_mover,
    tail_day,
    volatility_regime,
)
from app.insights.detectors.results import bad_month, underperformance

Detector = Callable[[Signals], Finding | None]

DETECTORS: tuple[Detector, ...] = (
    tail_day,
    drawdown,
    bad_month,
    stress_loss,
    volatility_regime,
    concentration,
    risk_concentration,
    sector_tilt,
    factor_tilt,
    leverage,
    weak_hedge,
    short_squeeze,
    short_exposure,
    high_beta,
    beta_drift,
    correlation_cluster,
    large_mover,
    underperformance,
    cash_drag,
    data_gap,
)


def detect(signals: Signals, only: Collection[str] | None = None) -> list[Finding]:
    """The gravest first; equally grave ones in the order of the list. `only` names the detectors to ask."""
    asked = [detector for detector in DETECTORS if only is None or detector.__name__ in only]
    found = [finding for detector in asked if (finding := detector(signals)) is not None]
    return sorted(found, key=lambda finding: -SEVERITIES.index(finding.severity))


__all__ = ["DETECTORS", "Detector", "Finding", "Signals", "detect"]
