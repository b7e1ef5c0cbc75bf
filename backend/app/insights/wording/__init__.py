"""An insight's words by rules: what the offline analyst says, and what stands in for a model that failed."""

from app.agent.offline.figures import day, money, percent, prose
from app.insights.facts import InsightFacts
from app.insights.text import MAX_RECOMMENDATIONS, MAX_SUMMARY_CHARS, MAX_TITLE_CHARS, InsightText
from app.insights.wording.next_steps import NEXT_STEPS, NOTHING_TO_DO
from app.insights.wording.sections import SECTIONS
from app.schemas.insight import Finding, InsightType, Severity

# Named findings in a summary; the rest stand in the analysis
SUMMARY_FINDINGS = 2

# What a title says of a type of insight where no detector fired
_QUIET: dict[InsightType, str] = {
    "daily_summary": "a quiet day",
    "volatility_analysis": "volatility is in its usual range",
    "concentration_risk": "no position or sector stands out",
    "factor_exposure": "no pronounced tilt",
    "stress_test_review": "no scenario costs more than usual",
    "hedge_quality": "nothing stands out about the hedge",
    "performance": "nothing unusual in the results",
    "post_mortem": "an unremarkable month",
    "custom": "an answer",
}


def word(facts: InsightFacts) -> InsightText:
    return InsightText(
        title=_title(facts)[:MAX_TITLE_CHARS],
        severity=severity_of(facts),
        summary=_summary(facts)[:MAX_SUMMARY_CHARS],
        findings=[],
        recommendations=_recommendations(facts),
        analysis=_analysis(facts),
    )


def severity_of(facts: InsightFacts) -> Severity:
    """That of the gravest finding, which comes first."""
    return facts.findings[0].severity if facts.findings else "info"


def _title(facts: InsightFacts) -> str:
    if facts.question is not None:
        return _plain(facts.question)
    most = facts.findings[0].headline if facts.findings else _QUIET[facts.insight_type]
    return f"{_plain(facts.portfolio_name)}: {most}"


def _summary(facts: InsightFacts) -> str:
    if facts.answer is not None:
        return f"An answer for {_plain(facts.portfolio_name)} as of {day(facts.as_of)}, from {_sources(facts)}."
    sentences = [_month(facts) if facts.month else _value(facts)]
    sentences += [f"{finding.headline}." for finding in facts.findings[:SUMMARY_FINDINGS]]
    more = len(facts.findings) - SUMMARY_FINDINGS
    if more > 0:
        sentences.append(f"{more} more {'finding stands' if more == 1 else 'findings stand'} in the analysis.")
    if not facts.findings:
        sentences.append("No detector fired.")
    return " ".join(sentences)


def _sources(facts: InsightFacts) -> str:
    tools = dict.fromkeys(source.tool for source in facts.looked_up)
    return ", ".join(tools) if tools else "what the analyst knows of itself"


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


def _month(facts: InsightFacts) -> str:
    month = facts.month
    if month is None:
        return _value(facts)
    market = "" if month.benchmark_return is None else f", its benchmark {percent(month.benchmark_return, signed=True)}"
    return (
        f"{_plain(facts.portfolio_name)} returned {percent(month.portfolio_return, signed=True)} from "
        f"{day(month.start)} to {day(month.end)}{market}."
    )


def _plain(text: str) -> str:
    """Title, summary and recommendations are text; only the analysis is Markdown."""
    return " ".join(text.split())


def _recommendations(facts: InsightFacts) -> list[str]:
    if facts.question is not None:
        return []
    steps = [NEXT_STEPS[finding.code] for finding in facts.findings if finding.code in NEXT_STEPS]
    return list(dict.fromkeys(steps))[:MAX_RECOMMENDATIONS] or [NOTHING_TO_DO]


def _analysis(facts: InsightFacts) -> str:
    # The offline analyst's answer is Markdown of its own, with its caveats in it
    if facts.answer is not None:
        return facts.answer
    parts = [
        "\n".join(_bullet(finding) for finding in facts.findings),
        *(section(facts) for section in SECTIONS[facts.insight_type]),
        _caveats(facts),
    ]
    return "\n\n".join(part for part in parts if part) or NOTHING_TO_DO


def _bullet(finding: Finding) -> str:
    return f"- **{prose(finding.headline)}** ({finding.severity}). {prose(finding.detail)}"


def _caveats(facts: InsightFacts) -> str:
    told = dict.fromkeys([*facts.warnings, *facts.unavailable.values()])
    return "\n".join(f"> {prose(caveat)}" for caveat in told)
