"""Whether every figure of an answer stands in the tool results behind it, at the precision shown."""

import re
from collections.abc import Iterator
from typing import Any

_FIGURE = re.compile(r"(?<![\w.,])[-+]?[$€£]?\d[\d,]*(?:\.\d+)?(?![\w-])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# What templates say of themselves: windows, customary levels, thresholds, numbers of an enumeration
_OF_TEMPLATES = {0.001, 1.0, 2.0, 3.0, 10.0, 21.0, 63.0, 90.0, 95.0, 99.0, 100.0, 252.0, 500.0}


def untraced(answer: str, results: list[Any]) -> list[str]:
    leaves = [leaf for result in results for leaf in _leaves(result)]
    numbers = {abs(leaf) for leaf in leaves if isinstance(leaf, int | float)}
    words = " ".join(leaf for leaf in leaves if isinstance(leaf, str))
    known = numbers | {value * 100 for value in numbers} | {len(result) for result in _lists(results)}
    known |= {100 * abs(a - b) for a, b in _beside_benchmark(results)} | {100 * abs(value - 1) for value in numbers}
    dates = [date for date in _DATE.findall(answer) if date not in words]
    figures = _FIGURE.findall(_DATE.sub(" ", answer))
    return dates + [text for text in figures if not _is_known(text, known) and text not in words]


def _is_known(text: str, known: set[float]) -> bool:
    digits = text.lstrip("+-").lstrip("$€£").replace(",", "")
    value, places = float(digits), len(digits.partition(".")[2])
    if places == 0 and value in _OF_TEMPLATES:
        return True
    half = 0.5 * 10.0**-places
    return any(abs(candidate - value) <= half * 1.000001 for candidate in known) or value in _OF_TEMPLATES


def _leaves(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for child in node.values():
            yield from _leaves(child)
    elif isinstance(node, list):
        for child in node:
            yield from _leaves(child)
    elif node is not None and not isinstance(node, bool):
        yield node


def _lists(node: Any) -> Iterator[list[Any]]:
    if isinstance(node, dict):
        for child in node.values():
            yield from _lists(child)
    elif isinstance(node, list):
        yield node
        for child in node:
            yield from _lists(child)


def _beside_benchmark(node: Any) -> Iterator[tuple[float, float]]:
    """The one difference that an answer states: a period's return over its benchmark's."""
    if isinstance(node, dict):
        ours, theirs = node.get("portfolio_return"), node.get("benchmark_return")
        if ours is not None and theirs is not None:
            yield ours, theirs
        for child in node.values():
            yield from _beside_benchmark(child)
    elif isinstance(node, list):
        for child in node:
            yield from _beside_benchmark(child)
