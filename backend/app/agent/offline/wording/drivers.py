"""Where risk and profit come from, and what would happen if."""

from collections.abc import Sequence

from app.agent.offline.evidence import Evidence, unknown
from app.agent.offline.figures import benchmark, day, money, name, p_value, percent, prose, ratio, table
from app.agent.tools.results import PerformanceBrief, PositionFactorBrief
from app.schemas.attribution import Attribution, AttributionLine
from app.schemas.factor import Factor, FactorExposures, PositionFactorExposure
from app.schemas.risk_contribution import RiskContributions
from app.schemas.stress import StressResult, StressTest

ROWS_SHOWN = 10
LINES_SHOWN = 10
# Beyond this the factors tell almost the same story and a single beta says little
HIGH_INFLATION = 10.0


def risk_contributions(evidence: Evidence) -> str:
    found = evidence.first(RiskContributions)
    if found is None:
        return ""
    if found.volatility is None or not found.positions:
        return unknown("The contributions to risk", found, "volatility")
    ordered = sorted(found.positions, key=lambda row: -row.contribution)
    first = ordered[0]
    lead = (
        f"**{name(first.symbol)}** contributes most to the risk of {name(found.portfolio_name)}: "
        f"{percent(first.contribution)} of {percent(found.volatility)} annualised volatility, a share of "
        f"{percent(first.share)} at a weight of {percent(first.weight)}. The contributions sum to the volatility; a "
        "negative one is a hedge."
    )
    rows = [
        [name(r.symbol), percent(r.weight), percent(r.standalone_volatility), percent(r.contribution), percent(r.share)]
        for r in ordered[:ROWS_SHOWN]
    ]
    return f"{lead}\n\n{table(['Position', 'Weight', 'Own volatility', 'Contribution', 'Share of risk'], rows)}"


def factor_exposures(evidence: Evidence) -> str:
    found = evidence.first(FactorExposures)
    if found is None:
        return ""
    if not found.factors:
        return unknown("The factor exposures", found, "factors")
    lead = (
        f"The market and styles explain **{percent(found.r_squared)}** of the daily variation of "
        f"{name(found.portfolio_name)}. Its volatility is {percent(found.volatility)} a year; the systematic part "
        f"alone would be {percent(found.systematic_volatility)}, its own {percent(found.specific_volatility)}. "
        f"Styles are measured over {benchmark(found.benchmark)}."
    )
    rows = [
        [
            name(f.factor.replace("_", " ")),
            ratio(f.beta),
            ratio(f.standard_error, 3),
            "n/a" if f.p_value is None else p_value(f.p_value),
            percent(f.volatility_contribution),
        ]
        for f in found.factors
    ]
    header = ["Factor", "Beta", "Standard error", "p-value", "Contribution to volatility"]
    collinear = any(f.variance_inflation > HIGH_INFLATION for f in found.factors)
    note = "\n\nThe factors move closely together, so that single betas are uncertain." if collinear else ""
    return f"{lead}\n\n{table(header, rows)}{note}"


def position_factors(evidence: Evidence) -> str:
    found = evidence.first(PositionFactorBrief)
    if found is None:
        return ""
    if not found.positions:
        return unknown("The factor exposures of the positions", found, "positions")
    factor = _factor_asked(evidence.asked.text, found)
    ordered = sorted(found.positions, key=lambda p: -abs(p.weight * p.betas[factor]))
    first = ordered[0]
    spoken = factor.replace("_", " ")
    lead = (
        f"**{name(first.symbol)}** carries most of the {spoken} exposure of {name(found.portfolio_name)}: a beta of "
        f"{ratio(first.betas[factor])} at a weight of {percent(first.weight)}. All holdings together have "
        f"{ratio(found.weighted[factor])}. Styles are measured over {benchmark(found.benchmark)}."
    )
    rows = [
        [name(p.symbol), percent(p.weight), ratio(p.betas[factor]), ratio(p.t_statistics.get(factor), 1)]
        for p in ordered[:ROWS_SHOWN]
    ]
    return f"{lead}\n\n{table(['Position', 'Weight', f'Beta to {spoken}', 't'], rows)}"


def _factor_asked(text: str, found: PositionFactorBrief) -> Factor:
    spoken = text.casefold()
    named: Sequence[Factor] = [factor for factor in found.weighted if factor.replace("_", " ") in spoken]
    return next((factor for factor in named if factor != "market"), "market")


def factors_of_symbols(evidence: Evidence) -> str:
    found = evidence.first(PositionFactorBrief)
    if found is None:
        return ""
    rows = {position.symbol: position for position in found.positions}
    parts = [_factors_of(rows[s], found) if s in rows else _not_covered(s, found) for s in evidence.asked.symbols]
    return "\n\n".join(parts)


def _factors_of(position: PositionFactorExposure, found: PositionFactorBrief) -> str:
    lead = (
        f"The market and styles explain **{percent(position.r_squared)}** of the daily variation of "
        f"{name(position.symbol)}; its own volatility beside them is {percent(position.specific_volatility)} a year."
    )
    rows = [
        [name(factor.replace("_", " ")), ratio(beta), ratio(position.t_statistics.get(factor), 1)]
        for factor, beta in position.betas.items()
    ]
    return f"{lead} Styles are measured over {benchmark(found.benchmark)}.\n\n{table(['Factor', 'Beta', 't'], rows)}"


def _not_covered(symbol: str, found: PositionFactorBrief) -> str:
    return f"{name(found.portfolio_name)} holds no {name(symbol)} with enough history for factor exposures."


def attribution(evidence: Evidence) -> str:
    found = evidence.first(Attribution)
    if found is None:
        return ""
    if found.total_pnl is None:
        return unknown("The attribution", found, "total_pnl")
    verb = "lost" if found.total_pnl < 0 else "made"
    amount = money(abs(found.total_pnl), found.base_currency)
    lead = f"{name(found.portfolio_name)} {verb} **{amount}** from {day(found.start)} to {day(found.end)}."
    tables = [
        _lines("By position", found.by_position, found.base_currency),
        _lines("By sector", found.by_sector, found.base_currency),
        _lines("By factor", found.by_factor, found.base_currency),
    ]
    return "\n\n".join([lead, *(part for part in tables if part)])


def _lines(title: str, lines: Sequence[AttributionLine], currency: str) -> str:
    ordered = sorted(lines, key=lambda line: -line.pnl)
    shown = ordered if len(ordered) <= 2 * LINES_SHOWN else [*ordered[:LINES_SHOWN], *ordered[-LINES_SHOWN:]]
    rows = [[name(line.label.replace("_", " ")), money(line.pnl, currency, signed=True)] for line in shown]
    return table([title, "Profit"], rows) if rows else ""


def stress_test(evidence: Evidence) -> str:
    found = evidence.first(StressTest)
    if found is None:
        return ""
    known = sorted((s for s in found.scenarios if s.effect is not None), key=lambda s: s.effect or 0.0)
    if not known:
        reasons = dict.fromkeys(s.reason for s in found.scenarios if s.reason)
        return f"No scenario can be worked out for {name(found.portfolio_name)}: {' '.join(prose(r) for r in reasons)}"
    rows = [[prose(s.name), money(s.effect, found.base_currency, signed=True), _of_nav(s)] for s in known[:ROWS_SHOWN]]
    shown = "" if len(known) <= ROWS_SHOWN else f"\n\nThe {ROWS_SHOWN} worst are shown."
    method = "To first order, by betas of the past: a real crisis can be worse."
    return f"{_hit(known, found)}\n\n{table(['Scenario', 'Effect', 'of NAV'], rows)}{shown}\n\n{method}"


def _hit(known: Sequence[StressResult], found: StressTest) -> str:
    worst = known[0]
    lost = "lose" if (worst.effect or 0.0) < 0 else "gain"
    amount = f"**{money(abs(worst.effect or 0.0), found.base_currency)}** ({_of_nav(worst)})"
    if len(known) == 1:
        said = "" if worst.category == "custom" else f" ({prose(worst.description)})"
        return f"{name(found.portfolio_name)} would {lost} {amount} in this scenario{said}."
    return (
        f"The scenario that hits {name(found.portfolio_name)} hardest is {prose(worst.name)}: it would {lost} {amount}."
    )


def _of_nav(scenario: StressResult) -> str:
    return percent(scenario.effect_of_nav, signed=True)


def ratios(evidence: Evidence) -> str:
    found = evidence.first(PerformanceBrief)
    if found is None:
        return ""
    if found.sharpe_ratio is None:
        return unknown("A Sharpe ratio", found, "sharpe_ratio")
    rows = [
        ["Sharpe", ratio(found.sharpe_ratio)],
        ["Sortino", ratio(found.sortino_ratio)],
        ["Calmar", ratio(found.calmar_ratio)],
    ]
    lead = (
        f"The Sharpe ratio of {name(found.portfolio_name)} is **{ratio(found.sharpe_ratio)}** a year since "
        f"{day(found.window.start)}, over a risk-free rate of {percent(found.risk_free_rate)}."
    )
    return f"{lead}\n\n{table(['Ratio', 'Per year'], rows)}"
