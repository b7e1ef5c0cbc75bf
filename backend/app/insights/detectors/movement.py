"""How the portfolio moves: in calm and storm, with the market, below its peak, today."""

from app.insights.detectors.finding import Finding, Severity, Signals, percent

# A month's volatility is estimated to about 15 %: only what lies well outside of that is a change of regime
STORMY, ROUGH, CALM = 1.6, 1.3, 0.6
# Moves a third further than the market, or hardly with it
HIGH_BETA = 1.3
# A drift must matter (a fifth of the market's move) and be more than the estimate's own noise
BETA_DRIFT, BETA_DRIFT_ERRORS = 0.2, 3.0
# A correction, a bear market, and half of that again, in the customary sense
CORRECTION, BEAR_MARKET, DEEP_FALL = 0.10, 0.20, 0.30
# One position that moves the whole by half a percent in a day, or by one
NOTABLE_CONTRIBUTION, LARGE_CONTRIBUTION = 0.005, 0.01
# Half of the positions' movement is then common: spreading over more of the same helps little
HIGH_CORRELATION = 0.6


def volatility_regime(signals: Signals) -> Finding | None:
    short, long = signals.volatility_21d, signals.volatility_252d
    if short is None or long is None or long <= 0:
        return None
    ratio = short / long
    evidence = {"volatility_21d": short, "volatility_252d": long, "ratio": ratio}
    figures = f"{percent(short)} a year over 21 trading days against {percent(long)} over 252"
    if ratio >= ROUGH:
        severity: Severity = "warning" if ratio >= STORMY else "notice"
        threshold = STORMY if severity == "warning" else ROUGH
        detail = f"The last month has been rougher than the year: {figures}. Losses as large as the value at risk come "
        detail += "sooner in such times."
        return _regime(severity, "Volatility has risen", detail, {**evidence, "threshold": threshold})
    if ratio <= CALM:
        detail = f"The last month has been calmer than the year: {figures}. Calm does not last by itself."
        return _regime("info", "Volatility has fallen", detail, {**evidence, "threshold": CALM})
    return None


def _regime(severity: Severity, headline: str, detail: str, evidence: dict[str, float]) -> Finding:
    return Finding("volatility_regime", severity, headline, detail, evidence)


def high_beta(signals: Signals) -> Finding | None:
    beta = signals.beta_252d
    if beta is None or abs(beta) < HIGH_BETA:
        return None
    direction = "further than the market" if beta > 0 else "against the market, and further"
    return Finding(
        code="high_beta",
        severity="notice",
        headline=f"Beta is {beta:.2f}",
        detail=f"The portfolio tends to move {direction}. A fall of the market costs it more than the market itself.",
        evidence={"beta_252d": beta, "threshold": HIGH_BETA},
    )


def beta_drift(signals: Signals) -> Finding | None:
    recent, long, error = signals.beta_90d, signals.beta_252d, signals.beta_standard_error
    if recent is None or long is None or error is None:
        return None
    drift = recent - long
    threshold = max(BETA_DRIFT, BETA_DRIFT_ERRORS * error)
    if abs(drift) < threshold:
        return None
    return Finding(
        code="beta_drift",
        severity="notice",
        headline=f"Beta has {'risen' if drift > 0 else 'fallen'} to {recent:.2f}",
        detail=(
            f"Over 90 trading days today's holdings had a beta of {recent:.2f}, over 252 of {long:.2f}. What the "
            "market does now reaches them differently than the longer figure suggests."
        ),
        evidence={"beta_90d": recent, "beta_252d": long, "standard_error": error, "threshold": threshold},
    )


def drawdown(signals: Signals) -> Finding | None:
    if signals.current_drawdown is None or signals.current_drawdown > -CORRECTION:
        return None
    depth = abs(signals.current_drawdown)
    severity: Severity
    if depth >= DEEP_FALL:
        severity, threshold = "critical", DEEP_FALL
    else:
        severity, threshold = ("warning", BEAR_MARKET) if depth >= BEAR_MARKET else ("notice", CORRECTION)
    deepest = signals.max_drawdown
    beside = "" if deepest is None else f" The deepest so far is {percent(abs(deepest))}."
    needed = (
        f"A gain of {percent(1 / (1 - depth) - 1)} is needed to be back there." if depth < 1 else "Nothing is left."
    )
    return Finding(
        code="drawdown",
        severity=severity,
        headline=f"The portfolio stands {percent(depth)} below its peak",
        detail=needed + beside,
        evidence={"current_drawdown": signals.current_drawdown, "max_drawdown": deepest, "threshold": threshold},
    )


def tail_day(signals: Signals) -> Finding | None:
    day, usual, rare = signals.day_return, signals.value_at_risk_95_1d, signals.value_at_risk_99_1d
    if day is None or usual is None or -day <= usual:
        return None
    is_rare = rare is not None and -day > rare
    confidence, level = ("99 %", rare) if is_rare else ("95 %", usual)
    return Finding(
        code="tail_day",
        severity="critical" if is_rare else "warning",
        headline=f"The day's loss of {percent(-day)} exceeds the value at risk at {confidence}",
        detail=(
            f"A loss of more than {percent(level or usual)} is to be expected on one day in {100 if is_rare else 20}. "
            "If such days come more often, the figure understates the risk."
        ),
        evidence={"day_return": day, "value_at_risk": level, "confidence": 0.99 if is_rare else 0.95},
    )


def large_mover(signals: Signals) -> Finding | None:
    mover = signals.largest_mover
    if mover is None or mover.contribution is None or abs(mover.contribution) < NOTABLE_CONTRIBUTION:
        return None
    is_large = abs(mover.contribution) >= LARGE_CONTRIBUTION
    verb = "added" if mover.contribution > 0 else "cost"
    return Finding(
        code="large_mover",
        severity="notice" if is_large else "info",
        headline=f"{mover.symbol} {verb} {percent(abs(mover.contribution))} on the day",
        detail=f"Its own return was {percent(mover.day_return)}; the rest is its weight.",
        evidence={
            "symbol": mover.symbol,
            "day_return": mover.day_return,
            "contribution": mover.contribution,
            "threshold": LARGE_CONTRIBUTION if is_large else NOTABLE_CONTRIBUTION,
        },
    )


def correlation_cluster(signals: Signals) -> Finding | None:
    average = signals.average_correlation
    if average is None or average < HIGH_CORRELATION:
        return None
    pair = signals.closest_pair
    closest = "" if pair is None else f" Closest are {pair.first} and {pair.second} with {pair.correlation:.2f}."
    return Finding(
        code="correlation_cluster",
        severity="notice",
        headline=f"Positions move closely together: the average correlation is {average:.2f}",
        detail=f"What looks like many positions behaves like few; they may fall together.{closest}",
        evidence={"average_correlation": average, "threshold": HIGH_CORRELATION},
    )
