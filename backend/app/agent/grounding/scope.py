"""Which leaves a passage can mean: those of the rows, portfolios, periods and windows that it speaks of.

A value that stands in the results, but in another row than the one that is named, is no source.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from app.agent.grounding import lexicon
from app.agent.grounding.evidence import Leaf
from app.agent.grounding.figures import Figure
from app.agent.grounding.mentions import PERIODS, Mention
from app.agent.grounding.passages import Passage
from app.agent.grounding.reading import Reading, Setting, labels_of
from app.agent.grounding.windows import Windows

# A figure of so many digits does not meet another's by chance
TELLING_DIGITS = 5


class Scope(Setting):
    def __init__(self, reading: Reading, passage: Passage, figure: Figure, beside: Sequence[Figure]) -> None:
        super().__init__(reading, passage, figure, beside)
        self.windows = Windows(self)
        self._tree = reading.evidence.tree
        self._rows: dict[int, frozenset[int] | None] = {}

    def fits(self, leaf: Leaf) -> bool:
        """Whether nothing in the passage says that the figure is of something else."""
        if isinstance(leaf.key, int) and not self._element_fits(leaf):
            return False
        if not all(self._row_fits(node) for node in self._tree.above(leaf.node)):
            return False
        if self.is_cell and self._is_told_of_named_row(leaf):
            return False
        is_own = self.portfolio_fits(leaf) and self._period_fits(leaf) and self._attribute_fits(leaf)
        return is_own and self.windows.fit(leaf)

    def allows(self, leaf: Leaf) -> bool:
        """Whether a leaf may be a part of what is reckoned: it is of one of the portfolios and windows named."""
        named = labels_of(self._portfolios(self.mentioned))
        own = self.reading.evidence.portfolio(leaf.node)
        is_held = own in named if named and own else self.portfolio_fits(leaf)
        return is_held and self._period_fits(leaf) and self.windows.allow(leaf)

    def rows(self, container: int) -> frozenset[int] | None:
        """Which rows of a list this figure may be of; None where it may be any."""
        if container not in self._rows:
            self._rows[container] = self._find_rows(container)
        return self._rows[container]

    def named_nodes(self) -> set[int]:
        """All rows that the passage names, in any list."""
        return {node for label in self.labels for rows in self.reading.places(label).values() for node in rows}

    def is_series(self, container: int) -> bool:
        return self.reading.evidence.kind(container) == "series"

    def names_list_of(self, leaf: Leaf) -> bool:
        """Whether the passage names rows of every list that this leaf is in."""
        parents = [self._tree.nodes[node].parent for node in self._tree.above(leaf.node)]
        lists = [
            parent for parent in parents if parent >= 0 and self.reading.evidence.kind(parent) in ("rows", "series")
        ]
        return all(self.rows(parent) for parent in lists)

    def names_row_of(self, leaf: Leaf) -> bool:
        """Whether the passage names this very row: then it hardly means another's field of the same size."""
        parent = self._tree.nodes[leaf.node].parent
        is_row = parent >= 0 and self.reading.evidence.kind(parent) == "rows"
        return is_row and bool(self._relevant(self.mentioned, parent)) and leaf.node in (self.rows(parent) or ())

    def portfolio_fits(self, leaf: Leaf) -> bool:
        evidence = self.reading.evidence
        if len(evidence.portfolios) < 2 or (own := evidence.portfolio(leaf.node)) is None:
            return True
        mentions = self._portfolios(self.mentioned)
        labels = labels_of(self.nearest(mentions) if mentions else self._last_portfolios())
        return not labels or own in labels

    def _row_fits(self, node: int) -> bool:
        parent = self._tree.nodes[node].parent
        if parent < 0 or self._tree.nodes[node].is_list or not self._has_label(node):
            return True
        rows = self.rows(parent)
        return rows is None or node in rows

    def _is_told_of_named_row(self, leaf: Leaf) -> bool:
        """Whether the row that is named has such a figure itself, in this result, so that this leaf's is another's."""
        above = set(self._tree.above(leaf.node))
        root = self._tree.nodes[leaf.node].root
        named = [node for node in self._rows_of_line if self._tree.nodes[node].root == root]
        if any(self._tree.nodes[node].parent in above for node in named):
            return False
        meanings = (
            self.reading.evidence.leaf(node, key).meaning for node in named for key, _ in self._tree.numbers_of(node)
        )
        return any(m.unit == leaf.meaning.unit and m.subjects & leaf.meaning.subjects for m in meanings)

    @cached_property
    def _rows_of_line(self) -> list[int]:
        """The rows of lists that a table's line is about."""
        labels = labels_of(self.reading.mentions.within(self.passage.row))
        found = {node for label in labels for rows in self.reading.places(label).values() for node in rows}
        parents = {node: self._tree.nodes[node].parent for node in found}
        return [
            node
            for node in found
            if self._tree.nodes[parents[node]].is_list and node in (self.rows(parents[node]) or ())
        ]

    def _find_rows(self, container: int) -> frozenset[int] | None:
        kind = self.reading.evidence.kind(container)
        if kind == "nameless":
            return None
        relevant = self._relevant(self.mentioned, container)
        if relevant:
            return self._nodes(container, self.nearest(relevant))
        match kind:
            case "object":
                return None
            case "series":
                return frozenset()
            case "rows":
                return self._unnamed_rows(container)

    def _unnamed_rows(self, container: int) -> frozenset[int] | None:
        if lexicon.SINGLED_OUT.search(self.words):
            return None
        for span in (self.passage.before, self.passage.lead if self.passage.is_item else None):
            relevant = self._relevant(self.reading.mentions.within(span), container)
            if relevant:
                return self._nodes(container, relevant)
        names = (self.labels & self._tree.names.keys()) - self.reading.evidence.portfolios
        is_telling = self.figure.significant >= TELLING_DIGITS and not names
        return None if is_telling or len(self._tree.rows(container)) < 2 else frozenset()

    def _has_label(self, node: int) -> bool:
        return bool(self.reading.evidence.labels(node))

    def _relevant(self, mentions: Iterable[Mention], container: int) -> list[Mention]:
        """Those that name a row of this list, or something of the same kind as its rows."""
        reading = self.reading
        holds_symbols = reading.holds_symbols(container)
        return [
            mention
            for mention in mentions
            if any(
                container in reading.places(label) or (holds_symbols and reading.is_symbol(label))
                for label in mention.labels
            )
        ]

    def _nodes(self, container: int, mentions: Sequence[Mention]) -> frozenset[int]:
        evidence = self.reading.evidence
        labels = labels_of(mentions)
        itself = labels_of(mention for mention in mentions if mention.start == self.figure.start)
        nodes = {node for label in itself or labels for node in self.reading.places(label).get(container, ())}
        if itself and labels != itself:
            # A date among dates: those beside it are of the same row
            nodes = {node for node in nodes if evidence.labels(node) & (labels - itself)}
        return frozenset(node for node in nodes if not evidence.is_pair(node) or evidence.labels(node) <= labels)

    def _element_fits(self, leaf: Leaf) -> bool:
        """A number in a plain list: its day or its pair of symbols stands in a list beside it, and must be named."""
        nodes, node, places = self._tree.nodes, leaf.node, [int(leaf.key)]
        while nodes[node].parent >= 0 and isinstance(own := nodes[node].key, int):
            places.append(own)
            node = nodes[node].parent
        length = len(nodes[node].value)
        owner = nodes[nodes[node].parent].value if nodes[node].parent >= 0 else None
        named = [value for value in _lists(owner) if len(value) == length and value and type(value[0]) is str]
        if not named or max(places) >= length:
            return True
        return len(set(places)) == len(places) and all(named[0][place] in self.labels for place in places)

    def _period_fits(self, leaf: Leaf) -> bool:
        own = leaf.meaning.period
        labels = labels_of(self.nearest([m for m in self.mentioned if own and m.labels & PERIODS]))
        return not labels or own in labels

    def _portfolios(self, mentions: Iterable[Mention]) -> list[Mention]:
        return [mention for mention in mentions if mention.labels & self.reading.evidence.portfolios]

    def _last_portfolios(self) -> list[Mention]:
        """Those that the paragraph has named before, or the line that a table or a list belongs to."""
        spans = (self.passage.before, self.passage.lead if self.passage.is_led else None)
        return next((found for span in spans if (found := self._portfolios(self.reading.mentions.within(span)))), [])

    def _attribute_fits(self, leaf: Leaf) -> bool:
        """`top_position_weight` is of the one that `top_position` names."""
        for name, value in _texts(self._tree.nodes[leaf.node].value):
            if str(leaf.key).startswith(f"{name}_") and self.reading.is_symbol(value):
                symbols = [m for m in self.mentioned if any(map(self.reading.is_symbol, m.labels))]
                labels = labels_of(self.nearest(symbols))
                return not labels or value in labels
        return True


def _texts(value: object) -> list[tuple[str, str]]:
    return [(key, text) for key, text in value.items() if isinstance(text, str)] if isinstance(value, dict) else []


def _lists(value: object) -> list[list[object]]:
    return [child for child in value.values() if isinstance(child, list)] if isinstance(value, dict) else []
