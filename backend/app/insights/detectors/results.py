"""What has come of it: behind the benchmark, a bad month."""

from app.insights.detectors.finding import Finding, Severity, Signals, percent

# A tenth in a year is more than most styles part from the market by; twice that is a mandate gone wrong
NOTABLE_LAG, LARGE_LAG = 0.10, 0.20
# A twentieth in a month is about one month in twelve for a broad index, a tenth a month of a crisis
BAD_MONTH, DREADFUL_MONTH, DISASTROUS_MONTH = 0.05, 0.10, 0.20


def underperformance(signals: Signals) -> Finding | None:
    ours, market = signals.year_return, signals.benchmark_year_return
    if ours is None or market is None or ours - market > -NOTABLE_LAG:
        return None
    lag = market - ours
    severity: Severity = "warning" if lag >= LARGE_LAG else "notice"
    return Finding(
        code="underperformance",
        severity=severity,
        headline=f"The portfolio is {lag * 100:.1f} percentage points behind its benchmark over a year",
        detail=f"It returned {percent(ours)}, the benchmark {percent(market)}.",
        evidence={
            "portfolio_return": ours,
            "benchmark_return": market,
            "behind": lag,
            "threshold": LARGE_LAG if severity == "warning" else NOTABLE_LAG,
        },
    )


def bad_month(signals: Signals) -> Finding | None:
    result = signals.month_return
    if result is None or result > -BAD_MONTH:
        return None
    loss = -result
    severity: Severity
    if loss >= DISASTROUS_MONTH:
        severity, threshold = "critical", DISASTROUS_MONTH
    else:
        severity, threshold = ("warning", DREADFUL_MONTH) if loss >= DREADFUL_MONTH else ("notice", BAD_MONTH)
    market = signals.benchmark_month_return
    beside = "" if market is None else f" The benchmark returned {percent(market)} over the same days."
    return Finding(
        code="bad_month",
        severity=severity,
        headline=f"The portfolio lost {percent(loss)} in 30 days",
        detail=f"The attribution says which positions it came from.{beside}",
        evidence={"month_return": result, "benchmark_return": market, "threshold": threshold},
    )
