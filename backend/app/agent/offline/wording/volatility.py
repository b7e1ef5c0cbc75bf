from app.agent.offline.entities import Asked
from app.agent.offline.evidence import Evidence, unknown
from app.agent.offline.figures import benchmark, benchmark_title, name, percent, ratio, table
from app.agent.tools.results import VolatilityBrief

WINDOWS = (21, 63, 252)
# Within five per cent of one the two swing about alike
ALIKE = 0.05
# A short-window volatility this far from the long one is a change, not noise
CHANGED = 0.15


def volatility(evidence: Evidence) -> str:
    return "\n\n".join(_one(evidence.asked, found) for found in evidence.every(VolatilityBrief))


def _one(asked: Asked, found: VolatilityBrief) -> str:
    window = nearest_window(asked.days)
    figure = _own(found, window)
    if figure is None:
        return unknown("The volatility", found, f"volatility_{window}d")
    lead = (
        f"{name(found.portfolio_name)} has an annualised volatility of **{percent(figure)}** "
        f"over the last {window} trading days."
    )
    if asked.days is not None and asked.days != window:
        lead = f"I measure volatility over 21, 63 and 252 trading days; {window} is the nearest to what you ask. {lead}"
    return f"{lead}\n\n{_table(found)}"


def versus_market(evidence: Evidence) -> str:
    found = evidence.first(VolatilityBrief)
    if found is None:
        return ""
    return f"{comparison(found)}\n\n{_table(found)}"


def comparison(found: VolatilityBrief) -> str:
    """One sentence: how much the portfolio swings beside the market."""
    times = found.ratio_to_benchmark_252d
    if times is None:
        return unknown("The volatility beside the market's", found, "ratio_to_benchmark_252d")
    market = benchmark(found.benchmark)
    figures = (
        f"{percent(found.volatility_252d)} a year against {percent(found.benchmark_volatility_252d)} for {market}, "
        f"over 252 trading days"
    )
    if abs(times - 1) < ALIKE:
        return f"It swings about as much as the market, **{ratio(times)} times**: {figures}."
    return f"It swings {'more' if times > 1 else 'less'} than the market, **{ratio(times)} times** as much: {figures}."


def trend(evidence: Evidence) -> str:
    found = evidence.first(VolatilityBrief)
    if found is None:
        return ""
    short, long = found.volatility_21d, found.volatility_252d
    if short is None or long is None:
        missing = "volatility_21d" if short is None else "volatility_252d"
        return unknown("A trend of the volatility", found, missing)
    if short > long * (1 + CHANGED):
        verdict = "Volatility has **risen** lately"
    elif short < long * (1 - CHANGED):
        verdict = "Volatility has **fallen** lately"
    else:
        verdict = "Volatility is **about where it has been**"
    return f"{verdict}: {percent(short)} over 21 trading days against {percent(long)} over 252.\n\n{_table(found)}"


def nearest_window(days: int | None) -> int:
    return 252 if days is None else min(WINDOWS, key=lambda window: abs(window - days))


def _own(found: VolatilityBrief, window: int) -> float | None:
    return {21: found.volatility_21d, 63: found.volatility_63d, 252: found.volatility_252d}[window]


def _table(found: VolatilityBrief) -> str:
    rows = [
        ["21 days", percent(found.volatility_21d), percent(found.benchmark_volatility_21d)],
        ["63 days", percent(found.volatility_63d), percent(found.benchmark_volatility_63d)],
        ["252 days", percent(found.volatility_252d), percent(found.benchmark_volatility_252d)],
    ]
    return table(["Volatility, annualised", "Portfolio", benchmark_title(found.benchmark)], rows)
