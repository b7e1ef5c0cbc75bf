"""What the shorts do, and what they may cost."""

from app.agent.offline.evidence import Evidence
from app.agent.offline.figures import name, percent, ratio, table
from app.agent.offline.wording import beta
from app.schemas.hedge import HedgeQuality

SHORTS_SHOWN = 8


def hedge(evidence: Evidence) -> str:
    found = evidence.first(HedgeQuality)
    parts = [beta.hedge(evidence), _sides(found) if found is not None and found.effectiveness is not None else ""]
    return "\n\n".join(part for part in parts if part)


def _sides(found: HedgeQuality) -> str:
    effect = found.effectiveness or 0.0
    does = "take" if effect >= 0 else "add"
    share = f"{percent(abs(effect))} {'away from' if effect >= 0 else 'to'}"
    return (
        f"The longs alone would swing {percent(found.long_volatility)} a year; the shorts {does} **{share}** that. "
        f"The results of the two sides have a correlation of {ratio(found.correlation)} (-1 would be a perfect hedge)."
    )


def squeeze(evidence: Evidence) -> str:
    found = evidence.first(HedgeQuality)
    if found is None:
        return ""
    if not found.shorts:
        return f"{name(found.portfolio_name)} holds nothing short, so that there is nothing to squeeze."
    worst = found.shorts[0]
    lead = (
        f"A squeeze of **{name(worst.symbol)}** would cost {name(found.portfolio_name)} most: "
        f"**{percent(worst.squeeze_loss)}** of net asset value, if it rose once more by its largest 21-day rise of the "
        f"window, {percent(worst.largest_rise_21d, signed=True)}."
    )
    rows = [
        [
            name(short.symbol),
            percent(short.weight),
            percent(short.return_21d, signed=True),
            percent(short.largest_rise_21d, signed=True),
            percent(short.squeeze_loss),
        ]
        for short in found.shorts[:SHORTS_SHOWN]
    ]
    header = ["Short", "Weight", "Last 21 days", "Largest rise, 21 days", "Squeeze would cost"]
    return f"{lead}\n\n{table(header, rows)}"
