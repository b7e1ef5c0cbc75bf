"""A text with what it speaks of, and the passage that one of its figures stands in."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from app.agent.grounding import keys, lexicon
from app.agent.grounding.evidence import Evidence
from app.agent.grounding.figures import Figure
from app.agent.grounding.mentions import PERIODS, Mention, Mentions, nearest
from app.agent.grounding.passages import Passage

# The head of a column that repeats the one before it as a fraction
_OF_NAV = re.compile(r"\b(?:in |as )?(?:% |percent )?of (?:the )?(?:nav|net asset value|total)\b", re.IGNORECASE)


class Reading:
    """`plain` is the text without names: what a portfolio is called says nothing of a figure."""

    def __init__(self, text: str, passages: Sequence[Passage], figures: Sequence[Figure], evidence: Evidence) -> None:
        self.text = text
        self.passages = passages
        self.figures = figures
        self.evidence = evidence
        self.mentions = Mentions(text, evidence.tree, figures)
        self.plain = _without_names(text, self.mentions.all, evidence)
        self._places: dict[str, dict[int, set[int]]] = {}
        self._subjects: dict[str, frozenset[str]] = {}
        self._symbols: dict[str, bool] = {}
        self._of_symbols: dict[int, bool] = {}

    def places(self, label: str) -> dict[int, set[int]]:
        """The rows of this label, by the list or object that holds them."""
        if label not in self._places:
            tree = self.evidence.tree
            found: dict[int, set[int]] = {}
            for node, _ in (*tree.names.get(label, ()), *tree.dates.get(label, ())):
                if label in self.evidence.labels(node):
                    found.setdefault(tree.nodes[node].parent, set()).add(node)
            self._places[label] = found
        return self._places[label]

    def subjects_in(self, text: str) -> frozenset[str]:
        # The figures of a sentence share its words
        if text not in self._subjects:
            self._subjects[text] = keys.subjects_in(text)
        return self._subjects[text]

    def is_symbol(self, label: str) -> bool:
        if label not in self._symbols:
            places = self.evidence.tree.names.get(label, ())
            self._symbols[label] = any(key == "symbol" for _, key in places)
        return self._symbols[label]

    def holds_symbols(self, container: int) -> bool:
        """Whether the rows of this list go by symbols."""
        if container not in self._of_symbols:
            rows = self.evidence.tree.rows(container)
            labels = self.evidence.labels(rows[0]) if rows else ()
            self._of_symbols[container] = any(map(self.is_symbol, labels))
        return self._of_symbols[container]


class Setting:
    """A figure in its passage, with the figures beside it."""

    def __init__(self, reading: Reading, passage: Passage, figure: Figure, beside: Sequence[Figure]) -> None:
        self.reading = reading
        self.passage = passage
        self.figure = figure
        self._beside = beside

    @property
    def is_cell(self) -> bool:
        return self.passage.is_cell

    @cached_property
    def words(self) -> str:
        """What says what the figure is of: its sentence, or its row, its column and its cell."""
        return self._words_of(self.reading.text)

    @property
    def words_before(self) -> str:
        """What the paragraph has said so far."""
        return self.reading.text[slice(*self.passage.before)] if self.passage.before else ""

    @cached_property
    def subjects(self) -> frozenset[str]:
        # Plain numbers have no unit to tell a beta from a correlation: for them the nearest words count
        near = self._words_near if self.figure.kind == "number" else ""
        found = self.reading.subjects_in(near) or self.reading.subjects_in(self._words_of(self.reading.plain))
        if not found - lexicon.GENERIC and self.passage.before is not None:
            found = self.reading.subjects_in(self.reading.plain[slice(*self.passage.before)])
        if self.figure.kind == "percent" and self.figure.sign:
            found |= {"result"}
        return found - lexicon.GENERIC

    @cached_property
    def mentioned(self) -> list[Mention]:
        return self.reading.mentions.around(self.passage)

    @property
    def labels(self) -> set[str]:
        return labels_of(self.mentioned)

    @property
    def figures_on_line(self) -> list[Figure]:
        start, end = self.passage.row or self.passage.span
        return [figure for figure in self.reading.figures if start <= figure.start < end]

    def right_before(self, chars: int) -> str:
        return self.reading.text[max(self.passage.span[0], self.figure.start - chars) : self.figure.start]

    def right_after(self, chars: int) -> str:
        return self.reading.text[self.figure.end : self.figure.end + chars]

    def nearest(self, mentions: Sequence[Mention]) -> Sequence[Mention]:
        """Which of these the figure goes with; in a table, those of its own cell before those of its row."""
        if not self.is_cell:
            return nearest(self.figure, mentions, self._beside)
        start, end = self.passage.span
        own = [m for m in mentions if start <= m.start < end and m.start != self.figure.start]
        return own or mentions

    def _words_of(self, text: str) -> str:
        passage = self.passage
        if passage.row is None:
            return text[slice(*passage.span)]
        first = text[passage.row[0] : passage.span[0]].strip(" |").split("|")[0]
        heads = " | ".join(text[slice(*head)] for head in (passage.corner, passage.head) if head is not None)
        return f"{first} | {_OF_NAV.sub('', heads)} | {text[slice(*passage.span)]}"

    @property
    def _words_near(self) -> str:
        """From the figure before this one to the one after it."""
        if self.is_cell:
            return ""
        start, end = self.passage.span
        before = max((f.end for f in self._beside if f.end <= self.figure.start), default=start)
        after = min((f.start for f in self._beside if f.start >= self.figure.end), default=end)
        return f"{self.reading.plain[before : self.figure.start]} {self.reading.plain[self.figure.end : after]}"


def labels_of(mentions: Iterable[Mention]) -> set[str]:
    return {label for mention in mentions for label in mention.labels}


def _without_names(text: str, mentions: Sequence[Mention], evidence: Evidence) -> str:
    pieces, at = [], 0
    for mention in mentions:
        is_name = mention.labels & evidence.tree.names.keys() and not mention.labels & PERIODS
        if is_name and mention.start >= at:
            pieces += [text[at : mention.start], " " * (mention.end - mention.start)]
            at = mention.end
    return "".join([*pieces, text[at:]])
