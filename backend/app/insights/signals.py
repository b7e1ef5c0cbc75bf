"""The answers of the risk engine as detectors look at them: single figures, and None for what was not asked."""

from app.insights.detectors.finding import Move, Pair, Scenario, Share, Signals, Squeeze, Tilt
from app.insights.measures import Measures
from app.insights.month import month
from app.schemas.analytics import (
    Concentration,
    CorrelationMatrix,
    Coverage,
    DailyMovers,
    Performance,
    SectorExposure,
    ValueAtRisk,
)
from app.schemas.factor import FactorExposures
from app.schemas.hedge import HedgeQuality
from app.schemas.risk_contribution import RiskContribution, RiskContributions
from app.schemas.stress import StressTest
from app.services.analytics.sector_exposure import NO_SECTOR

YEAR = "1Y"


def signals_of(found: Measures) -> Signals:
    overview, value = found.overview, found.overview.valuation
    long_beta, short_beta = (found.beta.portfolio_252d, found.beta.portfolio_90d) if found.beta else (None, None)
    leader = _leader(found.contributions)
    last_month = month(found.performance.series) if found.performance else None
    covered = _coverage(found)
    return Signals(
        as_of=overview.as_of,
        position_count=overview.position_count,
        cash_share=value.cash / value.nav if value.nav > 0 else None,
        gross_leverage=value.gross_leverage,
        short_share=abs(value.short_value) / value.nav if value.nav > 0 else None,
        largest_position=_largest_position(found.concentration),
        effective_positions=found.concentration.effective_positions if found.concentration else None,
        largest_sector=_largest_sector(found.sectors),
        average_correlation=found.correlations.average if found.correlations else None,
        closest_pair=_closest(found.correlations),
        volatility_21d=overview.volatility_21d,
        volatility_252d=overview.volatility_252d,
        beta_90d=short_beta.beta if short_beta else None,
        beta_252d=long_beta.beta if long_beta else None,
        beta_standard_error=short_beta.standard_error if short_beta else None,
        day_return=overview.day_return,
        value_at_risk_95_1d=_tail(found.tail, 0.95),
        value_at_risk_99_1d=_tail(found.tail, 0.99),
        current_drawdown=overview.current_drawdown,
        max_drawdown=overview.max_drawdown,
        largest_mover=_largest_mover(found.movers),
        largest_risk=Share(leader.symbol, leader.share) if leader else None,
        largest_risk_weight=leader.weight if leader else None,
        style_tilts=_tilts(found.factors),
        worst_scenario=_worst(found.stress),
        hedge_effectiveness=found.hedge.effectiveness if found.hedge else None,
        hedge_correlation=found.hedge.correlation if found.hedge else None,
        squeezes=_squeezes(found.hedge),
        **_year(found.performance),
        month_return=last_month.portfolio_return if last_month else None,
        benchmark_month_return=last_month.benchmark_return if last_month else None,
        share_covered=covered.share_of_gross,
        left_out=tuple(exclusion.symbol for exclusion in covered.excluded),
        gaps=tuple(gap.symbol for gap in found.quality.gaps) if found.quality else (),
    )


def _coverage(found: Measures) -> Coverage:
    """That of the first measure that needs a history."""
    needing = (found.tail, found.volatility, found.contributions, found.factors, found.hedge, found.beta)
    return next((answer.coverage for answer in needing if answer is not None), found.overview.coverage)


def _largest_position(found: Concentration | None) -> Share | None:
    return Share(found.largest[0].symbol, found.largest[0].gross_weight) if found and found.largest else None


def _largest_sector(found: SectorExposure | None) -> Share | None:
    rows = found.sectors if found else []
    named = [row for row in rows if row.gross_weight is not None and row.sector != NO_SECTOR]
    largest = max(named, key=lambda row: row.gross_weight or 0.0, default=None)
    return Share(largest.sector, largest.gross_weight or 0.0) if largest else None


def _closest(found: CorrelationMatrix | None) -> Pair | None:
    if found is None or not found.highest:
        return None
    pair = found.highest[0]
    return Pair(pair.first, pair.second, pair.correlation)


def _largest_mover(found: DailyMovers | None) -> Move | None:
    movers = [*found.gainers, *found.losers] if found else []
    largest = max(movers, key=lambda mover: abs(mover.contribution or 0.0), default=None)
    return Move(largest.symbol, largest.day_return, largest.contribution) if largest else None


def _tail(found: ValueAtRisk | None, confidence: float) -> float | None:
    levels = [level for level in found.levels if level.confidence == confidence] if found else []
    return next((level.value_at_risk for level in levels if level.horizon_days == 1), None)


def _leader(found: RiskContributions | None) -> RiskContribution | None:
    return max(found.positions, key=lambda row: row.share, default=None) if found else None


def _tilts(found: FactorExposures | None) -> tuple[Tilt, ...]:
    """The market is no style: its beta has detectors of its own."""
    styles = [factor for factor in found.factors if factor.factor != "market"] if found else []
    return tuple(
        Tilt(style.factor.replace("_", " "), style.beta, style.t_statistic)
        for style in styles
        if style.t_statistic is not None
    )


def _worst(found: StressTest | None) -> Scenario | None:
    known = [(s.effect_of_nav, s.name) for s in found.scenarios if s.effect_of_nav is not None] if found else []
    effect, name = min(known, default=(None, ""))
    return None if effect is None else Scenario(name, effect)


def _squeezes(found: HedgeQuality | None) -> tuple[Squeeze, ...]:
    shorts = found.shorts if found else []
    return tuple(
        Squeeze(short.symbol, short.weight, short.return_21d, short.largest_rise_21d, short.squeeze_loss)
        for short in shorts
    )


def _year(found: Performance | None) -> dict[str, float | None]:
    year = next((period for period in found.periods if period.label == YEAR), None) if found else None
    return {
        "year_return": year.portfolio_return if year else None,
        "benchmark_year_return": year.benchmark_return if year else None,
    }
