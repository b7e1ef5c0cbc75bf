"""Numerals as people write them: 1,234.5 and 1.234,5, 1.2M, .5; and which of two readings an ambiguous one has."""

import re
from dataclasses import dataclass
from typing import Literal

Mark = Literal[".", ","]

# No-break and thin spaces and apostrophes part thousands; a plain space parts words
PATTERN = r"\d{1,3}(?:[.,'\u2019\u00a0\u2009\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|\.\d+"
SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mm": 1e6, "million": 1e6,
    "b": 1e9, "bn": 1e9, "billion": 1e9, "t": 1e12, "tn": 1e12, "trillion": 1e12,
}  # fmt: skip

_PARTING = re.compile(r"['\u2019\u00a0\u2009\u202f]")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:\.\d{3})+,\d+|0,\d+|\d+,(?:\d{1,2}|\d{4,}))(?![\d.,]*\d)")
_DECIMAL_POINT = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+\.\d+|0?\.\d+|\d+\.(?:\d{1,2}|\d{4,}))(?![\d.,]*\d)")
# Longer than any amount: what no double holds exactly is no figure of ours
MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Numeral:
    """`step` is one unit of the last digit shown; `significant` counts digits from the first that is not zero."""

    value: float
    step: float
    significant: int
    is_whole: bool


def decimal_mark(text: str) -> Mark:
    """The mark by which this text's ambiguous numerals are read: that of its unambiguous ones, a point where unsure."""
    commas, points = len(_DECIMAL_COMMA.findall(text)), len(_DECIMAL_POINT.findall(text))
    return "," if commas > points else "."


def read(text: str, mark: Mark, scale: float = 1.0) -> Numeral | None:
    """The number that the text shows; None where it has too many digits."""
    plain = _PARTING.sub("", text)
    whole, _, decimals = _with_point(plain, mark).partition(".")
    digits = whole + decimals
    if len(digits) > MAX_DIGITS:
        return None
    step = scale * 10.0 ** -len(decimals)
    value = float(f"{whole or '0'}.{decimals or '0'}") * scale
    return Numeral(value, step, len(digits.lstrip("0")), not decimals)


def _with_point(text: str, mark: Mark) -> str:
    """With a decimal point and nothing between thousands."""
    marks = [character for character in text if character in ".,"]
    if not marks:
        return text
    last = marks[-1]
    other = "," if last == "." else "."
    if other in marks:
        # Both: the last one is the decimal mark
        return text.replace(other, "").replace(last, ".")
    tail = len(text) - text.rindex(last) - 1
    if len(marks) > 1:
        return text.replace(last, "")
    is_ambiguous = tail == 3 and len(text) - tail - 1 <= 3 and not text.startswith(("0", last))
    is_decimal = last == mark if is_ambiguous else True
    return text.replace(last, "." if is_decimal else "")
