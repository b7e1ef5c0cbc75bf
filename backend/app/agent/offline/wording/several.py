"""Comparisons, insights, the briefing and the state of the data."""

from collections.abc import Callable, Sequence

from app.agent.offline.entities import Asked
from app.agent.offline.evidence import Evidence
from app.agent.offline.figures import count, day, listed, money, name, percent, prose, ratio, table
from app.agent.offline.wording import holdings, returns
from app.agent.tools.results import ComparedPortfolio, Comparison, InsightBrief, PortfolioBrief, RecentInsights
from app.schemas.analytics import DailyMovers, DataQuality, Exclusion

GAPS_SHOWN = 10
INSIGHTS_SHOWN = 5

# What a question asks to be ranked by: words, what the first is called, the figure, whether the least comes first
_RANKINGS: tuple[tuple[tuple[str, ...], str, Callable[[ComparedPortfolio], float | None], bool], ...] = (
    (("least risk", "safest", "least volatile"), "is the least volatile", lambda p: p.volatility_252d, True),
    (("risk", "volatil"), "is the most volatile", lambda p: p.volatility_252d, False),
    (("beta", "sensitive"), "has the highest beta", lambda p: p.beta_252d, False),
    (("drawdown", "fell", "fall"), "has had the deepest drawdown", lambda p: p.max_drawdown, True),
    (("worst", "lost", "underperform"), "has the lowest return since inception", lambda p: p.total_return, True),
    (("today", "day"), "did best on the newest day", lambda p: p.day_return, False),
    (("perform", "return", "best", "made", "gain", "better"), "has the highest return since inception",
     lambda p: p.total_return, False),
    (("smallest",), "is the smallest", lambda p: p.nav, True),
    (("large", "biggest", "worth", "value"), "is the largest", lambda p: p.nav, False),
    (("cash",), "holds the most cash", lambda p: p.cash, False),
)  # fmt: skip


def compare(evidence: Evidence) -> str:
    found = evidence.first(Comparison)
    if found is None:
        return ""
    if len(found.portfolios) < 2:
        return f"There is only one portfolio, so there is nothing to compare.\n\n{_table(found)}"
    return f"{_ranking(evidence.asked, found)}\n\n{_table(found)}"


def _ranking(asked: Asked, found: Comparison) -> str:
    lowered = asked.text.casefold()
    for words, verdict, figure, least_first in _RANKINGS:
        if any(word in lowered for word in words):
            return _first(found, verdict, figure, least_first=least_first)
    return _first(found, "is the most volatile", lambda p: p.volatility_252d, least_first=False)


def _first(
    found: Comparison, verdict: str, figure: Callable[[ComparedPortfolio], float | None], *, least_first: bool
) -> str:
    known = [(value, p) for p in found.portfolios if (value := figure(p)) is not None]
    if not known:
        return "The figure that would decide this is not known for any of them."
    _, first = (min if least_first else max)(known, key=lambda pair: pair[0])
    absent = [name(p.name) for p in found.portfolios if figure(p) is None]
    left_out = f" (not known for {listed(absent)})" if absent else ""
    return f"**{name(first.name)}** {verdict}{left_out}."


def _table(found: Comparison) -> str:
    rows: list[tuple[str, Callable[[ComparedPortfolio], str]]] = [
        ("Net asset value", lambda p: money(p.nav, p.base_currency)),
        ("Cash", lambda p: money(p.cash, p.base_currency)),
        ("Gross / net exposure of NAV", lambda p: f"{percent(p.gross_leverage)} / {percent(p.net_leverage)}"),
        ("Day", lambda p: percent(p.day_return, signed=True)),
        ("Since inception", lambda p: percent(p.total_return, signed=True)),
        ("Volatility, 252 days", lambda p: percent(p.volatility_252d)),
        ("Beta, 252 days", lambda p: ratio(p.beta_252d)),
        ("Value at risk, 95 %, one day", lambda p: percent(p.value_at_risk_95_1d)),
        ("Maximum drawdown", lambda p: percent(p.max_drawdown)),
        ("Positions", lambda p: str(p.position_count)),
        ("Largest position", lambda p: f"{name(p.top_position or 'n/a')}, {percent(p.top_position_weight)}"),
        ("As of", lambda p: day(p.as_of)),
    ]
    header = ["", *(name(p.name) for p in found.portfolios)]
    return table(header, [[label, *(shown(p) for p in found.portfolios)] for label, shown in rows])


def data_quality(evidence: Evidence) -> str:
    found = evidence.first(DataQuality)
    if found is None:
        return ""
    span = f"Prices run from {day(found.first_price_date)} to **{day(found.last_price_date)}**."
    if found.complete:
        return f"**The data of {name(found.portfolio_name)} is complete.** {span}"
    lead = f"**The data of {name(found.portfolio_name)} has {count(len(found.gaps), 'gap')}.** {span}"
    missing = _reasons("What is missing", found.gaps)
    doubtful = _reasons("What does not go with the prices of its day", found.doubtful_entries)
    return "\n\n".join(part for part in (lead, missing, doubtful) if part)


def _reasons(heading: str, found: Sequence[Exclusion]) -> str:
    rows = [[name(item.symbol), prose(item.reason)] for item in found[:GAPS_SHOWN]]
    return table(["Instrument", heading], rows, text_columns=2) if rows else ""


def data_date(evidence: Evidence) -> str:
    found = evidence.first(DataQuality)
    if found is None:
        return ""
    return (
        f"The newest prices of {name(found.portfolio_name)} are of **{day(found.last_price_date)}**, the oldest of "
        f"{day(found.first_price_date)}. All figures are as of the newest close, not of this moment."
    )


def insights(evidence: Evidence) -> str:
    found = evidence.first(RecentInsights)
    if found is None:
        return ""
    if not found.insights:
        return "There are no insights yet. A daily summary can be generated on the insights page."
    return "\n\n".join(_insight(insight) for insight in found.insights[:INSIGHTS_SHOWN])


def _insight(insight: InsightBrief) -> str:
    findings = "\n".join(f"- {f.severity}: {prose(f.headline)}" for f in insight.findings)
    heading = f"**{name(insight.title)}** ({insight.severity}, {day(insight.as_of)}): {prose(insight.summary)}"
    return f"{heading}\n\n{findings}" if findings else heading


def briefing(evidence: Evidence) -> str:
    parts = []
    if (brief := evidence.first(PortfolioBrief)) is not None:
        parts.append(holdings.net_asset_value(evidence))
        o = brief.overview
        parts.append(
            f"Volatility over 63 trading days is {percent(o.volatility_63d)}, the beta {ratio(o.beta_252d)}, the "
            f"one-day value at risk at 95 % {money(o.value_at_risk_95_1d_amount, brief.base_currency)}; the portfolio "
            f"stands {percent(abs(o.current_drawdown)) if o.current_drawdown is not None else 'an unknown distance'} "
            "below its peak."
        )
    if evidence.first(DailyMovers) is not None:
        parts.insert(0, returns.movers(evidence))
    recent = evidence.first(RecentInsights)
    if recent is not None and recent.insights:
        parts.append(f"The newest insight: {_insight(recent.insights[0])}")
    return "\n\n".join(parts)
