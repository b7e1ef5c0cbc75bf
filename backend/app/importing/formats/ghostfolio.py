"""Ghostfolio: the JSON export of activities.

Buys and sells become the lots that are still held; what was bought first is sold first.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from app.importing import dates, numbers
from app.importing.display import shown
from app.importing.errors import MAX_ROWS, TooManyRows
from app.importing.parsed import CashBalance, Findings, FormatName, Lot, ParsedFile, RowProblem
from app.importing.portfolio_name import account_label
from app.importing.reader import JsonDocument, Sheet
from app.importing.symbols import security

_TRADES = {"BUY": 1, "SELL": -1}
# Income and costs change no holding
_IGNORED = frozenset({"DIVIDEND", "FEE", "INTEREST", "LIABILITY", "ITEM"})
_PRIVATE_SOURCE = "MANUAL"
_CARRIED_AT_COST = "Assets of one's own are carried at what they cost until another value is stated."
_EXPORT_AGAIN = "Export the activities again."


@dataclass(frozen=True, slots=True)
class _Trade:
    """`holding` is what the trade belongs to: account and symbol as the file has them."""

    holding: tuple[str, str]
    lot: Lot


class Ghostfolio:
    name: ClassVar[FormatName] = "ghostfolio"
    label: ClassVar[str] = "a Ghostfolio export"

    def recognise(self, document: Sheet | JsonDocument) -> bool:
        if not isinstance(document, JsonDocument) or not isinstance(document.content, dict):
            return False
        return isinstance(document.content.get("activities"), list)

    def parse(self, document: Sheet | JsonDocument, today: date) -> ParsedFile:
        assert isinstance(document, JsonDocument)  # noqa: S101 - recognised
        if len(document.content["activities"]) > MAX_ROWS:
            raise TooManyRows
        accounts = _accounts(document.content.get("accounts"))
        findings = Findings()
        trades, unreadable = _trades(
            document.content["activities"], accounts, _private_names(document.content), today, findings
        )
        findings.lots.extend(_open_lots(trades, unreadable, findings))
        _read_balances(accounts, findings)
        return findings.file(self.name, self.label, _exported_on(document.content.get("meta"), today, findings))


def _text(record: Any, key: str) -> str:
    """A value of an object as text; empty where there is none or where it is no plain value."""
    value = record.get(key) if isinstance(record, dict) else None
    return str(value) if isinstance(value, str | Decimal) else ""


def _exported_on(meta: Any, today: date, findings: Findings) -> date | None:
    return dates.own_date(_text(meta, "date"), "meta.date", today, None, findings)


def _accounts(content: Any) -> dict[str, dict[str, Any]]:
    records = content if isinstance(content, list) else []
    return {_text(record, "id"): record for record in records if isinstance(record, dict)}


def _private_names(content: dict[str, Any]) -> dict[str, str]:
    """What people call their own assets, by the symbol that Ghostfolio has made up; exports of old versions say not."""
    profiles = content.get("assetProfiles")
    records = [record for record in profiles if isinstance(record, dict)] if isinstance(profiles, list) else []
    named = {_text(record, "symbol"): shown(_text(record, "name")) for record in records}
    return {symbol: name for symbol, name in named.items() if name}


def _account_name(accounts: dict[str, dict[str, Any]], account_id: str) -> str | None:
    name = _text(accounts.get(account_id), "name")
    return account_label(name, "") if name else None


def _trades(
    activities: Iterable[Any],
    accounts: dict[str, dict[str, Any]],
    names: dict[str, str],
    today: date,
    findings: Findings,
) -> tuple[list[_Trade], set[tuple[str, str]]]:
    """The trades in the order of their days, and the holdings of which one could not be read."""
    trades: list[_Trade] = []
    unreadable: set[tuple[str, str]] = set()
    for number, activity in enumerate(activities, start=1):
        try:
            if (lot := _trade(activity, number, accounts, names, today)) is None:
                findings.warn("Dividends, fees, interest and liabilities are not imported.")
            else:
                trades.append(_Trade(_holding(activity), lot))
                if lot.position_class == "PRIVATE":
                    findings.warn(_CARRIED_AT_COST)
        except RowProblem as problem:
            findings.reject(number, problem)
            unreadable.add(_holding(activity))
    return sorted(trades, key=lambda trade: trade.lot.entry_date or today), unreadable


def _holding(activity: Any) -> tuple[str, str]:
    return _text(activity, "accountId"), _text(activity, "symbol")


def _trade(
    activity: Any, number: int, accounts: dict[str, dict[str, Any]], names: dict[str, str], today: date
) -> Lot | None:
    kind = _text(activity, "type")
    if kind in _IGNORED:
        return None
    if kind not in _TRADES:
        raise RowProblem("type", shown(kind), "an unknown kind of activity", _EXPORT_AGAIN)
    is_private = _text(activity, "dataSource") == _PRIVATE_SOURCE
    found = security(_text(activity, "symbol"), "symbol")
    return Lot(
        row=number,
        portfolio=_account_name(accounts, _text(activity, "accountId")),
        symbol=found.symbol,
        position_class="PRIVATE" if is_private else found.position_class,
        name=names.get(_text(activity, "symbol"), found.symbol) if is_private else "",
        quantity=_TRADES[kind] * numbers.quantity(_text(activity, "quantity"), "quantity"),
        entry_price=numbers.price(_text(activity, "unitPrice"), "unitPrice"),
        entry_date=dates.day(_text(activity, "date"), "date", today, None),
        currency=_text(activity, "currency") or None,
    )


def _open_lots(trades: list[_Trade], unreadable: set[tuple[str, str]], findings: Findings) -> list[Lot]:
    held: dict[tuple[str, str], deque[Lot]] = {}
    for trade in trades:
        if trade.holding in unreadable:
            reason = "another activity of this symbol could not be read, so what is left of it is unknown"
            problem = RowProblem("symbol", shown(trade.lot.symbol), reason, "Correct the other activity first.")
            findings.reject(trade.lot.row, problem)
        elif _book(held.setdefault(trade.holding, deque()), trade.lot):
            findings.warn("Holdings that were sold again are not imported: only what is held now.")
    return [lot for lots in held.values() for lot in lots]


def _book(lots: deque[Lot], trade: Lot) -> bool:
    """Close the oldest lots of the other side first; what is left of the trade opens a lot. True if any was closed."""
    closed = False
    left = trade.quantity
    while lots and left and (lots[0].quantity > 0) != (left > 0):
        closed = True
        offset = min(abs(lots[0].quantity), abs(left)).copy_sign(left)
        remaining = lots[0].quantity + offset
        left -= offset
        if remaining:
            lots[0] = replace(lots[0], quantity=remaining)
        else:
            lots.popleft()
    if left:
        lots.append(replace(trade, quantity=left))
    return closed


def _read_balances(accounts: dict[str, dict[str, Any]], findings: Findings) -> None:
    for number, (account_id, account) in enumerate(accounts.items(), start=1):
        balance = _text(account, "balance")
        if not balance:
            continue
        try:
            amount = numbers.amount(balance, "accounts.balance")
            currency = _text(account, "currency") or None
            findings.cash.append(CashBalance(number, _account_name(accounts, account_id), amount, currency=currency))
        except RowProblem as problem:
            findings.reject(number, problem)
