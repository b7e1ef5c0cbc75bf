"""Whether a leaf is what a figure shows: its unit, its sign, and what the words around it speak of."""

from collections.abc import Iterator
from itertools import islice

from app.agent.grounding import lexicon
from app.agent.grounding.evidence import Evidence, Leaf
from app.agent.grounding.figures import Figure
from app.agent.grounding.keys import Unit
from app.agent.grounding.scope import TELLING_DIGITS, Scope

# Leaves of the right size that are looked at for one figure; beyond this its digits tell nothing anyway
MAX_TRIED = 400
# A bare number of fewer digits is hardly an amount of money
MONEY_DIGITS = 4
# A fraction is seldom written as 0.193; a shorter one is something else
FRACTION_DIGITS = 3
_VERB_CHARS = 24

_UNITS: dict[str, tuple[Unit, ...]] = {
    "money": ("money", "unknown"),
    "percent": ("fraction", "unknown"),
    "multiple": ("number", "fraction", "unknown"),
    "number": ("number", "fraction", "count", "day_count", "unknown"),
}
_HELD = frozenset({"share", "unit", "contract", "lot"})


def candidates(evidence: Evidence, figure: Figure, scope: Scope) -> Iterator[Leaf]:
    """Leaves of the figure's size in the rows that its passage speaks of."""
    tree = evidence.tree
    places = tree.of_size(0.0 if figure.is_bound else figure.low, figure.high)
    numbers = zip(places.tolist(), tree.owners[places].tolist(), strict=True)
    meant = (place for place, node in numbers if _is_in_scope(evidence, node, scope))
    for place in islice(meant, MAX_TRIED):
        yield evidence.number(place)


def _is_in_scope(evidence: Evidence, node: int, scope: Scope) -> bool:
    held = evidence.tree.nodes[node]
    if held.is_list and not scope.mentioned:
        # Points of plain lists are known by their day or their pair only
        return False
    rows = scope.rows(held.parent) if evidence.tree.rows(held.parent) else None
    return rows is None or node in rows


def is_meant(evidence: Evidence, figure: Figure, leaf: Leaf, scope: Scope) -> bool:
    """All but the sign."""
    if figure.is_bound and "p_value" not in leaf.meaning.subjects:
        return False
    return unit_fits(evidence, figure, leaf, scope) and subject_fits(figure, leaf, scope) and scope.fits(leaf)


def unit_fits(evidence: Evidence, figure: Figure, leaf: Leaf, scope: Scope) -> bool:
    unit = leaf.meaning.unit
    if figure.kind == "money":
        own = evidence.currency(leaf.node)
        return unit in _UNITS["money"] and (own is None or figure.currency == own)
    if figure.noun:
        return _noun_fits(figure.noun, leaf)
    if figure.kind == "number" and unit == "money":
        return scope.is_cell or figure.significant >= MONEY_DIGITS
    if figure.kind == "number" and unit == "fraction" and not leaf.meaning.is_plain:
        return figure.significant >= FRACTION_DIGITS and figure.value < 1
    return unit in _UNITS.get(figure.kind, ())


def sign_fits(figure: Figure, value: float, leaf: Leaf, scope: Scope) -> bool:
    """A minus is a minus; without a sign, words must say that something is a loss."""
    if figure.sign and value:
        return (figure.sign > 0) == (value > 0) or (leaf.meaning.is_magnitude and figure.sign < 0)
    if leaf.meaning.is_directed and value:
        contrary = lexicon.ROSE if value < 0 else lexicon.FELL
        if contrary.search(scope.right_before(_VERB_CHARS)):
            return False
    return value >= 0 or leaf.meaning.is_magnitude or bool(lexicon.LESS.search(scope.words_before + scope.words))


def subject_fits(figure: Figure, leaf: Leaf, scope: Scope) -> bool:
    if not is_demanded(leaf, scope):
        return False
    telling = TELLING_DIGITS - (figure.kind == "money")
    return figure.significant >= telling or is_spoken_of(leaf, scope) or scope.names_row_of(leaf)


def is_spoken_of(leaf: Leaf, scope: Scope) -> bool:
    own, spoken = leaf.meaning.subjects - lexicon.GENERIC, scope.subjects
    return not own or not spoken or bool(own & spoken)


def is_demanded(leaf: Leaf, scope: Scope) -> bool:
    """Whether the words say what must be said for this field to be meant."""
    return all(words.search(scope.words) for words in leaf.meaning.demanded)


def closeness(evidence: Evidence, figure: Figure, leaf: Leaf, scope: Scope) -> tuple[int, bool, int]:
    """How well a leaf answers to the words, whether its sign does, and how near the top of its result it stands."""
    path = evidence.tree.path(leaf.node, leaf.key)
    depth = path.count(".") + path.count("[")
    is_signed = sign_fits(figure, float(leaf.value), leaf, scope)
    own = leaf.meaning.subjects
    return len(own & scope.subjects) if own else 1, is_signed, -depth


def _noun_fits(noun: str, leaf: Leaf) -> bool:
    unit = leaf.meaning.unit
    if noun == "day":
        return unit == "day_count" or leaf.key == "observations"
    if noun in _HELD:
        return "quantity" in leaf.meaning.subjects or unit == "count"
    return unit in ("count", "unknown") or "effective" in leaf.meaning.subjects
