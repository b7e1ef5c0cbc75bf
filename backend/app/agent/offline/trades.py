"""Trades that a question only thinks of: "what if I sold half of my Apple and bought 100 Microsoft?"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.agent.offline.instruments import SYMBOL_WORD

_IF = re.compile(
    r"\b(what[\s-]if|if i|suppose|simulat\w+|(effect|impact|result) of|what (would|happens))\b", re.IGNORECASE
)
_VERBS = {
    "buy": ("buy", "bought", "buying", "add", "added", "adding", "purchase", "purchased"),
    "sell": (
        "sell", "sold", "selling", "short", "shorted", "shorting", "trim", "trimmed", "reduce", "reduced", "cut",
        "closed", "close", "exit", "exited", "dropped", "drop",
    ),
}  # fmt: skip
# Without a number these mean all of it
_OF_ALL = frozenset({"sell", "sold", "selling", "close", "closed", "exit", "exited", "drop", "dropped"})
_SELLS = {verb: kind == "sell" for kind, verbs in _VERBS.items() for verb in verbs}
_SHARES = {"all": 1.0, "everything": 1.0, "whole": 1.0, "entire": 1.0, "half": 0.5, "third": 1 / 3, "quarter": 0.25}
# Words between verb and instrument; a money amount would need a price, so it is no quantity
_TRADE = re.compile(
    rf"\b(?P<verb>{'|'.join(_SELLS)})\b(?P<between>(?:[^.?!;]|\.(?=\d)){{0,50}}?)\s*{SYMBOL_WORD}\b", re.IGNORECASE
)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(?:%|percent|per cent)", re.IGNORECASE)
_MONEY = re.compile(r"[$€£]|\b(dollars?|euros?|usd|eur|worth)\b", re.IGNORECASE)
_COUNT = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)(?![\w.]|\s*%)")
_SHARE = re.compile(rf"\b({'|'.join(_SHARES)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AskedTrade:
    """`units` is signed; where None, it is to be `share` of what is held that is sold."""

    symbol: str
    units: float | None
    share: float | None = None


def asked_trades(text: str, symbols: Sequence[str]) -> tuple[AskedTrade, ...]:
    """Those that say how much, of a text in which the k-th `_symbol` stands for the k-th of `symbols`.

    Empty where one of them does not: half of what was asked would be another question.
    """
    if not _IF.search(text):
        return ()
    found = []
    for match in _TRADE.finditer(text):
        trade = _trade(match, symbols[text[: match.end()].count(SYMBOL_WORD) - 1])
        if trade is None:
            return ()
        found.append(trade)
    return tuple(found)


def needs_positions(trades: Sequence[AskedTrade]) -> bool:
    return any(trade.units is None for trade in trades)


def arguments(trades: Sequence[AskedTrade], held: dict[str, float]) -> list[dict[str, Any]]:
    """What `simulate_trades` takes; a share of what is not held is no trade."""
    found = []
    for trade in trades:
        units = trade.units if trade.units is not None else -(trade.share or 0.0) * held.get(trade.symbol, 0.0)
        if units:
            found.append({"symbol": trade.symbol, "quantity": units})
    return found


def _trade(match: re.Match[str], symbol: str) -> AskedTrade | None:
    is_sale, between = _SELLS[match["verb"].lower()], match["between"]
    if _MONEY.search(between):
        return None
    if is_sale and (share := _share(between)) is not None:
        return AskedTrade(symbol, None, share)
    count = _COUNT.search(between)
    if count is None:
        return AskedTrade(symbol, None, 1.0) if match["verb"].lower() in _OF_ALL else None
    units = float(count[1].replace(",", ""))
    return AskedTrade(symbol, -units if is_sale else units) if units else None


def _share(text: str) -> float | None:
    if percent := _PERCENT.search(text):
        return min(float(percent[1]) / 100, 1.0) or None
    named = _SHARE.search(text)
    return _SHARES[named[1].lower()] if named else None
