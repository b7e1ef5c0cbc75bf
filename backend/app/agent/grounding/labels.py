"""Numbers that say of what a figure is, not how much it is: windows, levels, years, names, counts of what is shown."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import zip_longest

from app.agent.grounding import lexicon
from app.agent.grounding.figures import Figure
from app.agent.grounding.passages import Span
from app.agent.grounding.reading import Reading
from app.agent.grounding.scope import Scope

# Between the head of a table and its first row stands a rule, which is no longer than this
MAX_RULE_CHARS = 400

_OVER = re.compile(r"\b(?:over|for|and) $")
_ONE_PERCENT = re.compile(r"(?:\bif\b|every|each|\bper\b|when).*?\b(?:1|one) ?(?:%|percent)", re.IGNORECASE)
_LEVELS = frozenset({"value_at_risk", "shortfall", "confidence"})


class Labels:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._evidence = reading.evidence

    def has(self, figure: Figure, scope: Scope) -> bool:
        if self._is_in_name(figure, scope):
            return True
        if figure.day is not None:
            return figure.day.month is None and figure.day.year in self._years
        return (
            self._is_window(figure, scope) or self._is_level(figure, scope) or self._counts_what_is_shown(figure, scope)
        )

    def _is_in_name(self, figure: Figure, scope: Scope) -> bool:
        dates = self._evidence.tree.dates.keys()
        return any(m.start <= figure.start and figure.end <= m.end and not m.labels & dates for m in scope.mentioned)

    def _is_window(self, figure: Figure, scope: Scope) -> bool:
        """The window by which a field is named, as `volatility_21d`."""
        is_days = figure.noun == "day" or (figure.kind == "number" and _OVER.search(scope.right_before(8)))
        return (
            bool(is_days)
            and figure.is_whole
            and any(f"_{figure.value:.0f}d" in key for key in self._evidence.tree.keys)
        )

    def _is_level(self, figure: Figure, scope: Scope) -> bool:
        """The level by which a field is named, as `value_at_risk_95_1d`; or the 1 % that is only supposed."""
        if figure.kind != "percent":
            return False
        if is_of_one_percent(scope) and abs(figure.value - 0.01) < figure.value / 100:
            return True
        is_named = any(f"_{figure.value * 100:.0f}_" in key for key in self._evidence.tree.keys)
        return is_named and bool(scope.subjects & _LEVELS)

    def _counts_what_is_shown(self, figure: Figure, scope: Scope) -> bool:
        """As in "the 10 worst are shown" over a table of ten rows, or "there are 3:" over three items."""
        is_count = figure.kind == "number" and figure.is_whole and not scope.is_cell
        if not is_count or int(figure.value) not in self._lengths:
            return False
        return scope.right_after(1) == ":" or lexicon.LISTED.search(scope.words) is not None

    @cached_property
    def _lengths(self) -> frozenset[int]:
        """How many rows the tables of the answer have, and how many items its lists."""
        pieces = self._reading.passages
        rows = sorted({piece.row for piece in pieces if piece.row is not None})
        items = sorted(piece.span for piece in pieces if piece.is_item and piece.before == (piece.span[0],) * 2)
        # The head of a table is no row of it
        return frozenset(length - 1 for length in _runs(rows)) | frozenset(_runs(items))

    @cached_property
    def _years(self) -> frozenset[int | None]:
        dated = {int(text[:4]) for text in self._evidence.tree.dates}
        told = {other.day.year for _, other in self._evidence.text_figures if other.day is not None}
        return frozenset(dated | told)


def _runs(spans: Sequence[Span]) -> Iterator[int]:
    """How many spans follow each other closely, for each run of them."""
    length = 0
    for span, following in zip_longest(spans, spans[1:]):
        length += 1
        if following is None or following[0] - span[1] > MAX_RULE_CHARS:
            yield length
            length = 0


def is_of_one_percent(scope: Scope) -> bool:
    """Whether the passage supposes a move of one per cent."""
    return _ONE_PERCENT.search(scope.words) is not None
