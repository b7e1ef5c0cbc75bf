"""Every figure of an answer with its source, or without one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.agent.grounding import derivation, matching
from app.agent.grounding import figures as figure_finder
from app.agent.grounding.evidence import Document, Evidence, Leaf
from app.agent.grounding.figures import Figure
from app.agent.grounding.labels import Labels
from app.agent.grounding.passages import Passage, passages, prose, sentence_at
from app.agent.grounding.reading import Reading
from app.agent.grounding.scope import Scope
from app.schemas.grounding import Derived, GroundedFigure, Grounding, Origin, Traced, Untraced

# An answer of several pages has some two hundred
MAX_FIGURES = 500
# Beyond this an answer is not read on; no model writes as much in a turn
MAX_CHARS = 100_000

_ASIDE = re.compile(r"[ *]{0,4}\([-+ ~]{0,3}\S")
_PERCENT_HEAD = re.compile(r"%|percent|\bpct\b", re.IGNORECASE)


def check(text: str, documents: Sequence[Document]) -> Grounding:
    """Any text and any evidence will do; what stands beyond the limits is counted as unchecked."""
    read = prose(text[:MAX_CHARS])
    found, beyond = figure_finder.find(read, limit=MAX_FIGURES)
    if not found:
        return Grounding()
    evidence = Evidence(documents)
    reading = Reading(read, passages(text[:MAX_CHARS], read), found, evidence)
    return _grounding(text, list(_Checker(evidence, reading).origins()), beyond)


class _Checker:
    def __init__(self, evidence: Evidence, reading: Reading) -> None:
        self._evidence = evidence
        self._reading = reading
        self._labels = Labels(reading)
        self._last: tuple[Figure, Leaf] | None = None

    def origins(self) -> Iterator[tuple[Figure, Origin]]:
        for passage, beside in _by_passage(self._reading.passages, self._reading.figures):
            for shown in beside:
                figure = figure_finder.as_percent(shown) if self._is_in_percent(passage) else shown
                scope = Scope(self._reading, passage, figure, beside)
                if not self._labels.has(figure, scope):
                    yield figure, self._origin(figure, scope)

    def _is_in_percent(self, passage: Passage) -> bool:
        head = passage.head
        return head is not None and _PERCENT_HEAD.search(self._reading.text, *head) is not None

    def _origin(self, figure: Figure, scope: Scope) -> Origin:
        leaf = self._trace_day(figure, scope) if figure.day is not None else self._trace(figure, scope)
        self._last = (figure, leaf) if leaf is not None else None
        if leaf is not None:
            return Traced(source=self._evidence.source(leaf))
        step = derivation.derive(self._evidence, figure, scope) if figure.day is None else None
        if step is None:
            return Untraced()
        return Derived(operation=step.operation, operands=[self._evidence.source(leaf) for leaf in step.operands])

    def _trace(self, figure: Figure, scope: Scope) -> Leaf | None:
        evidence = self._evidence
        meant = [
            leaf
            for leaf in matching.candidates(evidence, figure, scope)
            if matching.is_meant(evidence, figure, leaf, scope) and self._is_aside_of(figure, leaf)
        ]
        if not meant:
            return self._trace_text(figure, scope)
        leaf = max(meant, key=lambda leaf: matching.closeness(evidence, figure, leaf, scope))
        # Where what the words speak of has the other sign, a lesser match with the right one is chance
        return leaf if matching.sign_fits(figure, float(leaf.value), leaf, scope) else None

    def _trace_text(self, figure: Figure, scope: Scope) -> Leaf | None:
        for leaf, other in self._evidence.text_figures:
            if _is_same(figure, other) and scope.names_list_of(leaf) and scope.fits(leaf):
                return _quoted(leaf, other)
        return None

    def _trace_day(self, figure: Figure, scope: Scope) -> Leaf | None:
        tree = self._evidence.tree
        labels = {label for mention in scope.mentioned if mention.start == figure.start for label in mention.labels}
        places = (place for text in sorted(labels) for place in tree.dates.get(text, ()))
        for leaf in (self._evidence.leaf(node, key) for node, key in places):
            if matching.is_demanded(leaf, scope) and scope.fits(leaf) and self._is_told(leaf, scope):
                return leaf
        told = ((leaf, other) for leaf, other in self._evidence.text_figures if other.day == figure.day)
        return next((_quoted(leaf, other) for leaf, other in told if scope.fits(leaf)), None)

    def _is_told(self, leaf: Leaf, scope: Scope) -> bool:
        """The day of a point in a series is a source only where something of that day is told."""
        sizes = self._told_on_day(leaf, scope)
        return sizes is None or any(f.low <= size <= f.high for f in scope.figures_on_line for size in sizes)

    def _told_on_day(self, leaf: Leaf, scope: Scope) -> list[float] | None:
        tree = self._evidence.tree
        container = tree.nodes[leaf.node].parent
        if isinstance(leaf.key, int):
            return tree.sizes_beside(leaf.node, leaf.key)
        if leaf.key == "date" and container >= 0 and scope.is_series(container):
            return [abs(value) for _, value in tree.numbers_of(leaf.node)]
        return None

    def _is_aside_of(self, figure: Figure, leaf: Leaf) -> bool:
        """In "$8,843 (2.2 %)" both are of one row."""
        if self._last is None or not _ASIDE.fullmatch(self._reading.text, self._last[0].end, figure.start + 1):
            return True
        nodes, main = self._evidence.tree.nodes, self._last[1].node
        parent = nodes[leaf.node].parent
        are_rows = parent >= 0 and parent == nodes[main].parent and nodes[parent].is_list
        return leaf.node == main or not are_rows


def _quoted(leaf: Leaf, told: Figure) -> Leaf:
    """Of a text only the sentence that says it: a whole passage would be no answer to where a figure is from."""
    return replace(leaf, value=sentence_at(str(leaf.value), told.start))


def _is_same(figure: Figure, other: Figure) -> bool:
    is_alike = other.day is None and other.kind == figure.kind and other.noun == figure.noun
    return is_alike and figure.low <= other.value <= figure.high and figure.sign in (0, other.sign)


def _by_passage(pieces: Sequence[Passage], found: Sequence[Figure]) -> Iterator[tuple[Passage, list[Figure]]]:
    place = 0
    for piece in pieces:
        held = []
        while place < len(found) and found[place].start < piece.span[1]:
            held.append(found[place])
            place += 1
        if held:
            yield piece, held


def _grounding(text: str, grounded: Sequence[tuple[Figure, Origin]], beyond: int) -> Grounding:
    units = _Utf16(text)
    shown = [
        GroundedFigure(
            start=units.upto(figure.start),
            end=units.upto(figure.end),
            text=text[figure.start : figure.end],
            origin=origin,
        )
        for figure, origin in grounded
    ]
    counts = {status: sum(f.origin.status == status for f in shown) for status in ("traced", "derived", "untraced")}
    return Grounding(figures=shown, unchecked=beyond, **counts)


class _Utf16:
    """Offsets as a browser counts them. Ascending ones cost one pass in all."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._wide = 0

    def upto(self, offset: int) -> int:
        self._wide += sum(character > "\uffff" for character in self._text[self._at : offset])
        self._at = offset
        return offset + self._wide
