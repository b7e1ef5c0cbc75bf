"""An insight's words from templates: what the offline analyst says, and what stands in for a model that failed."""

from app.agent.offline.figures import benchmark, day, money, name, percent, prose, ratio, table
from app.insights.facts import InsightFacts
from app.insights.text import MAX_RECOMMENDATIONS, MAX_TITLE_CHARS, InsightText
from app.schemas.analytics import Mover
from app.schemas.insight import Finding

# Named findings in a summary; the rest stand in the analysis
SUMMARY_FINDINGS = 2

# What a finding gives reason to look at. Never a call to buy or sell.
_NEXT_STEPS = {
    "tail_day": "Check which positions made the day's loss, and whether such days have come more often lately.",
    "drawdown": "Compare the fall with the deepest one so far, and see which positions are behind it.",
    "volatility_regime": "Look at the rolling volatility: position sizes may have been set for another regime.",
    "concentration": "Decide whether so large a position is intended; see its beta and its correlations.",
    "sector_tilt": "Check whether the tilt to one sector is intended; funds may add to it without being counted.",
    "leverage": "Check how much of the long and the short side really offset each other: beta says more than amounts.",
    "short_exposure": "See how the shorts move with the longs: what does not move along does not protect.",
    "high_beta": "See which positions carry the beta, if the portfolio should move less with the market.",
    "beta_drift": "Rely on the longer beta with care: what the holdings do with the market has changed.",
    "correlation_cluster": "Look at the closest pairs: of two that move alike, the second adds size, not spread.",
    "large_mover": "See whether the move fits the position's usual swings, and its weight your intention.",
    "cash_drag": "Decide whether so much cash is intended.",
    "data_gap": "Complete the missing prices before relying on figures that leave positions out.",
}
_NOTHING_TO_DO = "Nothing stands out that would ask for a closer look today."


def word(facts: InsightFacts) -> InsightText:
    return InsightText(
        title=_title(facts), summary=_summary(facts), recommendations=_recommendations(facts), analysis=_analysis(facts)
    )


def _title(facts: InsightFacts) -> str:
    most = facts.findings[0].headline if facts.findings else "a quiet day"
    return f"{_plain(facts.portfolio_name)}: {most}"[:MAX_TITLE_CHARS]


def _summary(facts: InsightFacts) -> str:
    sentences = [_value(facts)]
    sentences += [f"{finding.headline}." for finding in facts.findings[:SUMMARY_FINDINGS]]
    more = len(facts.findings) - SUMMARY_FINDINGS
    if more > 0:
        sentences.append(f"{more} more {'finding stands' if more == 1 else 'findings stand'} in the analysis.")
    if not facts.findings:
        sentences.append("No detector fired.")
    return " ".join(sentences)


def _value(facts: InsightFacts) -> str:
    figures, currency = facts.figures, facts.base_currency
    worth = money(figures.get("net_asset_value"), currency)
    value = f"{_plain(facts.portfolio_name)} is worth {worth} as of {day(facts.as_of)}"
    if figures.get("day_return") is None:
        return f"{value}."
    change = (
        f"{money(figures.get('day_pnl'), currency, signed=True)} ({percent(figures.get('day_return'), signed=True)})"
    )
    return f"{value}, {change} on the day."


def _plain(text: str) -> str:
    """Title, summary and recommendations are text; only the analysis is Markdown."""
    return " ".join(text.split())


def _recommendations(facts: InsightFacts) -> list[str]:
    steps = [_NEXT_STEPS[finding.code] for finding in facts.findings if finding.code in _NEXT_STEPS]
    return list(dict.fromkeys(steps))[:MAX_RECOMMENDATIONS] or [_NOTHING_TO_DO]


def _analysis(facts: InsightFacts) -> str:
    parts = [
        "\n".join(_bullet(finding) for finding in facts.findings),
        _risk(facts),
        _movers(facts),
        _caveats(facts),
    ]
    return "\n\n".join(part for part in parts if part)


def _bullet(finding: Finding) -> str:
    return f"- **{prose(finding.headline)}** ({finding.severity}). {prose(finding.detail)}"


def _risk(facts: InsightFacts) -> str:
    figures = facts.figures
    rows = [
        ["Volatility, 21 / 63 / 252 days", " / ".join(percent(figures.get(f"volatility_{n}d")) for n in (21, 63, 252))],
        [f"Volatility of {benchmark(facts.benchmark)}, 252 days", percent(figures.get("benchmark_volatility_252d"))],
        ["Beta, 252 days", ratio(figures.get("beta_252d"))],
        ["Value at risk, 95 %, one day", money(figures.get("value_at_risk_95_1d_amount"), facts.base_currency)],
        ["Drawdown, now / deepest", " / ".join(percent(figures.get(f"{n}_drawdown")) for n in ("current", "max"))],
        ["Effective number of positions", ratio(figures.get("effective_positions"), 1)],
        ["Average correlation", ratio(figures.get("average_correlation"))],
    ]
    return table(["Risk", "Figure"], rows)


def _movers(facts: InsightFacts) -> str:
    movers = [*facts.gainers, *facts.losers]
    if not movers:
        return ""
    return table(["Moved most", "Return", "Profit", "Contribution"], [_mover(m, facts.base_currency) for m in movers])


def _mover(mover: Mover, currency: str) -> list[str]:
    return [
        name(mover.symbol),
        percent(mover.day_return, signed=True),
        money(mover.day_pnl, currency, signed=True),
        percent(mover.contribution, signed=True),
    ]


def _caveats(facts: InsightFacts) -> str:
    told = dict.fromkeys([*facts.warnings, *facts.unavailable.values()])
    return "\n".join(f"> {prose(caveat)}" for caveat in told)
