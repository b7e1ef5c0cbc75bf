"""The facts of an insight, all from the risk engine: what detectors look at, and what a model may use."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from app.insights import detectors
from app.insights.kinds import KINDS
from app.insights.measures import Measures
from app.insights.month import Month, month
from app.insights.signals import signals_of
from app.schemas.analytics import ConcentrationItem, CorrelationPair, Drawdown, Mover, PeriodReturn, SectorWeight
from app.schemas.attribution import AttributionLine
from app.schemas.base import Schema
from app.schemas.factor import FactorExposure
from app.schemas.hedge import ShortExposure
from app.schemas.insight import Finding, InsightType
from app.schemas.risk_contribution import RiskContribution

# Of each list what a reader weighs
ROWS_TOLD = 8


class ScenarioFact(Schema):
    name: str
    description: str
    effect: float
    effect_of_nav: float | None


class LookedUp(Schema):
    """What a tool gave for a custom question."""

    tool: str
    arguments: dict[str, Any]
    result: Any


class InsightFacts(Schema):
    """Ratios are fractions, money is in the base currency; a null figure has its reason in `unavailable`.

    Lists hold what the type of insight looks at, the most important first. `answer` is a draft for a custom question.
    """

    insight_type: InsightType
    portfolio_name: str
    base_currency: str
    benchmark: str
    as_of: date | None
    figures: dict[str, float | None]
    findings: list[Finding] = []
    gainers: list[Mover] = []
    losers: list[Mover] = []
    largest: list[ConcentrationItem] = []
    sectors: list[SectorWeight] = []
    pairs: list[CorrelationPair] = []
    risk: list[RiskContribution] = []
    factors: list[FactorExposure] = []
    scenarios: list[ScenarioFact] = []
    shorts: list[ShortExposure] = []
    periods: list[PeriodReturn] = []
    falls: list[Drawdown] = []
    month: Month | None = None
    earned_by_position: list[AttributionLine] = []
    earned_by_sector: list[AttributionLine] = []
    earned_by_factor: list[AttributionLine] = []
    question: str | None = None
    answer: str | None = None
    looked_up: list[LookedUp] = []
    warnings: list[str] = []
    unavailable: dict[str, str] = {}


def gather(insight_type: InsightType, measures: Measures, question: str | None = None) -> InsightFacts:
    overview = measures.overview
    found = detectors.detect(signals_of(measures), KINDS[insight_type].detectors)
    return InsightFacts(
        insight_type=insight_type,
        portfolio_name=overview.portfolio_name,
        base_currency=overview.base_currency,
        benchmark=overview.benchmark,
        as_of=overview.as_of,
        figures=_figures(measures),
        findings=[Finding.model_validate(asdict(finding)) for finding in found],
        **_lists(measures),
        month=month(measures.performance.series) if insight_type == "post_mortem" and measures.performance else None,
        question=question,
        warnings=list(dict.fromkeys(warning for answer in measures.every() for warning in answer.warnings)),
        unavailable={field: why for answer in measures.every() for field, why in answer.unavailable.items()},
    )


def _figures(measures: Measures) -> dict[str, float | None]:
    overview, value = measures.overview, measures.overview.valuation
    return {
        "net_asset_value": value.nav,
        "cash": value.cash,
        "gross_leverage": value.gross_leverage,
        "net_leverage": value.net_leverage,
        **{field: getattr(overview, field) for field in _OF_OVERVIEW},
        **_named(measures.concentration, "effective_positions", "herfindahl_index", "top_1", "top_3", "top_10"),
        **({"average_correlation": measures.correlations.average} if measures.correlations else {}),
        **_named(
            measures.volatility, "ratio_to_benchmark_252d", "ewma_volatility", "forecast_21d", "percentile_3y"
        ),
        **_named(measures.contributions, "undiversified_volatility", "diversification_ratio"),
        **_named(measures.factors, "r_squared", "systematic_volatility", "specific_volatility"),
        **_named(
            measures.hedge, "long_volatility", "short_volatility", "correlation", "effectiveness", "best_ratio"
        ),
        **_named(
            measures.performance, "annualized_return", "benchmark_total_return", "money_weighted_return",
            "sharpe_ratio", "sortino_ratio", "calmar_ratio",
        ),
        **({"month_pnl": measures.attribution.total_pnl} if measures.attribution else {}),
    }  # fmt: skip


_OF_OVERVIEW = (
    "day_pnl", "day_return", "total_pnl", "total_return", "volatility_21d", "volatility_63d", "volatility_252d",
    "benchmark_volatility_252d", "beta_252d", "r_squared_252d", "value_at_risk_95_1d", "value_at_risk_95_1d_amount",
    "max_drawdown", "current_drawdown",
)  # fmt: skip


def _named(answer: Schema | None, *fields: str) -> dict[str, float | None]:
    return {field: getattr(answer, field) for field in fields} if answer is not None else {}


def _lists(found: Measures) -> dict[str, Any]:
    earned = found.attribution
    return {
        "gainers": found.movers.gainers if found.movers else [],
        "losers": found.movers.losers if found.movers else [],
        "largest": found.concentration.largest[:ROWS_TOLD] if found.concentration else [],
        "sectors": found.sectors.sectors if found.sectors else [],
        "pairs": found.correlations.highest[:ROWS_TOLD] if found.correlations else [],
        "risk": _by_share(found.contributions.positions) if found.contributions else [],
        "factors": found.factors.factors if found.factors else [],
        "scenarios": _scenarios(found),
        "shorts": found.hedge.shorts[:ROWS_TOLD] if found.hedge else [],
        "periods": found.performance.periods if found.performance else [],
        "falls": found.drawdowns.worst if found.drawdowns else [],
        "earned_by_position": _ends(earned.by_position) if earned else [],
        "earned_by_sector": _ends(earned.by_sector) if earned else [],
        "earned_by_factor": _ends(earned.by_factor) if earned else [],
    }


def _by_share(rows: Sequence[RiskContribution]) -> list[RiskContribution]:
    return sorted(rows, key=lambda row: -row.share)[:ROWS_TOLD]


def _scenarios(found: Measures) -> list[ScenarioFact]:
    """The worst first."""
    results = found.stress.scenarios if found.stress else []
    known = [
        ScenarioFact(name=s.name, description=s.description, effect=s.effect, effect_of_nav=s.effect_of_nav)
        for s in results
        if s.effect is not None
    ]
    return sorted(known, key=lambda scenario: scenario.effect)[:ROWS_TOLD]


def _ends(lines: Sequence[AttributionLine]) -> list[AttributionLine]:
    """What earned and what cost most; they come largest gain first."""
    half = ROWS_TOLD // 2
    return list(lines) if len(lines) <= ROWS_TOLD else [*lines[:half], *lines[-half:]]
