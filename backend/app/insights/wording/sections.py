"""The tables of an analysis, and which of them each type of insight shows."""

from collections.abc import Callable, Mapping, Sequence

from app.agent.offline.figures import benchmark, day, money, name, percent, prose, ratio, table
from app.insights.facts import InsightFacts
from app.schemas.attribution import AttributionLine
from app.schemas.insight import InsightType

Section = Callable[[InsightFacts], str]


def risk(facts: InsightFacts) -> str:
    figures = facts.figures
    rows = [
        *([f"Volatility, {n} days", percent(figures.get(f"volatility_{n}d"))] for n in (21, 63, 252)),
        [f"Volatility of {benchmark(facts.benchmark)}, 252 days", percent(figures.get("benchmark_volatility_252d"))],
        ["Beta, 252 days", ratio(figures.get("beta_252d"))],
        ["Value at risk, 95 %, one day", money(figures.get("value_at_risk_95_1d_amount"), facts.base_currency)],
        ["Drawdown now", percent(figures.get("current_drawdown"))],
        ["Deepest drawdown", percent(figures.get("max_drawdown"))],
    ]
    if "effective_positions" in figures:
        rows.append(["Effective number of positions", ratio(figures["effective_positions"], 1)])
    if "average_correlation" in figures:
        rows.append(["Average correlation", ratio(figures["average_correlation"])])
    return table(["Risk", "Figure"], rows)


def movers(facts: InsightFacts) -> str:
    rows = [
        [
            name(mover.symbol),
            percent(mover.day_return, signed=True),
            money(mover.day_pnl, facts.base_currency, signed=True),
            percent(mover.contribution, signed=True),
        ]
        for mover in (*facts.gainers, *facts.losers)
    ]
    return _table(["Moved most", "Return", "Profit", "Contribution"], rows)


def volatility(facts: InsightFacts) -> str:
    figures = facts.figures
    rows = [
        ["Exponentially weighted", percent(figures.get("ewma_volatility"))],
        ["Forecast of the next 21 days", percent(figures.get("forecast_21d"))],
        ["Calmer days among the last three years", percent(figures.get("percentile_3y"))],
        ["Times the benchmark's", ratio(figures.get("ratio_to_benchmark_252d"))],
        ["Before diversification", percent(figures.get("undiversified_volatility"))],
    ]
    return table(["Volatility", "Figure"], rows)


def contributions(facts: InsightFacts) -> str:
    rows = [
        [name(row.symbol), percent(row.weight), percent(row.standalone_volatility), percent(row.share)]
        for row in facts.risk
    ]
    return _table(["Brings risk", "Weight", "Own volatility", "Share of risk"], rows)


def largest(facts: InsightFacts) -> str:
    rows = [
        [name(row.symbol), percent(row.gross_weight), money(row.market_value, facts.base_currency)]
        for row in facts.largest
    ]
    return _table(["Largest", "Gross weight", "Market value"], rows)


def sectors(facts: InsightFacts) -> str:
    rows = [[name(row.sector), percent(row.net_weight), percent(row.gross_weight)] for row in facts.sectors]
    return _table(["Sector", "Net weight", "Share of gross"], rows)


def pairs(facts: InsightFacts) -> str:
    rows = [[f"{name(pair.first)} and {name(pair.second)}", ratio(pair.correlation)] for pair in facts.pairs]
    return _table(["Move alike", "Correlation"], rows)


def factors(facts: InsightFacts) -> str:
    rows = [
        [name(row.factor.replace("_", " ")), ratio(row.beta), ratio(row.t_statistic, 1)]
        for row in facts.factors
    ]  # fmt: skip
    split = facts.figures
    lead = (
        f"Market and styles explain {percent(split.get('r_squared'))} of the daily variation; alone they would make a "
        f"volatility of {percent(split.get('systematic_volatility'))}, the rest one of "
        f"{percent(split.get('specific_volatility'))}."
    )
    return f"{lead}\n\n{table(['Factor', 'Beta', 't'], rows)}" if rows else ""


def scenarios(facts: InsightFacts) -> str:
    rows = [
        [
            prose(row.name),
            money(row.effect, facts.base_currency, signed=True),
            percent(row.effect_of_nav, signed=True),
        ]
        for row in facts.scenarios
    ]
    return _table(["Scenario", "Effect", "of NAV"], rows)


def hedge(facts: InsightFacts) -> str:
    figures = facts.figures
    if figures.get("effectiveness") is None:
        return ""
    rows = [
        ["Volatility of the longs alone", percent(figures.get("long_volatility"))],
        ["Volatility of the shorts alone", percent(figures.get("short_volatility"))],
        ["Correlation of their results", ratio(figures.get("correlation"))],
        ["Effectiveness: volatility taken away", percent(figures.get("effectiveness"))],
        ["Times today's shorts for the least volatility", ratio(figures.get("best_ratio"))],
    ]
    return table(["Hedge", "Figure"], rows)


def shorts(facts: InsightFacts) -> str:
    rows = [
        [
            name(row.symbol),
            percent(row.weight),
            percent(row.return_21d, signed=True),
            percent(row.largest_rise_21d, signed=True),
            percent(row.squeeze_loss),
        ]
        for row in facts.shorts
    ]
    return _table(["Short", "Weight", "21 days", "Largest rise, 21 days", "Squeeze loss"], rows)


def periods(facts: InsightFacts) -> str:
    rows = [
        [
            row.label,
            percent(row.portfolio_return, signed=True),
            percent(row.benchmark_return, signed=True),
            money(row.pnl, facts.base_currency, signed=True),
        ]
        for row in facts.periods
    ]
    return _table(["Period", "Portfolio", "Benchmark", "Profit"], rows)


def for_risk(facts: InsightFacts) -> str:
    figures = facts.figures
    rows = [
        ["Return a year", percent(figures.get("annualized_return"), signed=True)],
        ["Sharpe ratio", ratio(figures.get("sharpe_ratio"))],
        ["Sortino ratio", ratio(figures.get("sortino_ratio"))],
        ["Calmar ratio", ratio(figures.get("calmar_ratio"))],
    ]
    return table(["For the risk taken", "Figure"], rows)


def falls(facts: InsightFacts) -> str:
    rows = [
        [day(row.start), day(row.trough), day(row.recovery) if row.recovery else "not yet", percent(row.depth)]
        for row in facts.falls
    ]
    return table(["Fell from", "Lowest on", "Recovered", "Depth"], rows, text_columns=3) if rows else ""


def month(facts: InsightFacts) -> str:
    found, currency = facts.month, facts.base_currency
    if found is None:
        return "The history does not reach back 30 days."
    rows = [
        ["Return", percent(found.portfolio_return, signed=True)],
        ["Benchmark", percent(found.benchmark_return, signed=True)],
        ["Profit", money(found.pnl, currency, signed=True)],
        ["Paid in and out", money(found.flows, currency, signed=True)],
        ["Deepest fall", percent(found.deepest_fall)],
    ]
    for title, point in (("Worst day", found.worst_day), ("Best day", found.best_day)):
        if point is not None:
            rows.append([f"{title}, {day(point.date)}", percent(point.daily_return, signed=True)])
    return table(["The month", "Figure"], [["Start", day(found.start)], ["End", day(found.end)], *rows])


def earned(facts: InsightFacts) -> str:
    tables = [
        _earned("By position", facts.earned_by_position, facts.base_currency),
        _earned("By sector", facts.earned_by_sector, facts.base_currency),
        _earned("By factor", facts.earned_by_factor, facts.base_currency),
    ]
    return "\n\n".join(part for part in tables if part)


def _earned(title: str, lines: Sequence[AttributionLine], currency: str) -> str:
    rows = [[name(line.label.replace("_", " ")), money(line.pnl, currency, signed=True)] for line in lines]
    return _table([title, "Profit"], rows)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return table(header, rows) if rows else ""


SECTIONS: Mapping[InsightType, tuple[Section, ...]] = {
    "daily_summary": (risk, movers),
    "volatility_analysis": (risk, volatility, contributions),
    "concentration_risk": (risk, largest, sectors, pairs, contributions),
    "factor_exposure": (factors, sectors),
    "stress_test_review": (scenarios, risk),
    "hedge_quality": (hedge, shorts, contributions),
    "performance": (periods, for_risk, falls, movers),
    "post_mortem": (month, earned, falls),
    "custom": (),
}
