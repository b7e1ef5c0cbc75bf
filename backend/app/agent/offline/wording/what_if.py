"""What trades would change that nobody has made."""

from collections.abc import Callable

from app.agent.offline.evidence import Evidence
from app.agent.offline.figures import UNKNOWN, listed, money, name, percent, quantity, ratio, table
from app.agent.tools.results import PositionList
from app.schemas.what_if import FigureChange, NamedChange, WeightChange, WhatIf

WEIGHTS_SHOWN = 8
MOST_SHOWN = 3


def what_if(evidence: Evidence) -> str:
    found = evidence.first(WhatIf)
    if found is None:
        return _not_held(evidence)
    changed = [weight for weight in found.weights if weight.quantity_before != weight.quantity_after]
    swings, beta = found.volatility_252d, found.beta_252d
    lead = (
        f"If {name(found.portfolio_name)} {listed([_trade(weight) for weight in changed])}, its volatility would go "
        f"from **{percent(swings.before)}** to **{percent(swings.after)}** a year and its beta from "
        f"{ratio(beta.before)} to {ratio(beta.after)}. Nothing has been traded."
    )
    return "\n\n".join([lead, _figures(found), _weights(changed), *_largest(found)])


def _trade(weight: WeightChange) -> str:
    units = weight.quantity_after - weight.quantity_before
    return f"{'bought' if units > 0 else 'sold'} {quantity(abs(units))} {name(weight.symbol)}"


def _figures(found: WhatIf) -> str:
    currency = found.base_currency

    def amount(value: float | None) -> str:
        return money(value, currency)

    lines: list[tuple[str, FigureChange, Callable[[float | None], str]]] = [
        ("Cash", found.cash, amount),
        ("Gross exposure", found.gross_exposure, amount),
        ("Net exposure", found.net_exposure, amount),
        ("Volatility, 252 days", found.volatility_252d, percent),
        ("Beta, 252 days", found.beta_252d, ratio),
        ("Value at risk, 95 %, one day", found.value_at_risk_95_1d_amount, amount),
        ("Expected shortfall, 95 %, one day", found.expected_shortfall_95_1d_amount, amount),
        ("Effective number of positions", found.effective_positions, ratio),
    ]
    rows = [[title, show(change.before), show(change.after)] for title, change, show in lines if _is_known(change)]
    return table(["Figure", "Before", "After"], rows)


def _is_known(change: FigureChange) -> bool:
    return change.before is not None or change.after is not None


def _weights(changed: list[WeightChange]) -> str:
    rows = [
        [name(w.symbol), _weight(w.weight_before), _weight(w.weight_after), quantity(w.quantity_after)]
        for w in changed[:WEIGHTS_SHOWN]
    ]
    return table(["Position", "Weight before", "Weight after", "Units after"], rows)


def _largest(found: WhatIf) -> list[str]:
    """The factors and scenarios that the trades move most, where they move any."""
    groups: list[tuple[str, list[NamedChange], Callable[[float | None], str]]] = [
        ("Beta to", found.factors, ratio),
        ("Scenario, of net asset value", found.scenarios, percent),
    ]
    return [
        table([title, "Before", "After"], [[name(row.name), show(row.before), show(row.after)] for row in rows])
        for title, changes, show in groups
        if (rows := sorted(filter(_moves, changes), key=_size, reverse=True)[:MOST_SHOWN])
    ]


def _moves(change: NamedChange) -> bool:
    return bool(change.change)


def _size(change: NamedChange) -> float:
    return abs(change.change or 0.0)


def _weight(weight: float | None) -> str:
    return UNKNOWN if weight is None else percent(weight)


def _not_held(evidence: Evidence) -> str:
    found = evidence.first(PositionList)
    if found is None:
        return ""
    symbols = listed([name(trade.symbol) for trade in evidence.asked.trades])
    return f"{name(found.portfolio_name)} holds no {symbols}, so that there is nothing of it to sell."
