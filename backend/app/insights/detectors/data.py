"""What the figures do not rest on."""

from app.insights.detectors.finding import Finding, Severity, Signals, percent

# With a tenth of the exposure left out, the measures are no longer those of this portfolio
MATERIAL_GAP = 0.90
MAX_NAMED = 5


def data_gap(signals: Signals) -> Finding | None:
    missing = signals.left_out or signals.gaps
    if not missing:
        return None
    covered = signals.share_covered
    severity: Severity = "warning" if covered is not None and covered < MATERIAL_GAP else "notice"
    shown = ", ".join(missing[:MAX_NAMED]) + (
        f" and {len(missing) - MAX_NAMED} more" if len(missing) > MAX_NAMED else ""
    )
    beside = "" if covered is None else f" Risk figures rest on {percent(covered)} of the gross exposure."
    return Finding(
        code="data_gap",
        severity=severity,
        headline=f"Prices are missing or short for {len(missing)} of the instruments",
        detail=f"Concerned: {shown}.{beside} What is missing is left out, not counted as zero.",
        evidence={"instruments": list(missing), "share_of_gross": covered, "threshold": MATERIAL_GAP},
    )
