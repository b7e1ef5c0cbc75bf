"""A text without its figures: what is left teaches method and wording, and not what was true on one day.

What names a measure stays: windows ("252 days"), the usual levels ("95 %") and the numbers of a list.
"""

import re

from app.agent.grounding import figures
from app.agent.grounding.figures import Figure

GAP = "\u2026"
MAX_FIGURES = 2_000

_WINDOWS = frozenset({"day", "session", "week", "month", "year", "observation"})
_LEVELS = (0.9, 0.95, 0.975, 0.99)
_LIST_NUMBER = re.compile(r"(?:^|\n)[ \t]*$")
_AFTER_LIST_NUMBER = re.compile(r"[.)][ \t]")
_GAPS = re.compile(rf"{GAP}(?:[ \t]*[-+/\u2013,][ \t]*{GAP})+")


def without_figures(text: str) -> str:
    """Beyond `MAX_FIGURES` the rest is left out: it is a table, which teaches nothing."""
    found, more = figures.find(text, limit=MAX_FIGURES)
    kept, end = [], 0
    for figure in found:
        if not _is_method(text, figure):
            kept += [text[end : figure.start], GAP]
            end = figure.end
    kept.append("" if more else text[end:])
    return _GAPS.sub(GAP, "".join(kept))


def _is_method(text: str, figure: Figure) -> bool:
    if figure.kind == "number" and figure.noun in _WINDOWS:
        return True
    if figure.kind == "percent" and any(abs(figure.value - level) < 1e-9 for level in _LEVELS):
        return True
    is_alone = _LIST_NUMBER.search(text[max(0, figure.start - 20) : figure.start]) is not None
    return figure.kind == "number" and is_alone and _AFTER_LIST_NUMBER.match(text, figure.end) is not None
