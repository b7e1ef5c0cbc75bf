"""The types of insight: which answers of the risk engine each rests on, and which detectors concern it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.agent.llm_client import Task
from app.schemas.insight import InsightType

MeasureName = Literal[
    "overview",
    "movers",
    "concentration",
    "sectors",
    "correlations",
    "beta",
    "tail",
    "volatility",
    "contributions",
    "factors",
    "stress",
    "hedge",
    "performance",
    "drawdowns",
    "attribution",
    "quality",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """`task` says which model words it; every kind rests on the overview, and is told of gaps in the data.

    `asks` is what the knowledge base is asked on how it is measured.
    """

    asks: str
    measures: tuple[MeasureName, ...]
    detectors: frozenset[str]
    task: Task = "insight"


def _kind(asks: str, measures: tuple[MeasureName, ...], *detectors: str, task: Task = "insight") -> Kind:
    return Kind(asks, ("overview", *measures, "quality"), frozenset({*detectors, "data_gap"}), task)


KINDS: Mapping[InsightType, Kind] = {
    "daily_summary": _kind(
        "What does the daily summary of a portfolio look at?",
        ("movers", "concentration", "sectors", "correlations", "beta", "tail"),
        "tail_day", "drawdown", "volatility_regime", "concentration", "sector_tilt", "leverage", "short_exposure",
        "high_beta", "beta_drift", "correlation_cluster", "large_mover", "cash_drag",
    ),
    "volatility_analysis": _kind(
        "How is volatility computed, and over which windows?",
        ("volatility", "contributions", "beta", "tail"),
        "volatility_regime", "risk_concentration", "tail_day", "high_beta", "beta_drift", "leverage",
    ),
    "concentration_risk": _kind(
        "How is concentration measured?",
        ("concentration", "sectors", "correlations", "contributions"),
        "concentration", "risk_concentration", "sector_tilt", "correlation_cluster", "leverage", "cash_drag",
    ),
    "factor_exposure": _kind(
        "What are factor exposures, and how are they estimated?",
        ("factors", "beta", "sectors"),
        "factor_tilt", "high_beta", "beta_drift", "sector_tilt",
    ),
    "stress_test_review": _kind(
        "How do the stress tests work?",
        ("stress", "tail", "beta"),
        "stress_loss", "leverage", "high_beta", "tail_day",
    ),
    "hedge_quality": _kind(
        "How is it measured whether my shorts hedge my longs?",
        ("hedge", "beta", "contributions"),
        "weak_hedge", "short_squeeze", "short_exposure", "leverage", "high_beta", "beta_drift",
    ),
    "performance": _kind(
        "How is performance measured against the benchmark?",
        ("performance", "drawdowns", "movers"),
        "underperformance", "drawdown", "large_mover", "cash_drag",
    ),
    # What happened in 30 days is worth the thorough model
    "post_mortem": _kind(
        "How is profit attributed to positions, sectors and factors?",
        ("performance", "attribution", "movers", "drawdowns", "beta", "tail"),
        "bad_month", "underperformance", "drawdown", "volatility_regime", "beta_drift", "tail_day", "large_mover",
        task="heavy",
    ),
    # What is looked at follows from the question
    "custom": _kind("", ()),
}  # fmt: skip
