"""Figures that are one step of arithmetic away: only steps that the words name, on values that belong together.

Any number is the difference of some two others. So a step needs its cue in the passage, operands of one unit and one
subject, and operands that are fields of one object, or one field of rows that the passage names.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, permutations

from app.agent.grounding import lexicon
from app.agent.grounding.evidence import Evidence, Leaf
from app.agent.grounding.figures import Figure
from app.agent.grounding.labels import is_of_one_percent
from app.agent.grounding.matching import is_demanded, is_spoken_of, sign_fits
from app.agent.grounding.scope import Scope
from app.schemas.grounding import Operation

# Tried for one figure
MAX_PAIRS = 3_000
# Objects whose fields are tried: rows that are named, and what stands in no list
MAX_OBJECTS = 60
# A figure of one digit is one step away from almost anything
MIN_DIGITS = 2

_FIRST = re.compile(
    r"(?:top|largest|biggest|first)[ -](two|three|four|five|six|ten|\d{1,2})\b"
    r"|\b(two|three|four|five|six|ten|\d{1,2})[ -](?:\w+[ -])?(?:largest|biggest)",
    re.IGNORECASE,
)
_NUMBER_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_NOUNS = {"holding": "position", "stock": "position", "name": "position", "lot": "position", "instrument": "position"}
# Parts of names of which the second is what became of the first
_THEN_AND_NOW = (
    ("before", "after"), ("first", "last"), ("entry", "price"), ("opening", "nav"), ("low", "last"), ("low", "high"),
    ("high", "last"), ("high", "low"), ("252d", "21d"), ("252d", "63d"), ("63d", "21d"), ("252d", "90d"),
)  # fmt: skip
_TOTALS = re.compile(
    r"^nav$|^total_|^net_asset_value$|^gross_exposure$|^long_value$|^volatility$|^day_pnl$|^market_value$"
)
_PARTS_OF_ONE = re.compile(r"confidence|r_squared|leverage|^top_\d|share|weight|percentile|contribution")


@dataclass(frozen=True, slots=True)
class Step:
    operation: Operation
    operands: tuple[Leaf, ...]


def derive(evidence: Evidence, figure: Figure, scope: Scope) -> Step | None:
    """The first step that gives the figure; None where there is none."""
    return next(_Steps(evidence, figure, scope).all(), None)


class _Steps:
    def __init__(self, evidence: Evidence, figure: Figure, scope: Scope) -> None:
        self._evidence = evidence
        self._tree = evidence.tree
        self._figure = figure
        self._scope = scope

    def all(self) -> Iterator[Step]:
        figure, words = self._figure, self._scope.words
        if figure.noun:
            yield from self._counts()
            return
        if figure.one_in or lexicon.REST.search(words):
            yield from self._complements()
        if figure.significant < MIN_DIGITS:
            return
        if lexicon.TOGETHER.search(words):
            yield from self._sums()
        objects = self._objects()
        for first, second in islice(self._pairs(objects), MAX_PAIRS):
            yield from self._of_pair(first, second)
        if figure.kind == "percent":
            if lexicon.SHARE.search(words):
                yield from self._shares(objects)
            yield from self._growths()
            yield from self._per_percent()

    def _shows(self, value: float) -> bool:
        return self._figure.low <= abs(value) <= self._figure.high

    def _signed(self, value: float, leaf: Leaf) -> bool:
        return sign_fits(self._figure, value, leaf, self._scope)

    def _of_unit(self, leaf: Leaf) -> bool:
        unit = leaf.meaning.unit
        match self._figure.kind:
            case "percent":
                return unit == "fraction"
            case "money":
                currency = self._evidence.currency(leaf.node)
                return unit == "money" and currency in (None, self._figure.currency)
            case _:
                return unit in ("number", "count", "day_count")

    def _counts(self) -> Iterator[Step]:
        """How many rows a list has, or how many of them are long or short."""
        figure, tree = self._figure, self._tree
        if figure.kind != "number" or not figure.is_whole or figure.sign:
            return
        noun = _NOUNS.get(figure.noun, figure.noun)
        side = next((side for side in ("long", "short") if re.search(rf"\b{side}\b", self._scope.words)), None)
        for place in tree.lists_named(noun):
            rows = tree.rows(place)
            on_side = sum(side is not None and tree.field(row, "side") == side for row in rows)
            leaf = self._evidence.counted(place, int(figure.value))
            if rows and figure.value in (len(rows), on_side) and self._scope.portfolio_fits(leaf):
                yield Step("count", (leaf,))

    def _complements(self) -> Iterator[Step]:
        """What is left of one; of a level, also as "one in 20"."""
        figure = self._figure
        low, high = figure.low, figure.high
        if figure.one_in and low > 0:
            low, high = 1 / high, 1 / low
        elif figure.kind != "percent":
            return
        for leaf in self._of_size(1 - high, 1 - low):
            is_part = leaf.meaning.unit == "fraction" and float(leaf.value) > 0 and _PARTS_OF_ONE.search(str(leaf.key))
            if is_part and is_spoken_of(leaf, self._scope) and self._scope.fits(leaf):
                yield Step("complement", (leaf,))

    def _sums(self) -> Iterator[Step]:
        words = self._scope.words
        named: dict[int, list[int]] = {}
        for node in sorted(self._scope.named_nodes()):
            named.setdefault(self._tree.nodes[node].parent, []).append(node)
        first = _first(words)
        is_whole = lexicon.IN_ALL.search(words) is not None
        for container in self._tree.lists_of_rows:
            if self._scope.is_series(container):
                continue
            rows = self._tree.rows(container)
            for group in (named.get(container, []), rows[:first], rows if is_whole else []):
                if len(group) > 1:
                    yield from self._sums_of(group)

    def _sums_of(self, group: Sequence[int]) -> Iterator[Step]:
        for key, _ in self._tree.numbers_of(group[0]):
            present = [node for node in group if isinstance(self._tree.field(node, str(key)), int | float)]
            leaves = [self._evidence.leaf(node, key) for node in present]
            total = sum(float(leaf.value) for leaf in leaves)
            is_sum = self._shows(total) and self._of_unit(leaves[0]) and self._signed(total, leaves[0])
            if is_sum and is_spoken_of(leaves[0], self._scope) and self._scope.portfolio_fits(leaves[0]):
                yield Step("sum", tuple(leaves))

    def _objects(self) -> list[int]:
        """What the passage may reckon with: the rows that it names, and objects that are in no list or series."""
        nodes = self._tree.nodes
        single = (
            place
            for place, node in enumerate(nodes)
            if not node.is_list and type(node.key) is str and self._tree.field(place, "date") is None
        )
        return [*sorted(self._scope.named_nodes())[:MAX_OBJECTS], *islice(single, MAX_OBJECTS)]

    def _fields(self, node: int) -> list[Leaf]:
        parent = self._tree.nodes[node].parent
        is_named = parent >= 0 and self._tree.nodes[parent].is_list
        leaves = [self._evidence.leaf(node, key) for key, _ in self._tree.numbers_of(node)]
        return [
            leaf
            for leaf in leaves
            if (is_named or is_spoken_of(leaf, self._scope))
            and is_demanded(leaf, self._scope)
            and self._scope.allows(leaf)
        ]

    def _pairs(self, objects: Sequence[int]) -> Iterator[tuple[Leaf, Leaf]]:
        fields = {node: self._fields(node) for node in objects}
        for leaves in fields.values():
            for first, second in permutations(leaves, 2):
                is_like = first.meaning.unit == second.meaning.unit and first.meaning.subjects & second.meaning.subjects
                if is_like and (first.meaning.days == second.meaning.days or self._scope.windows.are_several):
                    yield first, second
        for one, other in permutations(fields, 2):
            if self._tree.nodes[one].parent == self._tree.nodes[other].parent:
                theirs = {leaf.key: leaf for leaf in fields[other]}
                yield from ((leaf, theirs[leaf.key]) for leaf in fields[one] if leaf.key in theirs)

    def _of_pair(self, first: Leaf, second: Leaf) -> Iterator[Step]:
        figure, words = self._figure, self._scope.words
        a, b = float(first.value), float(second.value)
        is_difference = figure.sign >= 0 and figure.low <= a - b <= figure.high and self._of_unit(first)
        if is_difference and lexicon.DIFFERENCE.search(words):
            yield Step("difference", (first, second))
        if figure.is_points or not b:
            return
        is_ratio = figure.kind in ("multiple", "number") and self._shows(a / b) and figure.sign * a * b >= 0
        if is_ratio and lexicon.RATIO.search(words):
            yield Step("ratio", (first, second))
        change = (a - b) / abs(b)
        is_change = figure.kind == "percent" and self._shows(change) and _is_then_and_now(second, first)
        if is_change and lexicon.CHANGE.search(words) and self._signed(change, first):
            yield Step("percent_change", (first, second))

    def _shares(self, objects: Sequence[int]) -> Iterator[Step]:
        for node in objects:
            parent = self._tree.nodes[node].parent
            rows = self._scope.rows(parent) if parent >= 0 else None
            if rows is None or node in rows:
                totals = list(self._totals(node))
                for part in self._fields(node):
                    yield from (Step("share", (part, total)) for total in totals if self._is_share(part, total))

    def _totals(self, node: int) -> Iterator[Leaf]:
        for above in self._tree.above(node):
            for key, value in self._tree.numbers_of(above):
                if value and _TOTALS.search(str(key)):
                    yield self._evidence.leaf(above, key)

    def _is_share(self, part: Leaf, total: Leaf) -> bool:
        share = float(part.value) / float(total.value)
        is_part = part.meaning.unit == total.meaning.unit and (part.node, part.key) != (total.node, total.key)
        return is_part and self._shows(share) and self._signed(share, part)

    def _growths(self) -> Iterator[Step]:
        """Growth of 1.2 is a return of 20 %."""
        low, high = self._figure.low, self._figure.high
        for leaf in (*self._of_size(1 + low, 1 + high), *self._of_size(1 - high, 1 - low)):
            if leaf.meaning.is_growth and self._signed(float(leaf.value) - 1, leaf) and self._scope.fits(leaf):
                yield Step("percent_change", (leaf,))

    def _per_percent(self) -> Iterator[Step]:
        """A beta of 1.2 is 1.2 % for a move of 1 %."""
        if is_of_one_percent(self._scope):
            for leaf in self._of_size(self._figure.low * 100, self._figure.high * 100):
                if "beta" in leaf.meaning.subjects and leaf.meaning.unit == "number" and self._scope.fits(leaf):
                    yield Step("ratio", (leaf,))

    def _of_size(self, low: float, high: float) -> Iterator[Leaf]:
        for place in self._tree.of_size(low, high)[:MAX_PAIRS]:
            yield self._evidence.number(int(place))


def _first(words: str) -> int:
    """The three of "the top three"."""
    match = _FIRST.search(words)
    if match is None:
        return 0
    text = (match[1] or match[2]).lower()
    return _NUMBER_WORDS.get(text) or int(text)


def _is_then_and_now(first: Leaf, second: Leaf) -> bool:
    return any(then in str(first.key) and now in str(second.key) for then, now in _THEN_AND_NOW)
