"""One figure of a true answer changed, in each of the ways in which a model gets figures wrong."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.agent.grounding import Document
from app.schemas.grounding import GroundedFigure, Grounding, Traced

_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_STEP = re.compile(r"\[(\d+)\]")
# A size that words give a sign: a drawdown of 28 % is the same with a minus
_SIZES = ("drawdown", "depth", "value_at_risk", "expected_shortfall", "short_value")


KINDS = ("digit", "sign", "scale", "unit", "other row")


@dataclass(frozen=True, slots=True)
class Change:
    kind: str
    text: str
    start: int
    end: int
    names_a_row: bool


def changed(
    text: str, figure: GroundedFigure, kind: str, documents: Sequence[Document], pick: random.Random
) -> Change | None:
    """The text with this figure changed; None where it cannot be changed so that it becomes wrong."""
    if not any(digit in figure.text for digit in "123456789"):
        return None
    shown = _shown(figure, kind, documents, pick)
    if shown is None or shown == figure.text:
        return None
    path = figure.origin.source.path if isinstance(figure.origin, Traced) else ""
    names_a_row = _DATE.fullmatch(figure.text) is not None or path.endswith(("confidence", "horizon_days"))
    wrong = text[: figure.start] + shown + text[figure.end :]
    return Change(kind, wrong, figure.start, figure.start + len(shown), names_a_row)


def _shown(figure: GroundedFigure, kind: str, documents: Sequence[Document], pick: random.Random) -> str | None:
    match kind:
        case "digit":
            return _digit(figure, pick)
        case "sign":
            return _sign(figure)
        case "scale":
            return _scale(figure, pick)
        case "unit":
            return _unit(figure, pick)
        case _:
            return _other_row(figure, documents, pick)


def is_flagged(change: Change, grounding: Grounding, before: Grounding) -> bool:
    """Whether the changed figure is; or, where it is the date or the level that names a row, a figure of that row."""
    untraced = [figure for figure in grounding.figures if figure.origin.status == "untraced"]
    if any(figure.start < change.end and change.start < figure.end for figure in untraced):
        return True
    known = {figure.text for figure in before.figures if figure.origin.status == "untraced"}
    start, end = change.text.rfind("\n", 0, change.start), change.text.find("\n", change.end) % (len(change.text) + 1)
    return change.names_a_row and any(start < figure.start < end and figure.text not in known for figure in untraced)


def _digit(figure: GroundedFigure, pick: random.Random) -> str | None:
    places = [match.start() for match in re.finditer(r"\d", figure.text)]
    if _DATE.fullmatch(figure.text):
        places = places[-1:]
    place = pick.choice(places)
    other = pick.choice([digit for digit in "0123456789" if digit != figure.text[place] and (digit != "0" or place)])
    return figure.text[:place] + other + figure.text[place + 1 :]


def _sign(figure: GroundedFigure) -> str | None:
    if not isinstance(figure.origin, Traced) or any(size in figure.origin.source.path for size in _SIZES):
        return None
    if figure.text[0] in "-\N{MINUS SIGN}":
        return "+" + figure.text[1:]
    if figure.text[0] == "+":
        return "-" + figure.text[1:]
    value = figure.origin.source.value
    return "-" + figure.text if isinstance(value, float) and value > 0 and not figure.text.startswith("(") else None


def _scale(figure: GroundedFigure, pick: random.Random) -> str | None:
    if figure.text.endswith("M"):
        return figure.text[:-1] + "k"
    if figure.text.endswith("k"):
        return figure.text[:-1] + "M"
    match = _DIGITS.search(figure.text)
    if match is None or "-" in figure.text[1:]:
        return None
    whole, _, decimals = match[0].replace(",", "").partition(".")
    if not int((whole + decimals) or "0"):
        return None
    value = int(whole + decimals) * (100 if pick.random() < 0.5 else 1000)
    other = f"{value / 10 ** (len(decimals) + 1):,.{len(decimals)}f}"
    return figure.text[: match.start()] + other + figure.text[match.end() :]


def _unit(figure: GroundedFigure, pick: random.Random) -> str | None:
    text = figure.text
    if "%" in text:
        return pick.choice([text.replace("%", "bp"), "$" + text.replace("%", "").strip(" +-\N{MINUS SIGN}()")])
    if "bp" in text:
        return text.replace("bp", "%")
    if "$" in text:
        return pick.choice([text.replace("$", "\N{EURO SIGN}"), text.replace("$", "").strip("()Mk") + "%"])
    is_fraction = isinstance(figure.origin, Traced) and "weight" in figure.origin.source.path
    return f"{text}%" if not is_fraction and re.fullmatch(r"[-\N{MINUS SIGN}]?[\d,]*\.?\d+", text) else None


def _other_row(figure: GroundedFigure, documents: Sequence[Document], pick: random.Random) -> str | None:
    if not isinstance(figure.origin, Traced) or "[" not in figure.origin.source.path:
        return None
    source = figure.origin.source
    document = next(d for d in documents if d.tool_call_id == source.tool_call_id)
    values = [value for value in _siblings(document.value, source.path) if value != source.value]
    if isinstance(source.value, str):
        texts = [value for value in values if isinstance(value, str)]
        return pick.choice(texts) if texts and source.value == figure.text else None
    others = [_like(figure.text, value) for value in values if isinstance(value, float) and value * source.value > 0]
    different = [other for other in others if other is not None and other != figure.text]
    return pick.choice(different) if different else None


def _siblings(value: Any, path: str) -> list[Any]:
    """The same field of the other rows."""
    last = list(_STEP.finditer(path))[-1]
    rows = _at(value, path[: last.start()])
    return [_at(row, path[last.end() :].lstrip(".")) for row in rows]


def _at(value: Any, path: str) -> Any:
    for part in re.findall(r"[^.\[\]]+", path):
        value = value[int(part)] if isinstance(value, list) else value.get(part)
    return value


def _like(text: str, value: float) -> str | None:
    """Another value written as this one is."""
    match = _DIGITS.search(text)
    if match is None:
        return None
    places = len(match[0].partition(".")[2])
    factor = (
        100
        if "%" in text
        else 10_000
        if "bp" in text
        else 1e-6
        if text.endswith("M")
        else 1e-3
        if text.endswith("k")
        else 1
    )
    other = f"{abs(value) * factor:,.{places}f}"
    return text[: match.start()] + other + text[match.end() :]
