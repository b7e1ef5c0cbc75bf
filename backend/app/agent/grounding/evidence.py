"""What figures are held against: tool results, facts, snippets, the question; and what each of their leaves is of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from app.agent.grounding import figures, keys
from app.agent.grounding.figures import Figure
from app.agent.grounding.keys import Meaning
from app.agent.grounding.mentions import date_of
from app.agent.grounding.passages import prose
from app.agent.grounding.tree import NAME_KEYS, Key, Tree
from app.schemas.grounding import Source, SourceKind

# Of prose in results: more figures than any reason or description holds
MAX_TEXT_FIGURES = 2_000
# Rows of a list that have names; points in time, that must be named; objects; and what has no names to tell it by
ContainerKind = Literal["rows", "series", "object", "nameless"]
_PORTFOLIO_KEYS = frozenset({"portfolio_name", "name"})
_TELLING_DATES = ("start", "trough", "recovery", "end")


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that may be cited. `arguments` are those of the tool's call."""

    kind: SourceKind
    name: str
    value: Any
    tool_call_id: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leaf:
    node: int
    key: Key
    value: float | str
    meaning: Meaning


class Evidence:
    def __init__(self, documents: Sequence[Document]) -> None:
        cited = [(document, _rooted(document.value)) for document in documents]
        cited += [(document, {"arguments": dict(document.arguments)}) for document in documents if document.arguments]
        self.documents = [document for document, _ in cited]
        self.tree = Tree([root for _, root in cited])
        self._kinds: dict[int, ContainerKind] = {}

    def number(self, place: int) -> Leaf:
        node, key = self.tree.key_of(place)
        return self.leaf(node, key)

    def leaf(self, node: int, key: Key) -> Leaf:
        document = self.documents[self.tree.nodes[node].root]
        path = f"{document.name}.{self.tree.plain_path(node, key)}"
        return Leaf(node, key, self.tree.at(node, key), keys.meaning(path))

    def counted(self, node: int, count: int) -> Leaf:
        """The length of a list, or of a part of it."""
        held = self.tree.nodes[node]
        return Leaf(held.parent, held.key, float(count), keys.meaning(f"count.{held.key}_count"))

    @cached_property
    def text_figures(self) -> list[tuple[Leaf, Figure]]:
        """Figures in sentences of the evidence."""
        found: list[tuple[Leaf, Figure]] = []
        for node, key in self.tree.texts:
            text = prose(str(self.tree.at(node, key)))
            read, _ = figures.find(text, limit=MAX_TEXT_FIGURES - len(found))
            found += [(self.leaf(node, key), figure) for figure in read]
        return found

    @cached_property
    def portfolios(self) -> frozenset[str]:
        held = self.tree.names.items()
        return frozenset(
            name
            for name, places in held
            if any(key in _PORTFOLIO_KEYS and self._own_portfolio(node) == name for node, key in places)
        )

    def _own_portfolio(self, node: int) -> str | None:
        named = self.tree.field(node, "portfolio_name")
        if named is None and self.tree.field(node, "base_currency") is not None:
            named = self.tree.field(node, "name")
        return named if isinstance(named, str) else None

    def portfolio(self, node: int) -> str | None:
        return next((name for place in self.tree.above(node) if (name := self._own_portfolio(place))), None)

    def currency(self, node: int) -> str | None:
        for place in self.tree.above(node):
            found = self.tree.field(place, "base_currency") or self.tree.field(place, "currency")
            if isinstance(found, str):
                return found
        return None

    def labels(self, node: int) -> frozenset[str]:
        """What an object is called among its like: its symbol or name, both names of a pair, else its dates."""
        first, second = self.tree.field(node, "first"), self.tree.field(node, "second")
        if isinstance(first, str) and isinstance(second, str):
            return frozenset({first, second})
        for key in NAME_KEYS:
            if isinstance(name := self.tree.field(node, key), str):
                return frozenset({name})
        return frozenset(self.dates(node))

    def kind(self, container: int) -> ContainerKind:
        # A few lists, asked about for every figure
        if container not in self._kinds:
            self._kinds[container] = self._find_kind(container)
        return self._kinds[container]

    def _find_kind(self, container: int) -> ContainerKind:
        if not self.tree.nodes[container].is_list:
            return "object"
        rows = self.tree.rows(container)
        is_portfolio = bool(rows) and self.tree.field(rows[0], "base_currency") is not None
        if not rows or is_portfolio or not self.labels(rows[0]):
            return "nameless"
        return "series" if self.tree.field(rows[0], "date") is not None else "rows"

    def is_pair(self, node: int) -> bool:
        return self.tree.field(node, "first") is not None and self.tree.field(node, "second") is not None

    def dates(self, node: int) -> Iterator[str]:
        own = self.tree.field(node, "date")
        if isinstance(own, str):
            yield own
        else:
            for key in _TELLING_DATES:
                if isinstance(date := self.tree.field(node, key), str):
                    yield date

    def source(self, leaf: Leaf) -> Source:
        document = self.documents[self.tree.nodes[leaf.node].root]
        return Source(
            kind=document.kind,
            tool_call_id=document.tool_call_id,
            name=document.name,
            path=self.tree.path(leaf.node, leaf.key),
            label=self._label(leaf),
            value=leaf.value,
            as_of=next((date for node in self.tree.above(leaf.node) if (date := self._as_of(node))), None),
        )

    def _as_of(self, node: int) -> Any:
        as_of = self.tree.field(node, "as_of")
        return date_of(as_of) if isinstance(as_of, str) else None

    def _label(self, leaf: Leaf) -> str:
        telling = [part for part in self.tree.plain_path(leaf.node, leaf.key).split(".") if part]
        words = keys.words_of(telling[-1]) if telling else ""
        for node in self.tree.above(leaf.node):
            if self.tree.nodes[node].parent >= 0 and (own := self.labels(node)):
                return f"{' and '.join(sorted(own))}: {words}"
        return words


def _rooted(value: Any) -> Any:
    return value if isinstance(value, dict | list) else {"text": value}
