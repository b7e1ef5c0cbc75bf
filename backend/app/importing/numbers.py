"""Reading numbers as people and brokers write them."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from app.importing.display import shown
from app.importing.parsed import RowProblem

NumberStyle = Literal["point", "comma"]

# What the database keeps, and what a position may be (`app.schemas.position`)
STEP = Decimal("1e-8")
MAX_QUANTITY = Decimal("1e9")
MAX_PRICE = Decimal("1e9")
MAX_AMOUNT = Decimal("1e12")
MAX_NUMBER_CHARS = 64

# How exports write "there is none"
MISSING = frozenset({"", "-", "--", "---", "n/a", "na", "null", "none", "incomplete"})

_CURRENCY = re.compile(r"[$€£¥]|(?<![A-Za-z])(?:USD|EUR|GBP|CHF|JPY|CAD|AUD)(?![A-Za-z])")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2019']")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3})?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,4})?")
_MARKS = re.compile(r"[.,]")
_ONE_MARK = re.compile(r"[^0-9]*([0-9]*)([.,])([0-9]*)[^0-9]*")
_FORMULA_STARTS = ("=", "@", "+=", "-=")


def is_missing(text: str) -> bool:
    return text.strip().lower() in MISSING


def is_formula(text: str) -> bool:
    return text.startswith(_FORMULA_STARTS)


def number_style(texts: Iterable[str], delimiter: str) -> NumberStyle | None:
    """How a file writes its decimals: a number that can be read in one way only decides for all.

    None where nothing decides, or where the file contradicts itself: then a number such as "1,234" is refused. A file
    parted by commas has decimal points unless it proves otherwise.
    """
    proofs = {proof for text in texts if (proof := _proof(text))}
    if len(proofs) == 1:
        return proofs.pop()
    return "point" if not proofs and delimiter == "," else None


def _proof(text: str) -> NumberStyle | None:
    """The one way in which a number can be read, if there is only one."""
    marks = _MARKS.findall(text[:MAX_NUMBER_CHARS])
    if not marks:
        return None
    last: NumberStyle = "comma" if marks[-1] == "," else "point"
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:
        return "point" if last == "comma" else "comma"
    return None if _could_part_thousands(text) else last


def _could_part_thousands(text: str) -> bool:
    match = _ONE_MARK.fullmatch(text)
    return match is not None and len(match[3]) == 3 and 1 <= len(match[1]) <= 3 and not match[1].startswith("0")


def number(text: str, column: str, style: NumberStyle | None = "point") -> Decimal:
    if is_formula(text):
        raise RowProblem(column, shown(text), "a formula where a number is expected", "Write the number itself.")
    if is_missing(text):
        raise RowProblem(column, shown(text), "no number", f"Fill in {column}, or remove the row.")
    if style is None and _could_part_thousands(text):
        raise RowProblem(
            column,
            shown(text),
            "the comma or point could part thousands or decimals, and the file does not say which",
            "Write numbers as 1234.56, without marks between thousands.",
        )
    plain = _plain(text, style or _proof(text) or "point")
    if not _PLAIN.fullmatch(plain):
        raise RowProblem(column, shown(text), "not a number", "Write a number such as 1234.56.")
    return Decimal(plain)


def _plain(text: str, style: NumberStyle) -> str:
    """With a decimal point and a leading sign; what is no number stays none."""
    plain = _SPACES.sub("", _CURRENCY.sub("", text[: MAX_NUMBER_CHARS + 1])).replace("\u2212", "-")
    if len(text) > MAX_NUMBER_CHARS or not any(character in "0123456789" for character in plain):
        return "none"
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    elif plain.endswith("-"):
        plain = "-" + plain[:-1]
    if style == "comma":
        plain = plain.translate(str.maketrans(",.", ".,"))
    return plain.replace(",", "") if _PLAIN.fullmatch(plain) else plain


def bounded(value: Decimal, column: str, limit: Decimal) -> Decimal:
    """Rounded to what is kept. Refused beyond the limit: such a figure is a typing error."""
    if abs(value) > limit:
        raise RowProblem(column, shown(f"{value:.6g}"), f"beyond ±{limit:,.0f}", "Correct the number.")
    return value.quantize(STEP, rounding=ROUND_HALF_EVEN)


def quantity(text: str, column: str, style: NumberStyle | None = "point") -> Decimal:
    found = bounded(number(text, column, style), column, MAX_QUANTITY)
    if found == 0:
        raise RowProblem(column, shown(text), "a quantity of zero", "Remove the row, or fill in what is held.")
    return found


def price(text: str, column: str, style: NumberStyle | None = "point") -> Decimal:
    return positive_price(number(text, column, style), column)


def positive_price(value: Decimal, column: str) -> Decimal:
    found = bounded(value, column, MAX_PRICE)
    if found <= 0:
        raise RowProblem(column, shown(f"{value:.6g}"), "not above zero", "Fill in the price of one unit.")
    return found


def amount(text: str, column: str, style: NumberStyle | None = "point") -> Decimal:
    return bounded(number(text, column, style), column, MAX_AMOUNT)
