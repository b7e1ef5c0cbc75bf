"""The facts of an insight, all from the risk engine: what detectors look at, and what a model may use."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from app.insights import detectors
from app.insights.detectors.finding import Move, Pair, Share, Signals
from app.schemas.analytics import (
    Beta,
    Concentration,
    CorrelationMatrix,
    DailyMovers,
    DataQuality,
    Mover,
    Overview,
    SectorExposure,
    ValueAtRisk,
)
from app.schemas.base import Schema
from app.schemas.insight import Finding, InsightType
from app.services.analytics import AnalyticsService
from app.services.analytics.sector_exposure import NO_SECTOR

# A summary names the few that made the day
MOVERS_TOLD = 3


class InsightFacts(Schema):
    """Ratios are fractions, money is in the base currency; a null figure has its reason in `unavailable`."""

    insight_type: InsightType
    portfolio_name: str
    base_currency: str
    benchmark: str
    as_of: date | None
    figures: dict[str, float | None]
    gainers: list[Mover]
    losers: list[Mover]
    findings: list[Finding]
    warnings: list[str]
    unavailable: dict[str, str]


class Measures(Schema):
    """The answers of the risk engine that a daily summary rests on."""

    overview: Overview
    movers: DailyMovers
    concentration: Concentration
    sectors: SectorExposure
    correlations: CorrelationMatrix
    beta: Beta
    tail: ValueAtRisk
    quality: DataQuality


async def measure(analytics: AnalyticsService, portfolio_id: UUID) -> Measures:
    return Measures(
        overview=await analytics.overview(portfolio_id),
        movers=await analytics.daily_movers(portfolio_id, limit=MOVERS_TOLD),
        concentration=await analytics.concentration(portfolio_id),
        sectors=await analytics.sector_exposure(portfolio_id),
        correlations=await analytics.correlation_matrix(portfolio_id),
        beta=await analytics.beta(portfolio_id),
        tail=await analytics.value_at_risk(portfolio_id),
        quality=await analytics.data_quality(portfolio_id),
    )


def gather(insight_type: InsightType, measures: Measures) -> InsightFacts:
    overview = measures.overview
    found = detectors.detect(signals_of(measures))
    return InsightFacts(
        insight_type=insight_type,
        portfolio_name=overview.portfolio_name,
        base_currency=overview.base_currency,
        benchmark=overview.benchmark,
        as_of=overview.as_of,
        figures=_figures(measures),
        gainers=measures.movers.gainers,
        losers=measures.movers.losers,
        findings=[Finding.model_validate(asdict(finding)) for finding in found],
        warnings=list(dict.fromkeys([*overview.warnings, *measures.beta.warnings, *measures.tail.warnings])),
        unavailable=overview.unavailable,
    )


def signals_of(measures: Measures) -> Signals:
    overview, value = measures.overview, measures.overview.valuation
    long_beta, short_beta = measures.beta.portfolio_252d, measures.beta.portfolio_90d
    return Signals(
        as_of=overview.as_of,
        position_count=overview.position_count,
        cash_share=value.cash / value.nav if value.nav > 0 else None,
        gross_leverage=value.gross_leverage,
        short_share=abs(value.short_value) / value.nav if value.nav > 0 else None,
        largest_position=_largest_position(measures.concentration),
        effective_positions=measures.concentration.effective_positions,
        largest_sector=_largest_sector(measures.sectors),
        average_correlation=measures.correlations.average,
        closest_pair=_closest(measures.correlations),
        volatility_21d=overview.volatility_21d,
        volatility_252d=overview.volatility_252d,
        beta_90d=short_beta.beta if short_beta else None,
        beta_252d=long_beta.beta if long_beta else None,
        beta_standard_error=short_beta.standard_error if short_beta else None,
        day_return=overview.day_return,
        value_at_risk_95_1d=_tail(measures.tail, 0.95),
        value_at_risk_99_1d=_tail(measures.tail, 0.99),
        current_drawdown=overview.current_drawdown,
        max_drawdown=overview.max_drawdown,
        largest_mover=_largest_mover(measures.movers),
        share_covered=measures.tail.coverage.share_of_gross,
        left_out=tuple(exclusion.symbol for exclusion in measures.tail.coverage.excluded),
        gaps=tuple(gap.symbol for gap in measures.quality.gaps),
    )


def _figures(measures: Measures) -> dict[str, float | None]:
    overview, value = measures.overview, measures.overview.valuation
    return {
        "net_asset_value": value.nav,
        "cash": value.cash,
        "gross_leverage": value.gross_leverage,
        "net_leverage": value.net_leverage,
        "day_pnl": overview.day_pnl,
        "day_return": overview.day_return,
        "total_return": overview.total_return,
        "volatility_21d": overview.volatility_21d,
        "volatility_63d": overview.volatility_63d,
        "volatility_252d": overview.volatility_252d,
        "benchmark_volatility_252d": overview.benchmark_volatility_252d,
        "beta_252d": overview.beta_252d,
        "r_squared_252d": overview.r_squared_252d,
        "value_at_risk_95_1d": overview.value_at_risk_95_1d,
        "value_at_risk_95_1d_amount": overview.value_at_risk_95_1d_amount,
        "max_drawdown": overview.max_drawdown,
        "current_drawdown": overview.current_drawdown,
        "effective_positions": measures.concentration.effective_positions,
        "average_correlation": measures.correlations.average,
    }


def _largest_position(found: Concentration) -> Share | None:
    return Share(found.largest[0].symbol, found.largest[0].gross_weight) if found.largest else None


def _largest_sector(found: SectorExposure) -> Share | None:
    named = [row for row in found.sectors if row.gross_weight is not None and row.sector != NO_SECTOR]
    largest = max(named, key=lambda row: row.gross_weight or 0.0, default=None)
    return Share(largest.sector, largest.gross_weight or 0.0) if largest else None


def _closest(found: CorrelationMatrix) -> Pair | None:
    return (
        Pair(found.highest[0].first, found.highest[0].second, found.highest[0].correlation) if found.highest else None
    )


def _largest_mover(found: DailyMovers) -> Move | None:
    movers = [*found.gainers, *found.losers]
    largest = max(movers, key=lambda mover: abs(mover.contribution or 0.0), default=None)
    return Move(largest.symbol, largest.day_return, largest.contribution) if largest else None


def _tail(found: ValueAtRisk, confidence: float) -> float | None:
    levels = (level for level in found.levels if level.confidence == confidence and level.horizon_days == 1)
    return next((level.value_at_risk for level in levels), None)
