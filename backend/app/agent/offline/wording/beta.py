from app.agent.offline.evidence import Evidence, unknown
from app.agent.offline.figures import benchmark, listed, money, name, p_value, percent, ratio, table
from app.agent.tools.results import PortfolioBrief
from app.schemas.analytics import Beta, BetaEstimate

POSITIONS_SHOWN = 10
# Closer to one, or to zero, than this is not worth calling higher or lower
ALIKE = 0.05
NEUTRAL = 0.1
# The usual level below which a slope is called different from zero
SIGNIFICANT = 0.05


def beta(evidence: Evidence) -> str:
    return "\n\n".join(_one(found) for found in evidence.every(Beta))


def _one(found: Beta) -> str:
    estimate = found.portfolio_252d
    if estimate is None:
        return unknown("The beta", found, "portfolio_252d")
    lines = [
        f"{name(found.portfolio_name)} has a beta of **{ratio(estimate.beta)}** to {benchmark(found.benchmark)} "
        f"over {estimate.observations} trading days. {meaning(estimate.beta)}",
        f"The market explains {percent(estimate.r_squared)} of its daily variation (R²); the standard error of the "
        f"beta is {ratio(estimate.standard_error, 3)}, its p-value {p_value(estimate.p_value)}.",
    ]
    if found.portfolio_90d is not None:
        short = found.portfolio_90d
        lines.append(f"Over {short.observations} trading days the beta is {ratio(short.beta)}.")
    return " ".join(lines)


def meaning(value: float) -> str:
    """What a beta says, in words."""
    if abs(value) < NEUTRAL:
        return "It hardly moves with the market."
    if value < 0:
        return "It tends to move against the market."
    if abs(value - 1) < ALIKE:
        return "It moves about as far as the market."
    return f"It tends to move {'further' if value > 1 else 'less'} than the market, in the same direction."


def short_sentence(found: Beta) -> str:
    estimate = found.portfolio_252d
    if estimate is None:
        return unknown("The beta", found, "portfolio_252d")
    return (
        f"Its beta to {benchmark(found.benchmark)} is **{ratio(estimate.beta)}**. {meaning(estimate.beta)} The market "
        f"explains {percent(estimate.r_squared)} of its daily variation."
    )


def of_symbols(evidence: Evidence) -> str:
    found = evidence.first(Beta)
    if found is None:
        return ""
    known = {estimate.symbol: estimate for estimate in found.positions}
    return "\n\n".join(_of(symbol, known.get(symbol), found) for symbol in evidence.asked.symbols)


def _of(symbol: str, estimate: BetaEstimate | None, found: Beta) -> str:
    if estimate is None:
        return (
            f"I have no beta for {name(symbol)}: it is not among the holdings of {name(found.portfolio_name)} that "
            "have enough history. Betas are measured for what is held."
        )
    significance = "" if estimate.p_value < SIGNIFICANT else " It cannot be told from zero."
    return (
        f"{name(symbol)} has a beta of **{ratio(estimate.beta)}** to {benchmark(found.benchmark)} over "
        f"{estimate.observations} trading days (R² {percent(estimate.r_squared)}, standard error "
        f"{ratio(estimate.standard_error, 3)}). {meaning(estimate.beta)}{significance} It makes up "
        f"{percent(estimate.weight)} of the portfolio."
    )


def ranking(evidence: Evidence) -> str:
    found = evidence.first(Beta)
    if found is None:
        return ""
    if not found.positions:
        return unknown("The betas of the positions", found, "positions")
    lowest_first = any(word in evidence.asked.text.casefold() for word in ("lowest", "smallest", "least"))
    ordered = sorted(found.positions, key=lambda estimate: estimate.beta, reverse=not lowest_first)
    first = ordered[0]
    lead = (
        f"**{name(first.symbol)}** has the {'lowest' if lowest_first else 'highest'} beta, {ratio(first.beta)} "
        f"to {benchmark(found.benchmark)} over {first.observations} trading days."
    )
    rows = [[name(e.symbol), ratio(e.beta), percent(e.r_squared), percent(e.weight)] for e in ordered[:POSITIONS_SHOWN]]
    return f"{lead}\n\n{table(['Position', 'Beta', 'R²', 'Weight'], rows)}"


def r_squared(evidence: Evidence) -> str:
    found = evidence.first(Beta)
    if found is None:
        return ""
    estimate = found.portfolio_252d
    if estimate is None:
        return unknown("R²", found, "portfolio_252d")
    return (
        f"**{percent(estimate.r_squared)}** of the daily variation of {name(found.portfolio_name)} is explained by "
        f"{benchmark(found.benchmark)} over {estimate.observations} trading days (R²). The rest is its own: the "
        f"selection of positions, not the market."
    )


def hedge(evidence: Evidence) -> str:
    brief, found = evidence.first(PortfolioBrief), evidence.first(Beta)
    lines = []
    if brief is not None:
        value, currency = brief.overview.valuation, brief.base_currency
        lines.append(
            f"{name(brief.portfolio_name)} is long {money(value.long_value, currency)} and short "
            f"{money(abs(value.short_value), currency)}, so that {money(value.net_exposure, currency)} "
            f"({percent(value.net_leverage)} of net asset value) is not offset by value."
        )
    if found is not None:
        estimate = found.portfolio_252d
        if estimate is None:
            lines.append(unknown("What is left of market risk", found, "portfolio_252d"))
        else:
            lines.append(
                f"What is left of market risk is a beta of **{ratio(estimate.beta)}**. {_hedged(estimate.beta)}"
            )
        lines.append(_offsetting(found))
    return " ".join(line for line in lines if line)


def _hedged(value: float) -> str:
    if abs(value) < NEUTRAL:
        return "That is close to market neutral."
    if value < 0:
        return "The hedge is larger than what it protects: the portfolio gains when the market falls."
    return meaning(value)


def _offsetting(found: Beta) -> str:
    against = [
        estimate for estimate in found.positions if estimate.weight is not None and estimate.weight * estimate.beta < 0
    ]
    if not against:
        return "No position works against the market."
    largest = sorted(against, key=lambda estimate: (estimate.weight or 0.0) * estimate.beta)[:3]
    return f"The positions that offset most are {listed([name(estimate.symbol) for estimate in largest])}."
