"""Results as flat arrays: one pass over their leaves, then anything that a figure may mean is found at once.

Every object and list is a node. The numbers of a node stand together, so that a number's place tells its node, and the
node its key; what is costly is worked out for the few leaves that come into question.
"""

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Key = str | int

# A turn's tools give a few thousand numbers, at the very most 200,000
MAX_NUMBERS = 300_000
# What tells rows apart, the first that is there; the others are further names of the same
NAME_KEYS = ("symbol", "label", "sector", "factor", "first", "second", "name", "title", "key")
_NAMES = frozenset({*NAME_KEYS, "portfolio_name"})
# Plain lists of names
_NAME_LISTS = frozenset({"symbols"})
_DIGIT = re.compile(r"\d")
_DATE_CHARS = 10


@dataclass(slots=True)
class Node:
    value: Any
    root: int
    parent: int
    key: Key

    @property
    def is_list(self) -> bool:
        return type(self.value) is list


class Tree:
    """`names` and `dates` hold, for each text, the nodes that have it; `texts` are other strings with digits."""

    def __init__(self, roots: Sequence[Any]) -> None:
        self.nodes: list[Node] = []
        self.names: dict[str, list[tuple[int, str]]] = {}
        self.dates: dict[str, list[tuple[int, Key]]] = {}
        self.texts: list[tuple[int, Key]] = []
        self._starts: list[int] = []
        self._numbers: list[float] = []
        for number, root in enumerate(roots):
            self._walk(number, root)

    def _walk(self, root: int, value: Any) -> None:
        numbers, nodes, starts = self._numbers, self.nodes, self._starts
        waiting: list[tuple[Any, int, Key]] = [(value, -1, "")]
        while waiting and len(numbers) < MAX_NUMBERS:
            value, parent, key = waiting.pop()
            place = len(nodes)
            nodes.append(Node(value, root, parent, key))
            starts.append(len(numbers))
            for name, child in value.items() if type(value) is dict else enumerate(value):
                kind = type(child)
                if kind is float or kind is int:
                    numbers.append(child)
                elif kind is str:
                    self._take(place, name, child)
                elif kind is dict or kind is list:
                    waiting.append((child, place, name))

    def _take(self, node: int, key: Key, text: str) -> None:
        if key in _NAMES:
            self.names.setdefault(text, []).append((node, str(key)))
        elif self.nodes[node].key in _NAME_LISTS:
            self.names.setdefault(text, []).append((node, "symbol"))
        if len(text) == _DATE_CHARS and text[4] == "-" == text[7] and text[:4].isdigit():
            self.dates.setdefault(text, []).append((node, key))
        elif _DIGIT.search(text):
            self.texts.append((node, key))

    @cached_property
    def sizes(self) -> NDArray[np.float64]:
        """The numbers without their signs; infinite where no double holds one."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.abs(np.array(self._numbers, dtype=np.float64))

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """The node of each number."""
        ends = np.array([*self._starts[1:], len(self._numbers)], dtype=np.int64)
        counts: NDArray[np.int64] = ends - np.array(self._starts, dtype=np.int64)
        return np.repeat(np.arange(len(self.nodes), dtype=np.int64), counts)

    def of_size(self, low: float, high: float) -> NDArray[np.intp]:
        """The places of the numbers whose size lies here."""
        return np.flatnonzero((self.sizes >= low) & (self.sizes <= high))

    def key_of(self, number: int) -> tuple[int, Key]:
        """Node and key of the number at this place."""
        node = bisect.bisect_right(self._starts, number) - 1
        left = number - self._starts[node]
        for key, _ in self.numbers_of(node):
            if left == 0:
                return node, key
            left -= 1
        raise IndexError(number)

    def numbers_of(self, node: int) -> Iterator[tuple[Key, float]]:
        value = self.nodes[node].value
        items: Any = value.items() if type(value) is dict else enumerate(value)
        for key, child in items:
            if type(child) is float or type(child) is int:
                yield key, child

    def at(self, node: int, key: Key) -> Any:
        return self.nodes[node].value[key]

    def field(self, node: int, key: str) -> Any:
        """What an object has under this key; None for a list."""
        value = self.nodes[node].value
        return value.get(key) if type(value) is dict else None

    def above(self, node: int) -> Iterator[int]:
        """This node and those that hold it, outwards."""
        while node >= 0:
            yield node
            node = self.nodes[node].parent

    @cached_property
    def _rows(self) -> dict[int, list[int]]:
        rows: dict[int, list[int]] = {}
        for place, node in enumerate(self.nodes):
            if type(node.key) is int and type(node.value) is dict:
                rows.setdefault(node.parent, []).append(place)
        return {parent: sorted(places, key=lambda place: int(self.nodes[place].key)) for parent, places in rows.items()}

    def rows(self, of: int) -> list[int]:
        """The objects in a list, in its order."""
        return self._rows.get(of, [])

    @cached_property
    def lists_of_rows(self) -> list[int]:
        return sorted(self._rows)

    def lists_named(self, noun: str) -> list[int]:
        return [place for place, node in enumerate(self.nodes) if node.is_list and noun in str(node.key)]

    def sizes_beside(self, node: int, place: int) -> list[float]:
        """What stands at the same place of the lists beside this one."""
        parent = self.nodes[node].parent
        value = self.nodes[parent].value if parent >= 0 else None
        lists = [child for child in value.values() if type(child) is list] if type(value) is dict else []
        found = [child[place] for child in lists if len(child) > place]
        return [abs(number) for number in found if type(number) is float or type(number) is int]

    @cached_property
    def keys(self) -> frozenset[str]:
        """All keys there are, those of a list's rows by its first."""
        return frozenset(
            key for node in self.nodes if type(node.value) is dict and node.key in (0, *_strings(node.key))
            for key in node.value
        )  # fmt: skip

    def path(self, node: int, key: Key) -> str:
        parts = [key, *(self.nodes[place].key for place in self.above(node) if self.nodes[place].parent >= 0)]
        text = ""
        for part in reversed(parts):
            text += f"[{part}]" if type(part) is int else f".{part}" if text else str(part)
        return text

    def plain_path(self, node: int, key: Key) -> str:
        """The path without places in lists."""
        parts = [key, *(self.nodes[place].key for place in self.above(node) if self.nodes[place].parent >= 0)]
        return ".".join(part for part in reversed(parts) if isinstance(part, str))


def _strings(key: Key) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else ()
