"""How figures and names are written. Rounded for display only; every figure comes from a tool's result."""

import re
from collections.abc import Sequence
from datetime import date

_CURRENCY_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
UNKNOWN = "n/a"
INDEX_NAMES = {"SP500": "S&P 500"}
# Amounts from here on read better without cents
WHOLE_AMOUNT = 1_000
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!])")
MAX_NAME_CHARS = 120
MAX_PROSE_CHARS = 600


def money(amount: float | None, currency: str = "USD", *, signed: bool = False) -> str:
    if amount is None:
        return UNKNOWN
    digits = 0 if abs(amount) >= WHOLE_AMOUNT else 2
    symbol = _CURRENCY_SIGNS.get(currency, f"{name(currency)} ")
    return f"{_sign(round(amount, digits), signed)}{symbol}{abs(amount):,.{digits}f}"


def percent(fraction: float | None, *, signed: bool = False, digits: int | None = None) -> str:
    """0.1234 as 12.3 %; small ones get a second decimal."""
    if fraction is None:
        return UNKNOWN
    shown = fraction * 100
    places = digits if digits is not None else (1 if abs(shown) >= 10 else 2)
    return f"{_sign(round(shown, places), signed)}{abs(shown):,.{places}f} %"


def ratio(value: float | None, digits: int = 2) -> str:
    return UNKNOWN if value is None else f"{_sign(round(value, digits), False)}{abs(value):,.{digits}f}"


def quantity(value: float) -> str:
    return f"{value:,.8f}".rstrip("0").rstrip(".")


def p_value(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def day(value: date | None) -> str:
    return UNKNOWN if value is None else value.isoformat()


def name(text: str) -> str:
    """A name from data: one line, of bounded length, with nothing in it that Markdown would act on."""
    return _inert(text, MAX_NAME_CHARS)


def prose(text: str) -> str:
    """A sentence from data, such as the reason why a figure is unknown."""
    return _inert(text, MAX_PROSE_CHARS)


def benchmark(symbol: str) -> str:
    """As it stands in a sentence."""
    return f"the {INDEX_NAMES[symbol]}" if symbol in INDEX_NAMES else name(symbol)


def benchmark_title(symbol: str) -> str:
    """As it stands at the head of a column."""
    return INDEX_NAMES.get(symbol, name(symbol))


def _inert(text: str, limit: int) -> str:
    single_line = " ".join(text.split())
    shown = single_line if len(single_line) <= limit else single_line[: limit - 1] + "…"
    # A bare address would become a link
    return _MARKDOWN.sub(r"\\\1", shown).replace("://", ":\u200b//").replace("www.", "www\u200b.")


def listed(items: Sequence[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def count(number: int, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{number:,} {noun}s"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, text_columns: int = 1) -> str:
    """A Markdown table: the first columns to the left, figures to the right."""
    rule = [":---" if column < text_columns else "---:" for column in range(len(header))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def _sign(value: float, signed: bool) -> str:
    if value < 0:
        return "-"
    return "+" if signed and value > 0 else ""
