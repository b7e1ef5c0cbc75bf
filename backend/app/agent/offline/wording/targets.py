"""The person's own target prices beside the newest closes."""

from app.agent.offline.evidence import Evidence
from app.agent.offline.figures import count, day, listed, name, percent, prose, ratio, table
from app.agent.tools.results import TargetPriceList
from app.schemas.target_price import TargetPriceOut

ROWS_SHOWN = 20


def targets(evidence: Evidence) -> str:
    found = evidence.first(TargetPriceList)
    if found is None:
        return ""
    if not found.targets:
        return f"You have set no target prices in {name(found.portfolio_name)}."
    known = sorted((t for t in found.targets if t.base_change is not None), key=lambda t: -(t.base_change or 0.0))
    lead = f"You have {count(len(found.targets), 'target price')} in {name(found.portfolio_name)}."
    if known:
        most = known[0]
        lead += f" **{name(most.symbol)}** leaves most to its base case: {percent(most.base_change, signed=True)}."
    shown = [*known, *(target for target in found.targets if target.base_change is None)][:ROWS_SHOWN]
    return f"{lead} They are your own expectations, from the closes of {day(found.as_of)}.\n\n{_table(shown)}"


def of_symbols(evidence: Evidence) -> str:
    found = evidence.first(TargetPriceList)
    if found is None:
        return ""
    asked = evidence.asked.symbols
    shown = [target for target in found.targets if target.symbol in asked]
    absent = [name(symbol) for symbol in asked if symbol not in {target.symbol for target in shown}]
    parts = [_table(shown)] if shown else []
    if absent:
        parts.append(f"You have set no target price for {listed(absent)} in {name(found.portfolio_name)}.")
    notes = [f"On {name(target.symbol)} you noted: {prose(target.note)}" for target in shown if target.note]
    return "\n\n".join([*parts, *notes])


def _table(shown: list[TargetPriceOut]) -> str:
    rows = [
        [
            name(target.symbol),
            ratio(target.last_close),
            _case(target.bear, target.bear_change),
            _case(target.base, target.base_change),
            _case(target.bull, target.bull_change),
            day(target.horizon) if target.horizon else "open",
        ]
        for target in shown
    ]
    return table(["Target", "Close", "Bear", "Base", "Bull", "By"], rows)


def _case(price: float | None, change: float | None) -> str:
    if price is None:
        return "not set"
    return ratio(price) if change is None else f"{ratio(price)} ({percent(change, signed=True)})"
