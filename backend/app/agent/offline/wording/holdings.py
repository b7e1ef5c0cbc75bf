"""What is held and what it is worth."""

from collections.abc import Callable, Sequence

from app.agent.offline.evidence import Evidence
from app.agent.offline.figures import (
    UNKNOWN,
    benchmark,
    count,
    day,
    listed,
    money,
    name,
    percent,
    prose,
    quantity,
    table,
)
from app.agent.tools.results import PortfolioBrief, PortfolioList, PositionList
from app.schemas.position import OptionFigures, ValuedPosition, VolatilitySource

_VOLATILITY: dict[VolatilitySource, str] = {
    "stated": "the stated one",
    "implied": "the one that the entry price implies",
    "historical": "the underlying's own of the last 63 days",
}

ROWS_SHOWN = 15
RANKED = 5


def portfolios(evidence: Evidence) -> str:
    found = evidence.first(PortfolioList)
    if found is None:
        return ""
    if not found.portfolios:
        return "You have no portfolio yet. Create one, or import your holdings, and I can tell you about its risk."
    rows = [
        [
            name(p.name),
            money(p.nav, p.base_currency),
            percent(p.day_return, signed=True),
            percent(p.total_return, signed=True),
            str(p.position_count),
            day(p.as_of),
        ]
        for p in found.portfolios
    ]
    header = ["Portfolio", "Net asset value", "Day", "Since inception", "Positions", "As of"]
    return f"You have {count(len(found.portfolios), 'portfolio')}.\n\n{table(header, rows)}"


def overview(evidence: Evidence) -> str:
    return "\n\n".join(_overview(found) for found in evidence.every(PortfolioBrief))


def _overview(found: PortfolioBrief) -> str:
    o, currency = found.overview, found.base_currency
    lead = (
        f"{name(found.portfolio_name)} is worth **{money(o.valuation.nav, currency)}** in "
        f"{count(o.position_count, 'position')}"
    )
    if o.day_return is not None:
        lead += f", {percent(o.day_return, signed=True)} ({money(o.day_pnl, currency, signed=True)}) on the day"
    if o.total_return is not None:
        lead += f" and {percent(o.total_return, signed=True)} since inception"
    rows = [
        ["Cash", money(o.valuation.cash, currency)],
        ["Long / short", f"{money(o.valuation.long_value, currency)} / {money(o.valuation.short_value, currency)}"],
        ["Gross / net exposure of NAV", f"{percent(o.valuation.gross_leverage)} / {percent(o.valuation.net_leverage)}"],
        ["Volatility, 252 days", percent(o.volatility_252d)],
        [f"Volatility of {benchmark(o.benchmark)}", percent(o.benchmark_volatility_252d)],
        ["Beta, 252 days", UNKNOWN if o.beta_252d is None else f"{o.beta_252d:.2f}"],
        ["Value at risk, 95 %, one day", money(o.value_at_risk_95_1d_amount, currency)],
        ["Maximum / current drawdown", f"{percent(o.max_drawdown)} / {percent(o.current_drawdown)}"],
        ["Largest position", _top(found)],
    ]
    return f"{lead}.\n\n{table(['Key figure', 'Value'], rows)}{_gaps(found)}"


def _top(found: PortfolioBrief) -> str:
    o = found.overview
    return UNKNOWN if o.top_position is None else f"{name(o.top_position)}, {percent(o.top_position_weight)}"


def _gaps(found: PortfolioBrief) -> str:
    reasons = list(dict.fromkeys(found.overview.unavailable.values()))
    return f"\n\nFigures shown as {UNKNOWN}: {' '.join(prose(reason) for reason in reasons[:3])}" if reasons else ""


def net_asset_value(evidence: Evidence) -> str:
    return "\n\n".join(_net_asset_value(found) for found in evidence.every(PortfolioBrief))


def _net_asset_value(found: PortfolioBrief) -> str:
    value, currency = found.overview.valuation, found.base_currency
    short = f", {money(abs(value.short_value), currency)} short" if value.short_value else ""
    return (
        f"The net asset value of {name(found.portfolio_name)} is **{money(value.nav, currency)}**: "
        f"{money(value.long_value, currency)} long{short} and {money(value.cash, currency)} in cash."
    )


def cash(evidence: Evidence) -> str:
    found = evidence.first(PortfolioBrief)
    if found is None:
        return ""
    value, currency = found.overview.valuation, found.base_currency
    lead = (
        f"{name(found.portfolio_name)} holds **{money(value.cash, currency)}** in cash, of a net asset value of "
        f"{money(value.nav, currency)}."
    )
    if value.short_value:
        lead += " The proceeds of short sales are part of it, and are owed."
    return lead


def exposure(evidence: Evidence) -> str:
    found = evidence.first(PortfolioBrief)
    if found is None:
        return ""
    value, currency = found.overview.valuation, found.base_currency
    rows = [
        ["Long", money(value.long_value, currency), ""],
        ["Short", money(value.short_value, currency), ""],
        ["Gross", money(value.gross_exposure, currency), percent(value.gross_leverage)],
        ["Net", money(value.net_exposure, currency), percent(value.net_leverage)],
    ]
    lead = (
        f"The gross exposure of {name(found.portfolio_name)} is **{percent(value.gross_leverage)}** of its net asset "
        f"value, the net exposure **{percent(value.net_leverage)}**."
    )
    return f"{lead} {_leverage(value.gross_leverage)}\n\n{table(['Exposure', 'Amount', 'of NAV'], rows)}"


def _leverage(gross: float | None) -> str:
    if gross is None:
        return "Ratios to a net asset value of zero or below mean nothing."
    return "It is leveraged: it holds more than its own value." if gross > 1 else "It is not leveraged."


def position_count(evidence: Evidence) -> str:
    found = evidence.first(PortfolioBrief)
    if found is None:
        return ""
    return f"{name(found.portfolio_name)} has **{count(found.overview.position_count, 'open position')}**."


def positions(evidence: Evidence) -> str:
    return "\n\n".join(_positions(found, evidence.asked.side) for found in evidence.every(PositionList))


def _positions(found: PositionList, side: str | None = None) -> str:
    chosen = [p for p in found.positions if side is None or p.side == side]
    kind = "position" if side is None else f"{side} position"
    if not chosen:
        return f"{name(found.portfolio_name)} has no open {kind}."
    shown = f", the largest {ROWS_SHOWN} of them below" if len(chosen) > ROWS_SHOWN else ""
    lead = f"{name(found.portfolio_name)} has {count(len(chosen), f'open {kind}')}{shown}."
    return f"{lead}\n\n{_table(chosen[:ROWS_SHOWN], found.base_currency)}"


def longs(evidence: Evidence) -> str:
    return "\n\n".join(_positions(found, "long") for found in evidence.every(PositionList))


def shorts(evidence: Evidence) -> str:
    return "\n\n".join(_positions(found, "short") for found in evidence.every(PositionList))


def position(evidence: Evidence) -> str:
    found = evidence.first(PositionList)
    return "" if found is None else "\n\n".join(_position(symbol, found) for symbol in evidence.asked.symbols)


def _position(symbol: str, found: PositionList) -> str:
    lots = [p for p in found.positions if symbol in (p.symbol, p.option and p.option.underlying_symbol)]
    if not lots:
        return f"{name(found.portfolio_name)} holds no {name(symbol)}."
    return "\n\n".join(_lot(lot, found) for lot in lots)


def _lot(lot: ValuedPosition, found: PositionList) -> str:
    currency = found.base_currency
    amount = f"**{quantity(abs(lot.quantity))} {name(lot.symbol)}** ({name(lot.name)})"
    held = f"{name(found.portfolio_name)} is {lot.side} {amount}"
    if lot.market_value is None:
        return f"{held}. Its value is not known: {name(lot.reason or 'no price')}"
    return (
        f"{held}, worth {money(lot.market_value, currency)} at {money(lot.price, currency)}, {percent(lot.weight)} of "
        f"net asset value. Since the entry on {day(lot.entry_date)} at {money(lot.entry_price, currency)} it shows a "
        f"{_gain(lot)} of **{money(abs(lot.unrealized_pnl or 0.0), currency)}** "
        f"({percent(lot.unrealized_return, signed=True)}); on the day {money(lot.day_pnl, currency, signed=True)} "
        f"({percent(lot.day_return, signed=True)}).{_option(lot.option, currency)}"
    )


def _option(terms: OptionFigures | None, currency: str) -> str:
    if terms is None:
        return ""
    decay = money(terms.theta, currency, signed=True)
    return (
        f" Each contract is on {quantity(terms.multiplier)} shares, and the price is per share. The position moves "
        f"like {money(terms.exposure, currency)} of {name(terms.underlying_symbol)} (a delta of "
        f"{quantity(terms.delta)} shares) and the passing of a day is worth {decay}; "
        f"its volatility of {percent(terms.volatility)} is {_VOLATILITY[terms.volatility_source]}."
    )


def _gain(lot: ValuedPosition) -> str:
    return "loss" if (lot.unrealized_pnl or 0.0) < 0 else "gain"


def entry(evidence: Evidence) -> str:
    found = evidence.first(PositionList)
    if found is None:
        return ""
    chosen = [p for p in found.positions if not evidence.asked.symbols or p.symbol in evidence.asked.symbols]
    if not chosen:
        return f"{name(found.portfolio_name)} holds no {listed([name(symbol) for symbol in evidence.asked.symbols])}."
    rows = [
        [
            name(p.symbol),
            day(p.entry_date),
            quantity(p.quantity),
            money(p.entry_price, found.base_currency),
            money(p.price, found.base_currency),
            money(p.unrealized_pnl, found.base_currency, signed=True),
        ]
        for p in chosen[:ROWS_SHOWN]
    ]
    first = chosen[0]
    lead = (
        f"{name(first.symbol)} was {'sold short' if first.side == 'short' else 'bought'} on "
        f"**{day(first.entry_date)}** at **{money(first.entry_price, found.base_currency)}**."
    )
    return f"{lead}\n\n{table(['Position', 'Entry', 'Quantity', 'Entry price', 'Price', 'Unrealised'], rows)}"


def unrealized(evidence: Evidence) -> str:
    found = evidence.first(PositionList)
    if found is None:
        return ""
    if evidence.asked.symbols:
        return position(evidence)
    known = [p for p in found.positions if p.unrealized_pnl is not None]
    ordered = sorted(known, key=lambda p: p.unrealized_pnl or 0.0, reverse=True)
    total = money(found.unrealized_pnl, found.base_currency, signed=True)
    lead = f"The open positions of {name(found.portfolio_name)} have an unrealised result of **{total}** in all."
    return f"{lead} By position, best first:\n\n{_table(ordered[:ROWS_SHOWN], found.base_currency)}"


def best(evidence: Evidence) -> str:
    return _ranked(evidence, lambda p: -(p.unrealized_pnl or 0.0), "has gained most since its entry")


def worst(evidence: Evidence) -> str:
    found = evidence.first(PositionList)
    losses = [p for p in found.positions if (p.unrealized_pnl or 0.0) < 0] if found else []
    no_loss = "" if losses or not found else "No position shows a loss.\n\n"
    return no_loss + _ranked(evidence, lambda p: p.unrealized_pnl or 0.0, "has done worst since its entry")


def smallest(evidence: Evidence) -> str:
    return _ranked(evidence, lambda p: abs(p.market_value or 0.0), "is the smallest position")


def _ranked(evidence: Evidence, key: Callable[[ValuedPosition], float], verdict: str) -> str:
    found = evidence.first(PositionList)
    if found is None:
        return ""
    ordered = sorted((p for p in found.positions if p.market_value is not None), key=key)
    if not ordered:
        return f"{name(found.portfolio_name)} has no position that can be valued."
    first, currency = ordered[0], found.base_currency
    lead = (
        f"**{name(first.symbol)}** {verdict}, with {money(first.market_value, currency)} and an unrealised "
        f"{_gain(first)} of {money(abs(first.unrealized_pnl or 0.0), currency)} "
        f"({percent(first.unrealized_return, signed=True)})."
    )
    return f"{lead}\n\n{_table(ordered[:RANKED], currency)}"


def _table(shown: Sequence[ValuedPosition], currency: str) -> str:
    rows = [
        [
            name(p.symbol),
            quantity(p.quantity),
            money(p.price, currency),
            money(p.market_value, currency),
            percent(p.weight),
            money(p.unrealized_pnl, currency, signed=True),
            percent(p.unrealized_return, signed=True),
        ]
        for p in shown
    ]
    return table(["Position", "Quantity", "Price", "Value", "Weight", "Unrealised", "Return"], rows)
