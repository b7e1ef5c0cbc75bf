"""What the portfolio is made of: one position, one sector, borrowed money, idle money."""

from app.insights.detectors.finding import Finding, Severity, Signals, percent

# A quarter in one name moves the whole portfolio by itself; funds' rules start to limit at 10 %, notices at 15 %
HEAVY_POSITION, NOTABLE_POSITION = 0.25, 0.15
# More than the weight of any sector in a broad index; half is a bet on it
HEAVY_SECTOR, NOTABLE_SECTOR = 0.50, 0.35
# Twice its own value is what a margin account lends for at most (half of each purchase); half as much again is notable
HIGH_LEVERAGE, NOTABLE_LEVERAGE = 2.0, 1.5
# Above a fifth, what cash earns or misses shows in the portfolio's return
NOTABLE_CASH = 0.20
# Shorts that are worth a third of the portfolio can cost as much as a bad year of the longs
NOTABLE_SHORTS = 0.33


def concentration(signals: Signals) -> Finding | None:
    largest = signals.largest_position
    if largest is None or signals.position_count < 2 or largest.share < NOTABLE_POSITION:
        return None
    severity: Severity = "warning" if largest.share >= HEAVY_POSITION else "notice"
    threshold = HEAVY_POSITION if severity == "warning" else NOTABLE_POSITION
    return Finding(
        code="concentration",
        severity=severity,
        headline=f"{largest.name} is {percent(largest.share)} of the gross exposure",
        detail=(
            f"What happens to {largest.name} happens to the portfolio: a share of {percent(threshold)} or more in one "
            "position outweighs what the others can offset."
        ),
        evidence={
            "symbol": largest.name,
            "gross_weight": largest.share,
            "effective_positions": signals.effective_positions,
            "threshold": threshold,
        },
    )


def sector_tilt(signals: Signals) -> Finding | None:
    largest = signals.largest_sector
    if largest is None or largest.share < NOTABLE_SECTOR:
        return None
    severity: Severity = "warning" if largest.share >= HEAVY_SECTOR else "notice"
    threshold = HEAVY_SECTOR if severity == "warning" else NOTABLE_SECTOR
    return Finding(
        code="sector_tilt",
        severity=severity,
        headline=f"{largest.name} is {percent(largest.share)} of the gross exposure",
        detail=(
            f"A sector's own news reaches all of it at once. Above {percent(threshold)} the sector, more than the "
            "choice of positions, decides the result."
        ),
        evidence={"sector": largest.name, "gross_weight": largest.share, "threshold": threshold},
    )


def leverage(signals: Signals) -> Finding | None:
    gross = signals.gross_leverage
    if gross is None or gross < NOTABLE_LEVERAGE:
        return None
    severity: Severity = "warning" if gross >= HIGH_LEVERAGE else "notice"
    threshold = HIGH_LEVERAGE if severity == "warning" else NOTABLE_LEVERAGE
    return Finding(
        code="leverage",
        severity=severity,
        headline=f"Gross exposure is {percent(gross)} of net asset value",
        detail=(
            "More is held, long and short together, than the portfolio is worth. Gains and losses are magnified where "
            "the two sides do not offset each other."
        ),
        evidence={"gross_leverage": gross, "threshold": threshold},
    )


def short_exposure(signals: Signals) -> Finding | None:
    short = signals.short_share
    if short is None or short < NOTABLE_SHORTS:
        return None
    return Finding(
        code="short_exposure",
        severity="notice",
        headline=f"Short positions are {percent(short)} of net asset value",
        detail="A short loses when its price rises, without an upper limit, and must be bought back at that price.",
        evidence={"short_share": short, "threshold": NOTABLE_SHORTS},
    )


def cash_drag(signals: Signals) -> Finding | None:
    # With shorts, cash is mostly their proceeds: owed, not idle
    if signals.cash_share is None or signals.short_share or signals.cash_share < NOTABLE_CASH:
        return None
    return Finding(
        code="cash_drag",
        severity="info",
        headline=f"Cash is {percent(signals.cash_share)} of net asset value",
        detail="Cash dampens falls and rises alike; this much of it shows in the return.",
        evidence={"cash_share": signals.cash_share, "threshold": NOTABLE_CASH},
    )
