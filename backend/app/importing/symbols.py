"""Symbols as exchanges and brokers spell them, brought to one spelling (`app.symbols`).

An option contract is written as the
OCC does: the root padded to six characters, the expiry as YYMMDD, C or P, the strike in thousandths in eight digits.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from app.importing.display import character_name, shown
from app.importing.numbers import is_formula, is_missing
from app.importing.parsed import LotClass, RowProblem
from app.symbols import ROOT_CHARS, occ_root, symbol_key

OptionType = Literal["call", "put"]

# A listed equity option is on 100 shares; its price and its strike are per share
CONTRACT_SHARES = 100
MAX_SYMBOL_CHARS = 40

_ROOT = r"(?P<root>[A-Z][A-Z0-9]{0,5})"
_TYPE = r"(?P<type>[CP])"
_STRIKE = r"(?P<strike>[0-9]{1,6}(?:\.[0-9]{1,3})?)"
_COMPACT_DATE = r"(?P<yy>[0-9]{2})(?P<mm>[0-9]{2})(?P<dd>[0-9]{2})"
_OCC = re.compile(rf"{_ROOT} *{_COMPACT_DATE}{_TYPE}(?P<thousandths>[0-9]{{8}})")
# Fidelity: -AAPL230120C150, the hyphen standing for "option" and not for a short
_HYPHENATED = re.compile(rf"- *{_ROOT}{_COMPACT_DATE}{_TYPE}{_STRIKE}")
# Schwab: AAPL 01/20/2023 150.00 C
_SPELLED_US = re.compile(rf"{_ROOT} +(?P<mm>[0-9]{{2}})/(?P<dd>[0-9]{{2}})/20(?P<yy>[0-9]{{2}}) +\$?{_STRIKE} +{_TYPE}")
# Interactive Brokers: AAPL 20JAN23 150 C
_NAMED_MONTH = re.compile(rf"{_ROOT} +(?P<dd>[0-9]{{2}})(?P<month>[A-Z]{{3}})(?P<yy>[0-9]{{2}}) +{_STRIKE} +{_TYPE}")
_SPELLINGS = (_OCC, _HYPHENATED, _SPELLED_US, _NAMED_MONTH)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_TICKER = re.compile(r"\^?[A-Z0-9]+(?:[-=][A-Z0-9]+)*")
_REMEDY = "Write the ticker in plain letters, such as AAPL or BRK-B."


@dataclass(frozen=True, slots=True)
class OptionContract:
    underlying: str
    expiry: date
    option_type: OptionType
    strike: Decimal

    @property
    def occ_symbol(self) -> str:
        letter = "C" if self.option_type == "call" else "P"
        return f"{occ_root(self.underlying):<{ROOT_CHARS}}{self.expiry:%y%m%d}{letter}{int(self.strike * 1000):08d}"


@dataclass(frozen=True, slots=True)
class Security:
    symbol: str
    position_class: LotClass

    @property
    def units(self) -> int:
        """Shares that one unit of the quantity stands for."""
        return CONTRACT_SHARES if self.position_class == "OPTIONS" else 1


def security(text: str, column: str) -> Security:
    upper = text.strip().upper()
    if is_missing(upper):
        raise RowProblem(column, shown(text), "no symbol", "Fill in the ticker, or remove the row.")
    if is_formula(text.strip()):
        raise RowProblem(column, shown(text), "a formula where a symbol is expected", _REMEDY)
    _refuse_lookalikes(text, column)
    if contract := option_contract(upper):
        return Security(contract.occ_symbol, "OPTIONS")
    ticker = symbol_key(upper)
    if len(ticker) > MAX_SYMBOL_CHARS or not _TICKER.fullmatch(ticker):
        raise RowProblem(column, shown(text), "not a symbol", _REMEDY)
    return Security(ticker, "PUBLIC")


def option_contract(text: str) -> OptionContract | None:
    """The contract that an option symbol names; None where it is none, or of a day that does not exist."""
    match = next((found for spelling in _SPELLINGS if (found := spelling.fullmatch(text.strip().upper()))), None)
    if match is None:
        return None
    parts = match.groupdict()
    expiry = _expiry(parts)
    strike = Decimal(parts["thousandths"]) / 1000 if "thousandths" in parts else Decimal(parts["strike"])
    if expiry is None or strike == 0:
        return None
    return OptionContract(parts["root"], expiry, "call" if parts["type"] == "C" else "put", strike)


def _expiry(parts: dict[str, str]) -> date | None:
    month = parts.get("month")
    if month is not None and month not in _MONTHS:
        return None
    try:
        return date(2000 + int(parts["yy"]), _MONTHS.index(month) + 1 if month else int(parts["mm"]), int(parts["dd"]))
    except ValueError:
        return None


def _refuse_lookalikes(text: str, column: str) -> None:
    foreign = next((character for character in text if not character.isascii()), None)
    if foreign is not None:
        reason = f"a character that is no Latin letter: {character_name(foreign)}"
        raise RowProblem(column, shown(text), reason, _REMEDY)
