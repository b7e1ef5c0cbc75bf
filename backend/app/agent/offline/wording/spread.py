"""Concentration, correlation, sectors: how the risk is spread."""

from collections.abc import Sequence

from app.agent.offline.evidence import Evidence, unknown
from app.agent.offline.figures import count, listed, money, name, percent, ratio, table
from app.agent.tools.results import CorrelationBrief
from app.schemas.analytics import Concentration, CorrelationPair, SectorExposure, SectorWeight
from app.services.analytics.sector_exposure import NO_SECTOR

PAIRS_SHOWN = 5
# Words for a share that one position has of the gross exposure
HEAVY, NOTABLE = 0.25, 0.15
# Words for an average correlation
CLOSE, LOOSE = 0.6, 0.3


def concentration(evidence: Evidence) -> str:
    return "\n\n".join(_concentration(found) for found in evidence.every(Concentration))


def _concentration(found: Concentration) -> str:
    if found.herfindahl_index is None or not found.largest:
        return unknown("The concentration", found, "herfindahl_index")
    return f"{concentration_sentence(found)}\n\n{_largest(found)}"


def concentration_sentence(found: Concentration) -> str:
    if found.herfindahl_index is None or not found.largest:
        return unknown("The concentration", found, "herfindahl_index")
    top = found.largest[0]
    verdict = _verdict(top.gross_weight)
    return (
        f"{name(found.portfolio_name)} is {verdict}: the largest position, {name(top.symbol)}, is "
        f"**{percent(found.top_1)}** of the gross exposure, the largest three are {percent(found.top_3)}, the largest "
        f"ten {percent(found.top_10)}. The Herfindahl index is {ratio(found.herfindahl_index, 3)}, as if there were "
        f"**{ratio(found.effective_positions, 1)}** positions of equal size."
    )


def _verdict(top: float) -> str:
    if top >= HEAVY:
        return "heavily concentrated"
    return "somewhat concentrated" if top >= NOTABLE else "not dominated by any one position"


def largest(evidence: Evidence) -> str:
    found = evidence.first(Concentration)
    if found is None:
        return ""
    if not found.largest:
        return unknown("The largest positions", found, "herfindahl_index")
    top = found.largest[0]
    lead = (
        f"The largest position of {name(found.portfolio_name)} is **{name(top.symbol)}** with "
        f"{money(top.market_value, found.base_currency)}, {percent(top.gross_weight)} of the gross exposure; "
        f"the largest three together are {percent(found.top_3)}, the largest ten {percent(found.top_10)}."
    )
    return f"{lead}\n\n{_largest(found)}"


def _largest(found: Concentration) -> str:
    rows = [
        [name(item.symbol), money(item.market_value, found.base_currency), percent(item.gross_weight)]
        for item in found.largest
    ]
    return table(["Position", "Market value", "Share of gross"], rows)


def correlation(evidence: Evidence) -> str:
    found = evidence.first(CorrelationBrief)
    if found is None:
        return ""
    if found.average is None:
        return unknown("The average correlation", found, "average")
    tables = (_pairs("Most alike", found.highest), _pairs("Least alike", found.lowest))
    return "\n\n".join((correlation_sentence(found), *tables))


def correlation_sentence(found: CorrelationBrief) -> str:
    if found.average is None:
        return unknown("The average correlation", found, "average")
    if found.average >= CLOSE:
        verdict = "The positions move closely together"
    elif found.average >= LOOSE:
        verdict = "The positions move together to a fair degree"
    else:
        verdict = "The positions move rather independently of each other"
    return (
        f"{verdict}: the average correlation of {name(found.portfolio_name)} is **{ratio(found.average)}** over "
        f"{found.window.trading_days} trading days."
    )


def correlation_extremes(evidence: Evidence) -> str:
    found = evidence.first(CorrelationBrief)
    if found is None:
        return ""
    lowest = any(word in evidence.asked.text.casefold() for word in ("lowest", "least", "weakest"))
    pairs = found.lowest if lowest else found.highest
    if not pairs:
        return unknown("The correlations", found, "average")
    first = pairs[0]
    lead = (
        f"**{name(first.first)} and {name(first.second)}** are the {'least' if lowest else 'most'} correlated, with "
        f"{ratio(first.correlation)} over {found.window.trading_days} trading days."
    )
    return f"{lead}\n\n{_pairs('Least alike' if lowest else 'Most alike', pairs)}"


def correlation_pair(evidence: Evidence) -> str:
    found = evidence.first(CorrelationBrief)
    if found is None:
        return ""
    first, second = evidence.asked.symbols[:2]
    absent = [symbol for symbol in (first, second) if symbol not in found.symbols]
    if absent:
        return (
            f"I have no correlation of {name(first)} and {name(second)}: {listed([name(symbol) for symbol in absent])} "
            f"is not among the holdings of {name(found.portfolio_name)} with enough history."
        )
    value = found.values[found.symbols.index(first)][found.symbols.index(second)]
    if value is None:
        return f"{name(first)} and {name(second)} share too few days for a correlation."
    return (
        f"{name(first)} and {name(second)} have a correlation of **{ratio(value)}** over {found.window.trading_days} "
        f"trading days. {_meaning(value)}"
    )


def _meaning(value: float) -> str:
    if value >= CLOSE:
        return "They mostly rise and fall together."
    if value >= LOOSE:
        return "They tend to move in the same direction."
    return "They move against each other." if value <= -LOOSE else "They have little to do with each other."


def _pairs(title: str, pairs: Sequence[CorrelationPair]) -> str:
    rows = [[f"{name(p.first)} – {name(p.second)}", ratio(p.correlation)] for p in pairs[:PAIRS_SHOWN]]  # noqa: RUF001
    return table([title, "Correlation"], rows)


def sectors(evidence: Evidence) -> str:
    return "\n\n".join(_sectors(found) for found in evidence.every(SectorExposure))


def _sectors(found: SectorExposure) -> str:
    if not found.sectors:
        return f"{name(found.portfolio_name)} holds nothing that has a sector and a price."
    ordered = sorted(found.sectors, key=lambda row: -(row.gross_weight or 0.0))
    rows = [_row(row, found.base_currency) for row in ordered]
    header = ["Sector", "Long", "Short", "Net", "Net of NAV", "Share of gross"]
    return f"{sector_sentence(found)}\n\n{table(header, rows)}"


def sector_sentence(found: SectorExposure) -> str:
    if not found.sectors:
        return f"{name(found.portfolio_name)} holds nothing that has a sector and a price."
    named = [row for row in found.sectors if row.sector != NO_SECTOR] or found.sectors
    top = max(named, key=lambda row: row.gross_weight or 0.0)
    return (
        f"The largest sector of {name(found.portfolio_name)} is **{name(top.sector)}** with "
        f"{percent(top.gross_weight)} of the gross exposure in {count(top.positions, 'position')}."
    )


def sector(evidence: Evidence) -> str:
    found = evidence.first(SectorExposure)
    if found is None or evidence.asked.sector is None:
        return ""
    row = next((row for row in found.sectors if row.sector == evidence.asked.sector), None)
    if row is None:
        held = listed([name(other.sector) for other in found.sectors]) or "none"
        return f"{name(found.portfolio_name)} holds nothing in {evidence.asked.sector}. Its sectors are: {held}."
    short = f" and short {money(abs(row.short_value), found.base_currency)}" if row.short_value else ""
    return (
        f"In {name(row.sector)}, {name(found.portfolio_name)} is long "
        f"{money(row.long_value, found.base_currency)}{short}: net **{percent(row.net_weight, signed=True)}** of net "
        f"asset value and {percent(row.gross_weight)} of the gross exposure, in {count(row.positions, 'position')}. "
        "Funds are not looked through."
    )


def diversification(evidence: Evidence) -> str:
    parts = []
    if (found := evidence.first(Concentration)) is not None:
        parts.append(concentration_sentence(found))
    if (correlated := evidence.first(CorrelationBrief)) is not None:
        parts.append(correlation_sentence(correlated))
    if (by_sector := evidence.first(SectorExposure)) is not None:
        parts.append(sector_sentence(by_sector))
    return "\n\n".join(parts)


def _row(row: SectorWeight, currency: str) -> list[str]:
    return [
        name(row.sector),
        money(row.long_value, currency),
        money(row.short_value, currency),
        money(row.net_value, currency),
        percent(row.net_weight),
        percent(row.gross_weight),
    ]
