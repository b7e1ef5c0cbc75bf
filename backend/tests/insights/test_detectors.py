"""Detectors on literal signals: what fires, how gravely, and what stays silent."""

from dataclasses import fields

import pytest

from app.insights.detectors import DETECTORS, Signals, detect
from app.insights.detectors.finding import Move, Pair, Scenario, Severity, Share, Squeeze, Tilt

QUIET = Signals(
    position_count=12,
    cash_share=0.05,
    gross_leverage=0.95,
    short_share=0.0,
    largest_position=Share("AAPL", 0.12),
    effective_positions=10.0,
    largest_sector=Share("Energy", 0.20),
    average_correlation=0.4,
    volatility_21d=0.18,
    volatility_252d=0.20,
    beta_90d=0.95,
    beta_252d=1.0,
    beta_standard_error=0.05,
    day_return=-0.005,
    value_at_risk_95_1d=0.02,
    value_at_risk_99_1d=0.03,
    current_drawdown=-0.05,
    max_drawdown=-0.30,
    largest_mover=Move("AAPL", -0.02, -0.002),
    largest_risk=Share("AAPL", 0.15),
    largest_risk_weight=0.10,
    style_tilts=(Tilt("value", 0.2, 6.0),),
    worst_scenario=Scenario("A crash", -0.2),
    hedge_effectiveness=0.3,
    hedge_correlation=-0.8,
    squeezes=(Squeeze("GE", -0.03, 0.05, 0.3, 0.009),),
    year_return=0.05,
    benchmark_year_return=0.08,
    month_return=0.01,
    benchmark_month_return=0.02,
    share_covered=1.0,
)

# What is unlike a quiet day, what is found, how grave it is
FOUND: list[tuple[dict[str, object], str, Severity]] = [
    ({"largest_position": Share("AAPL", 0.15)}, "concentration", "notice"),
    ({"largest_position": Share("AAPL", 0.25)}, "concentration", "warning"),
    ({"largest_sector": Share("Energy", 0.35)}, "sector_tilt", "notice"),
    ({"largest_sector": Share("Energy", 0.50)}, "sector_tilt", "warning"),
    ({"gross_leverage": 1.5}, "leverage", "notice"),
    ({"gross_leverage": 2.2}, "leverage", "warning"),
    ({"short_share": 0.8}, "short_exposure", "notice"),
    ({"cash_share": 0.2}, "cash_drag", "info"),
    ({"volatility_21d": 0.26}, "volatility_regime", "notice"),
    ({"volatility_21d": 0.33}, "volatility_regime", "warning"),
    ({"volatility_21d": 0.12}, "volatility_regime", "info"),
    ({"beta_252d": 1.3, "beta_90d": 1.3}, "high_beta", "notice"),
    ({"beta_252d": -1.4, "beta_90d": -1.4}, "high_beta", "notice"),
    ({"beta_90d": 1.25}, "beta_drift", "notice"),
    ({"beta_90d": 0.75}, "beta_drift", "notice"),
    ({"current_drawdown": -0.10}, "drawdown", "notice"),
    ({"current_drawdown": -0.20}, "drawdown", "warning"),
    ({"current_drawdown": -0.35}, "drawdown", "critical"),
    ({"day_return": -0.025}, "tail_day", "warning"),
    ({"day_return": -0.035}, "tail_day", "critical"),
    ({"largest_mover": Move("AMD", 0.10, 0.006)}, "large_mover", "info"),
    ({"largest_mover": Move("AMD", -0.20, -0.012)}, "large_mover", "notice"),
    ({"average_correlation": 0.65, "closest_pair": Pair("QUAL", "USMV", 0.93)}, "correlation_cluster", "notice"),
    ({"largest_risk": Share("AAPL", 0.25)}, "risk_concentration", "notice"),
    ({"largest_risk": Share("AAPL", 0.40)}, "risk_concentration", "warning"),
    ({"style_tilts": (Tilt("value", -0.3, -3.0), Tilt("size", 0.9, 1.0))}, "factor_tilt", "notice"),
    ({"style_tilts": (Tilt("momentum", 0.6, 9.0),)}, "factor_tilt", "warning"),
    ({"worst_scenario": Scenario("A crash", -0.25)}, "stress_loss", "notice"),
    ({"worst_scenario": Scenario("A crash", -0.40)}, "stress_loss", "warning"),
    ({"worst_scenario": Scenario("A crash", -1.2)}, "stress_loss", "critical"),
    ({"short_share": 0.10, "hedge_effectiveness": 0.149}, "weak_hedge", "notice"),
    ({"short_share": 0.10, "hedge_effectiveness": -0.01}, "weak_hedge", "warning"),
    ({"squeezes": (Squeeze("GE", -0.1, 0.05, 0.2, 0.02),)}, "short_squeeze", "notice"),
    ({"squeezes": (Squeeze("GE", -0.1, 0.05, 0.5, 0.05),)}, "short_squeeze", "warning"),
    ({"year_return": 0.0, "benchmark_year_return": 0.1}, "underperformance", "notice"),
    ({"year_return": -0.1, "benchmark_year_return": 0.1}, "underperformance", "warning"),
    ({"month_return": -0.05}, "bad_month", "notice"),
    ({"month_return": -0.10}, "bad_month", "warning"),
    ({"month_return": -0.20}, "bad_month", "critical"),
    ({"left_out": ("NEW",), "share_covered": 0.95}, "data_gap", "notice"),
    ({"left_out": ("NEW",), "share_covered": 0.80}, "data_gap", "warning"),
    ({"gaps": ("OLD",)}, "data_gap", "notice"),
]

SILENT: list[dict[str, object]] = [
    {},
    {"largest_position": Share("AAPL", 0.149)},
    {"largest_position": Share("AAPL", 1.0), "position_count": 1},
    {"cash_share": 0.4, "short_share": 0.3},
    {"volatility_252d": 0.0},
    {"beta_90d": 1.25, "beta_standard_error": 0.2},
    {"day_return": 0.05},
    {"day_return": -0.02},
    {"current_drawdown": 0.0, "max_drawdown": 0.0},
    {"largest_mover": Move("AMD", 0.5, None)},
    {"largest_risk": Share("AAPL", 1.0), "position_count": 1},
    {"style_tilts": (Tilt("value", 0.299, 9.0), Tilt("size", 0.9, 2.9))},
    {"worst_scenario": Scenario("A crash", -0.249)},
    {"short_share": 0.099, "hedge_effectiveness": -0.5},
    {"short_share": 0.2, "hedge_effectiveness": 0.15},
    {"squeezes": (Squeeze("GE", -0.1, 0.5, 0.199, 0.0199),)},
    {"year_return": 0.0, "benchmark_year_return": 0.099},
    {"year_return": None, "benchmark_year_return": 0.5},
    {"month_return": -0.049, "benchmark_month_return": 0.2},
]


def _unlike_quiet(changes: dict[str, object]) -> Signals:
    values = {field.name: getattr(QUIET, field.name) for field in fields(QUIET)}
    return Signals(**{**values, **changes})


@pytest.mark.parametrize(("changes", "code", "severity"), FOUND)
def test_each_detector_fires_at_its_threshold(changes: dict[str, object], code: str, severity: Severity) -> None:
    found = detect(_unlike_quiet(changes))
    assert [(finding.code, finding.severity) for finding in found] == [(code, severity)]
    assert found[0].headline
    assert found[0].detail
    assert found[0].evidence


@pytest.mark.parametrize("changes", SILENT)
def test_a_quiet_day_is_silent(changes: dict[str, object]) -> None:
    assert detect(_unlike_quiet(changes)) == []


def test_only_the_detectors_that_are_named_are_asked() -> None:
    signals = _unlike_quiet({"cash_share": 0.3, "current_drawdown": -0.4})
    assert [finding.code for finding in detect(signals, {"cash_drag", "leverage"})] == ["cash_drag"]


def test_nothing_is_found_in_the_unknown() -> None:
    assert detect(Signals()) == []


def test_every_detector_is_seen_to_fire() -> None:
    assert {code for _, code, _ in FOUND} == {detector.__name__ for detector in DETECTORS}


def test_the_gravest_comes_first() -> None:
    signals = _unlike_quiet({"cash_share": 0.3, "current_drawdown": -0.4, "largest_position": Share("AAPL", 0.3)})
    assert [finding.severity for finding in detect(signals)] == ["critical", "warning", "info"]


def test_a_finding_says_the_figures_that_it_fired_on() -> None:
    (found,) = detect(_unlike_quiet({"current_drawdown": -0.25}))
    assert found.headline == "The portfolio stands 25.0 % below its peak"
    assert found.detail == "A gain of 33.3 % is needed to be back there. The deepest so far is 30.0 %."
    assert found.evidence == {"current_drawdown": -0.25, "max_drawdown": -0.30, "threshold": 0.20}


def test_nothing_left_needs_no_division() -> None:
    (found,) = detect(_unlike_quiet({"current_drawdown": -1.0, "max_drawdown": -1.0}))
    assert found.detail.startswith("Nothing is left.")
