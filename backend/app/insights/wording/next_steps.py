"""What a finding gives reason to look at. Never a call to buy or sell."""

NEXT_STEPS = {
    "tail_day": "Check which positions made the day's loss, and whether such days have come more often lately.",
    "drawdown": "Compare the fall with the deepest one so far, and see which positions are behind it.",
    "bad_month": "See in the attribution whether few positions made the month's loss, or all of them with the market.",
    "stress_loss": "Decide whether a loss of that size could be borne, and see which positions bring most of it.",
    "volatility_regime": "Look at the rolling volatility: position sizes may have been set for another regime.",
    "concentration": "Decide whether so large a position is intended; see its beta and its correlations.",
    "risk_concentration": "Compare its share of the risk with its weight: a small position can be the largest risk.",
    "sector_tilt": "Check whether the tilt to one sector is intended; funds may add to it without being counted.",
    "factor_tilt": "See which positions carry the style, and whether a bet on it is intended.",
    "leverage": "Check how much of the long and the short side really offset each other: beta says more than amounts.",
    "weak_hedge": "See which shorts move with the longs, and what the ratio that would take most volatility away is.",
    "short_squeeze": "Decide how far the short may rise before it is bought back, while it is calm.",
    "short_exposure": "See how the shorts move with the longs: what does not move along does not protect.",
    "high_beta": "See which positions carry the beta, if the portfolio should move less with the market.",
    "beta_drift": "Rely on the longer beta with care: what the holdings do with the market has changed.",
    "correlation_cluster": "Look at the closest pairs: of two that move alike, the second adds size, not spread.",
    "large_mover": "See whether the move fits the position's usual swings, and its weight your intention.",
    "underperformance": "See in the attribution by factor whether the style was out of favour, or the choice was poor.",
    "cash_drag": "Decide whether so much cash is intended.",
    "data_gap": "Complete the missing prices before relying on figures that leave positions out.",
}
NOTHING_TO_DO = "Nothing stands out that would ask for a closer look."
