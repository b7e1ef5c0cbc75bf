"""What carries the risk: one holding, a style, a scenario; and whether the shorts do what they are for."""

from app.insights.detectors.finding import Finding, Severity, Signals, percent

# Twice and three times what an even split over eight holdings would give
NOTABLE_RISK_SHARE, HEAVY_RISK_SHARE = 0.25, 0.40
# A style beta of 0.3 moves a portfolio by 3 % when the style parts from the market by 10; below an error of a third of
# it the tilt may be chance
NOTABLE_TILT, HEAVY_TILT, TILT_ERRORS = 0.3, 0.6, 3.0
# A quarter is what a bear market costs; 40 % takes a gain of two thirds to make good, 60 % one of one and a half times
NOTABLE_STRESS, HEAVY_STRESS, RUINOUS_STRESS = 0.25, 0.40, 0.60
# Smaller shorts are not there to hedge
HEDGING_SHORTS = 0.10
# Shorts that take less than this away from the longs' volatility hardly hedge
WEAK_HEDGE = 0.15
# What one short would cost, once more at its largest rise of a month
NOTABLE_SQUEEZE, HEAVY_SQUEEZE = 0.02, 0.05


def risk_concentration(signals: Signals) -> Finding | None:
    leader = signals.largest_risk
    if leader is None or signals.position_count < 2 or leader.share < NOTABLE_RISK_SHARE:
        return None
    severity: Severity = "warning" if leader.share >= HEAVY_RISK_SHARE else "notice"
    threshold = HEAVY_RISK_SHARE if severity == "warning" else NOTABLE_RISK_SHARE
    weight = "" if signals.largest_risk_weight is None else f" at a weight of {percent(signals.largest_risk_weight)}"
    return Finding(
        code="risk_concentration",
        severity=severity,
        headline=f"{leader.name} brings {percent(leader.share)} of the volatility",
        detail=f"It does so{weight}. From {percent(threshold)} on, one holding decides how much the whole swings.",
        evidence={
            "symbol": leader.name,
            "share_of_risk": leader.share,
            "weight": signals.largest_risk_weight,
            "threshold": threshold,
        },
    )


def factor_tilt(signals: Signals) -> Finding | None:
    sure = [tilt for tilt in signals.style_tilts if abs(tilt.t_statistic) >= TILT_ERRORS]
    largest = max(sure, key=lambda tilt: abs(tilt.beta), default=None)
    if largest is None or abs(largest.beta) < NOTABLE_TILT:
        return None
    severity: Severity = "warning" if abs(largest.beta) >= HEAVY_TILT else "notice"
    direction = "with" if largest.beta > 0 else "against"
    return Finding(
        code="factor_tilt",
        severity=severity,
        headline=f"The portfolio leans {direction} the {largest.style} style: its beta is {largest.beta:.2f}",
        detail=(
            f"When {largest.style} parts from the market, this much of the difference reaches the portfolio, whatever "
            f"the market does. The estimate is {abs(largest.t_statistic):.1f} times its error."
        ),
        evidence={
            "style": largest.style,
            "beta": largest.beta,
            "t_statistic": largest.t_statistic,
            "threshold": HEAVY_TILT if severity == "warning" else NOTABLE_TILT,
        },
    )


def stress_loss(signals: Signals) -> Finding | None:
    worst = signals.worst_scenario
    if worst is None or worst.effect_of_nav > -NOTABLE_STRESS:
        return None
    loss = abs(worst.effect_of_nav)
    severity: Severity
    if loss >= RUINOUS_STRESS:
        severity, threshold = "critical", RUINOUS_STRESS
    else:
        severity, threshold = ("warning", HEAVY_STRESS) if loss >= HEAVY_STRESS else ("notice", NOTABLE_STRESS)
    needed = f" A gain of {percent(1 / (1 - loss) - 1)} would be needed to make it good." if loss < 1 else ""
    return Finding(
        code="stress_loss",
        severity=severity,
        headline=f"{worst.name} would cost {percent(loss)} of net asset value",
        detail=f"Of the scenarios it hits today's holdings hardest.{needed} A real crisis can be worse.",
        evidence={"scenario": worst.name, "effect_of_nav": worst.effect_of_nav, "threshold": threshold},
    )


def weak_hedge(signals: Signals) -> Finding | None:
    effect, short = signals.hedge_effectiveness, signals.short_share
    if effect is None or short is None or short < HEDGING_SHORTS or effect >= WEAK_HEDGE:
        return None
    adds = effect < 0
    correlation = signals.hedge_correlation
    beside = "" if correlation is None else f" The two sides' results have a correlation of {correlation:.2f}."
    return Finding(
        code="weak_hedge",
        severity="warning" if adds else "notice",
        headline=(
            f"The shorts add {percent(-effect)} to the volatility of the longs"
            if adds
            else f"The shorts take only {percent(effect)} of the longs' volatility away"
        ),
        detail=f"They are worth {percent(short)} of net asset value.{beside} A hedge would be near -1.",
        evidence={
            "effectiveness": effect,
            "correlation": correlation,
            "short_share": short,
            "threshold": 0.0 if adds else WEAK_HEDGE,
        },
    )


def short_squeeze(signals: Signals) -> Finding | None:
    worst = max(signals.squeezes, key=lambda squeeze: squeeze.loss, default=None)
    if worst is None or worst.loss < NOTABLE_SQUEEZE:
        return None
    severity: Severity = "warning" if worst.loss >= HEAVY_SQUEEZE else "notice"
    return Finding(
        code="short_squeeze",
        severity=severity,
        headline=f"A squeeze of {worst.symbol} would cost {percent(worst.loss)} of net asset value",
        detail=(
            f"Its largest rise over 21 trading days of the last year was {percent(worst.rise)}; the short is "
            f"{percent(abs(worst.weight))} of net asset value. Over the last 21 it returned {percent(worst.recent)}."
        ),
        evidence={
            "symbol": worst.symbol,
            "loss": worst.loss,
            "rise": worst.rise,
            "recent": worst.recent,
            "weight": worst.weight,
            "threshold": HEAVY_SQUEEZE if severity == "warning" else NOTABLE_SQUEEZE,
        },
    )
