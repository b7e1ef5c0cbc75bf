"""Pure detectors in a flat list: signals in, one finding or none out. They know nothing of where signals come from."""

from collections.abc import Callable

from app.insights.detectors.data import data_gap
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

Detector = Callable[[Signals], Finding | None]

DETECTORS: tuple[Detector, ...] = (
    tail_day,
    drawdown,
    volatility_regime,
    concentration,
    sector_tilt,
    leverage,
    short_exposure,
    high_beta,
    beta_drift,
    correlation_cluster,
    large_mover,
    cash_drag,
    data_gap,
)


def detect(signals: Signals) -> list[Finding]:
    """The gravest first; equally grave ones in the order of the list."""
    found = [finding for detector in DETECTORS if (finding := detector(signals)) is not None]
    return sorted(found, key=lambda finding: -SEVERITIES.index(finding.severity))


__all__ = ["DETECTORS", "Detector", "Finding", "Signals", "detect"]
