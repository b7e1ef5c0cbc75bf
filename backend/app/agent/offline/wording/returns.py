"""What was earned, what moved, and prices."""

from collections.abc import Sequence

from app.agent.offline.entities import Asked, PeriodLabel
from app.agent.offline.evidence import Evidence, unknown
from app.agent.offline.figures import count, day, money, name, percent, table
from app.agent.tools.results import PerformanceBrief, PriceHistory
from app.schemas.analytics import DailyMovers, Mover, NavPoint, PeriodReturn

_PERIOD_NAMES: dict[PeriodLabel, str] = {
    "1D": "on the last day",
    "1W": "over a week",
    "1M": "over a month",
    "3M": "over three months",
    "6M": "over six months",
    "YTD": "this year to date",
    "1Y": "over a year",
    "3Y": "over three years",
    "SI": "since inception",
}
# Points of a series that a reader takes in as a table
HISTORY_ROWS = 12
MOVERS_SHOWN = 5


def performance(evidence: Evidence) -> str:
    return "\n\n".join(_performance(evidence.asked, found) for found in evidence.every(PerformanceBrief))


def _performance(asked: Asked, found: PerformanceBrief) -> str:
    wanted = asked.period or "SI"
    period = _period(found, wanted)
    if period is None:
        return f"{_missing(found, wanted)}\n\n{_periods(found)}" if found.periods else _missing(found, wanted)
    lead = (
        f"{name(found.portfolio_name)} returned **{percent(period.portfolio_return, signed=True)}** "
        f"({money(period.pnl, found.base_currency, signed=True)}) {_PERIOD_NAMES[period.label]}, that is since "
        f"{day(period.start)}{_beside(period)}."
    )
    return f"{lead}\n\n{_periods(found)}"


def _beside(period: PeriodReturn) -> str:
    if period.benchmark_return is None:
        return ""
    return f", against {percent(period.benchmark_return, signed=True)} of the benchmark"


def _period(found: PerformanceBrief, label: str) -> PeriodReturn | None:
    return next((period for period in found.periods if period.label == label), None)


def _missing(found: PerformanceBrief, label: PeriodLabel) -> str:
    return unknown(f"A return {_PERIOD_NAMES[label]}", found, "total_return")


def _periods(found: PerformanceBrief) -> str:
    rows = [
        [
            p.label,
            day(p.start),
            percent(p.portfolio_return, signed=True),
            percent(p.benchmark_return, signed=True),
            money(p.pnl, found.base_currency, signed=True),
        ]
        for p in found.periods
    ]
    return table(["Period", "Since", "Portfolio", "Benchmark", "Profit"], rows, text_columns=2) if rows else ""


def versus_market(evidence: Evidence) -> str:
    found = evidence.first(PerformanceBrief)
    if found is None:
        return ""
    period = _period(found, evidence.asked.period or "SI")
    if period is None or period.benchmark_return is None:
        return unknown("A comparison with the benchmark", found, "benchmark_total_return")
    ahead = period.portfolio_return - period.benchmark_return
    verdict = "**Yes**" if ahead > 0 else "**No**"
    lead = (
        f"{verdict}: {name(found.portfolio_name)} returned {percent(period.portfolio_return, signed=True)} "
        f"{_PERIOD_NAMES[period.label]} (since {day(period.start)}), the benchmark "
        f"{percent(period.benchmark_return, signed=True)}, so that it is **{_points(ahead)}** "
        f"{'ahead' if ahead > 0 else 'behind'}."
    )
    return f"{lead}\n\n{_periods(found)}"


def _points(difference: float) -> str:
    return f"{abs(difference) * 100:,.1f} percentage points"


def annualized(evidence: Evidence) -> str:
    found = evidence.first(PerformanceBrief)
    if found is None:
        return ""
    if found.annualized_return is None:
        return unknown("An annualised return", found, "annualized_return")
    return (
        f"{name(found.portfolio_name)} has returned **{percent(found.annualized_return, signed=True)}** a year since "
        f"{day(found.window.start)}, {percent(found.total_return, signed=True)} in all. It is time-weighted: what was "
        "paid in or out does not change it."
    )


def extreme_days(evidence: Evidence) -> str:
    found = evidence.first(PerformanceBrief)
    if found is None:
        return ""
    wants_worst = any(word in evidence.asked.text.casefold() for word in ("worst", "loss", "lose", "lost"))
    points = [("worst", found.worst_day), ("best", found.best_day)]
    ordered = points if wants_worst else points[::-1]
    sentences = [_extreme(which, point, found) for which, point in ordered if point is not None]
    return " ".join(sentences) or unknown("The best and worst days", found, "total_return")


def _extreme(which: str, point: NavPoint, found: PerformanceBrief) -> str:
    return (
        f"The {which} day of {name(found.portfolio_name)} was **{day(point.date)}** with "
        f"{percent(point.daily_return, signed=True)} ({money(point.pnl, found.base_currency, signed=True)})."
    )


def nav_history(evidence: Evidence) -> str:
    found = evidence.first(PerformanceBrief)
    if found is None:
        return ""
    if not found.series:
        return unknown("A history", found, "total_return")
    shown = _spread(found.series, HISTORY_ROWS)
    rows = [
        [
            day(p.date),
            money(p.nav, found.base_currency),
            percent(p.growth - 1, signed=True),
            percent(p.drawdown),
        ]
        for p in shown
    ]
    last = found.series[-1]
    lead = (
        f"{name(found.portfolio_name)} stands at {money(last.nav, found.base_currency)} on {day(last.date)}, "
        f"**{percent(found.total_return, signed=True)}** since {day(found.window.start)}."
    )
    return f"{lead}\n\n{table(['Day', 'Net asset value', 'Return since inception', 'Below peak'], rows)}"


def _spread(series: Sequence[NavPoint], limit: int) -> list[NavPoint]:
    if len(series) <= limit:
        return list(series)
    last = len(series) - 1
    return [series[round(index * last / (limit - 1))] for index in range(limit)]


def movers(evidence: Evidence) -> str:
    return "\n\n".join(_movers(found) for found in evidence.every(DailyMovers))


def _movers(found: DailyMovers) -> str:
    if found.day_pnl is None:
        return unknown("The day's result", found, "day_pnl")
    lead = day_sentence(found)
    if not found.gainers and not found.losers:
        return f"{lead} No position moved."
    rows = [_mover(m, found.base_currency) for m in (*found.gainers[:MOVERS_SHOWN], *found.losers[:MOVERS_SHOWN])]
    header = ["Position", "Side", "Return", "Profit", "Contribution"]
    return f"{lead} {_drivers(found)}\n\n{table(header, rows, text_columns=2)}"


def day_sentence(found: DailyMovers) -> str:
    if found.day_pnl is None:
        return unknown("The day's result", found, "day_pnl")
    verb = "lost" if found.day_pnl < 0 else "made"
    return (
        f"{name(found.portfolio_name)} {verb} **{money(abs(found.day_pnl), found.base_currency)}** on "
        f"{day(found.as_of)}, the newest day with prices."
    )


def _drivers(found: DailyMovers) -> str:
    parts = []
    if found.gainers:
        parts.append(f"{name(found.gainers[0].symbol)} helped most")
    if found.losers:
        parts.append(f"{name(found.losers[0].symbol)} cost most")
    return f"{' and '.join(parts)}." if parts else ""


def _mover(m: Mover, currency: str) -> list[str]:
    return [
        f"{name(m.symbol)}",
        m.side,
        percent(m.day_return, signed=True),
        money(m.day_pnl, currency, signed=True),
        percent(m.contribution, signed=True),
    ]


def price(evidence: Evidence) -> str:
    return "\n\n".join(_price(found) for found in evidence.every(PriceHistory))


def _price(found: PriceHistory) -> str:
    return (
        f"{name(found.name)} ({name(found.symbol)}) closed at **{money(found.last_close, found.currency)}** on "
        f"{day(found.last_date)}. That is {percent(found.change, signed=True)} since {day(found.first_date)}."
    )


def price_history(evidence: Evidence) -> str:
    return "\n\n".join(_price_history(found) for found in evidence.every(PriceHistory))


def _price_history(found: PriceHistory) -> str:
    direction = "risen" if found.change >= 0 else "fallen"
    lead = (
        f"{name(found.name)} ({name(found.symbol)}) has {direction} **{percent(abs(found.change))}** from "
        f"{money(found.first_close, found.currency)} on {day(found.first_date)} to "
        f"{money(found.last_close, found.currency)} on {day(found.last_date)}. The highest close was "
        f"{money(found.high, found.currency)} on {day(found.high_date)}, the lowest {money(found.low, found.currency)} "
        f"on {day(found.low_date)}."
    )
    last = len(found.dates) - 1
    steps = min(HISTORY_ROWS, last + 1)
    picked = sorted({round(index * last / max(steps - 1, 1)) for index in range(steps)})
    rows = [[day(found.dates[i]), money(found.closes[i], found.currency)] for i in picked]
    note = f"Closes as quoted, dividends not included; {count(len(rows), 'day')} of the period shown."
    return f"{lead}\n\n{table(['Day', 'Close'], rows)}\n\n{note}"
