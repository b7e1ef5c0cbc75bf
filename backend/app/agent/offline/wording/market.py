"""How the market has done, with the person's portfolio left aside."""

from collections.abc import Sequence

from app.agent.offline.evidence import Evidence
from app.agent.offline.figures import INDEX_NAMES, count, day, name, percent, table
from app.schemas.market import BreadthLine, MarketLine, MarketOverview, SectorLine

_HEADER = ["1 day", "5 days", "21 days", "63 days"]
NOTHING = "There are no prices of an index, so that I cannot tell how the market has done."


def overview(evidence: Evidence) -> str:
    found = evidence.first(MarketOverview)
    if found is None:
        return ""
    if not found.indexes:
        return NOTHING
    rows = [[_title(line), *_returns(line), percent(line.volatility_63d)] for line in (*found.indexes, *found.styles)]
    lead = f"{_index(found.indexes[0], found)} {_breadth(found)}".strip()
    return f"{lead}\n\n{table(['Market', *_HEADER, 'Volatility, 63 days'], rows)}"


def sectors(evidence: Evidence) -> str:
    found = evidence.first(MarketOverview)
    if found is None:
        return ""
    known = [line for line in found.sectors if line.return_21d is not None]
    if not known:
        return "There are no equities with a sector and prices, so that I cannot rank the sectors."
    lead = (
        f"Over the 21 trading days to {day(found.as_of)} **{name(known[0].sector)}** did best "
        f"({percent(known[0].return_21d, signed=True)}) and {name(known[-1].sector)} worst "
        f"({percent(known[-1].return_21d, signed=True)}). A sector is the plain mean of the equities known here."
    )
    rows = [[name(line.sector), *_returns(line), str(line.instruments)] for line in known]
    return f"{lead}\n\n{table(['Sector', *_HEADER, 'Equities'], rows)}"


def _index(line: MarketLine, found: MarketOverview) -> str:
    spoken = f"The {INDEX_NAMES[line.symbol]}" if line.symbol in INDEX_NAMES else name(line.name)
    if line.return_1d is None:
        return f"{spoken} has no return of the newest day, {day(found.as_of)}."
    verb = "gained" if line.return_1d >= 0 else "lost"
    lead = f"{spoken} {verb} **{percent(abs(line.return_1d))}** on {day(found.as_of)}"
    if line.return_21d is None:
        return f"{lead}."
    return f"{lead}, and stands {percent(line.return_21d, signed=True)} over 21 trading days."


def _breadth(found: MarketOverview) -> str:
    today: BreadthLine | None = next(iter(found.breadth), None)
    if today is None or not today.known:
        return ""
    above = "" if found.above_200d is None else f"; {percent(found.above_200d)} stand above their 200-day mean"
    return f"Of {count(today.known, 'share')} {today.rising:,} rose and {today.falling:,} fell{above}."


def _title(line: MarketLine) -> str:
    return name(line.stands_for.replace("_", " ")) if line.stands_for else INDEX_NAMES.get(line.symbol, name(line.name))


def _returns(line: MarketLine | SectorLine) -> Sequence[str]:
    figures = (line.return_1d, line.return_5d, line.return_21d, line.return_63d)
    return [percent(figure, signed=True) for figure in figures]
