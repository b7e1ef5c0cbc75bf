"""Whom and what a text speaks of: holdings, sectors, portfolios, days, periods, by the labels that results use."""

import bisect
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.agent.grounding.figures import Figure
from app.agent.grounding.passages import Passage, Span
from app.agent.grounding.tree import Tree

# Shorter words are names in capitals only: "All", "It" and "on" are words, ALL, IT and ON are symbols
_MIN_ANY_CASE = 5
_MIN_FIRST_WORD = 5
_MAX_NAME_CHARS = 120
_WORD = re.compile(r"[^\W_]+")
_SUFFIX = re.compile(
    r",?\s+(?:Inc|Corp|Corporation|Co|Company|Companies|plc|Ltd|Limited|N\.?V|S\.?A|S\.?E|A\.?G|Holdings?|Group|Trust"
    r"|Platforms|Class [A-C]|ETF|& Co)\.?$",
    re.IGNORECASE,
)
# First words that are no name by themselves
_ORDINARY = frozenset({
    "american", "balanced", "bank", "capital", "concentrated", "first", "general", "global", "group", "home",
    "international", "ishares", "market", "national", "north", "portfolio", "select", "south", "spdr", "state", "total",
    "united", "vanguard",
})  # fmt: skip
_CLAUSE_CHARS = 40
_ARTICLES = frozenset({"A", "I"})
_PERIODS: Mapping[str, str] = {
    "1D": r"today|on the day|last (?:trading )?day|one day|latest session|daily",
    "1W": r"(?:over|past|last|this|the|one|a) week|week",
    "1M": r"(?:past|last|one|a|the|over) (?:\w+ )?month\b|1[- ]month",
    "3M": r"three months|3[- ]months?|quarter",
    "6M": r"six months|6[- ]months?|half[- ]year",
    "YTD": r"year[- ]to[- ]date|this year|so far this year|\bytd\b",
    "1Y": r"over a year|(?:past|last|one|the|over one) year|12 months|twelve months|1[- ]year",
    "3Y": r"three years|3[- ]years?",
    "5Y": r"five years|5[- ]years?",
    "SI": r"inception|since (?:the )?(?:start|beginning)|in all|total return|lifetime",
}


PERIODS = frozenset(_PERIODS)


@dataclass(frozen=True, slots=True)
class Mention:
    start: int
    end: int
    labels: frozenset[str]


class Mentions:
    """All that a text speaks of, in its order."""

    def __init__(self, text: str, tree: Tree, figures: Sequence[Figure]) -> None:
        found = [*_named(text, tree), *_periods(text, tree), *_dated(figures, tree)]
        self.all = sorted(found, key=lambda mention: mention.start)
        self._starts = [mention.start for mention in self.all]

    def within(self, span: Span | None) -> list[Mention]:
        if span is None:
            return []
        first, last = bisect.bisect_left(self._starts, span[0]), bisect.bisect_left(self._starts, span[1])
        return self.all[first:last]

    def around(self, passage: Passage) -> list[Mention]:
        """Those of a sentence; or those of a cell's row and of the head of its column."""
        if passage.row is None:
            return self.within(passage.span)
        return [*self.within(passage.row), *(self.within(passage.head) if passage.head != passage.span else [])]


def nearest(figure: Figure, mentions: Sequence[Mention], figures: Sequence[Figure]) -> Sequence[Mention]:
    """Which of a sentence's mentions this figure goes with.

    "A has 3 % and B 4 %" and "3 % of A and 4 % of B" pair them off; "A and B have 3 % and 4 %" leaves it open.
    """
    if len({mention.labels for mention in mentions}) < 2:
        return mentions
    others = [other for other in figures if not _is_mentioned(other, mentions)] or [figure]
    names_first = mentions[0].start < others[0].start
    figures_last = others[-1].start > mentions[-1].start
    before = _run([m for m in reversed(mentions) if m.start <= figure.start], others)
    after = _run([m for m in mentions if m.start >= figure.start], others)
    if names_first and figures_last:
        return before
    if not names_first and not figures_last:
        return after
    return before if _distance(figure, before, others) <= _distance(figure, after, others) else after


def _distance(figure: Figure, run: Sequence[Mention], others: Sequence[Figure]) -> float:
    """In characters; another figure in between weighs like a clause."""
    if not run:
        return float("inf")
    is_before = run[0].start <= figure.start
    start, end = (run[0].end, figure.start) if is_before else (figure.end, run[0].start)
    between = sum(start < other.start < end for other in others)
    return end - start + between * _CLAUSE_CHARS


def _run(mentions: Sequence[Mention], figures: Sequence[Figure]) -> list[Mention]:
    """The first of these, and what follows it with no figure between."""
    run = list(mentions[:1])
    for earlier, mention in pairwise(mentions):
        low, high = sorted((earlier.start, mention.start))
        if any(low < figure.start < high for figure in figures):
            break
        run.append(mention)
    return run


def _is_mentioned(figure: Figure, mentions: Sequence[Mention]) -> bool:
    return any(mention.start < figure.end and figure.start < mention.end for mention in mentions)


def _named(text: str, tree: Tree) -> Iterator[Mention]:
    labels = _labels(text, tree)
    if not labels:
        return
    ordered = sorted(labels, key=len, reverse=True)
    pattern = re.compile("|".join(f"(?<![\\w.]){_pattern(name)}(?![\\w])" for name in ordered))
    folded = {name.casefold(): label for name, label in labels.items()}
    for match in pattern.finditer(text):
        label = labels.get(match[0]) or folded.get(match[0].casefold())
        if label is not None and not _is_article(text, match):
            yield Mention(match.start(), match.end(), label)


def _labels(text: str, tree: Tree) -> dict[str, frozenset[str]]:
    """Names that stand in the text, with the labels that they are names of."""
    folded = text.casefold()
    words = set(_WORD.findall(folded))
    found: dict[str, set[str]] = {}
    for name, nodes in tree.names.items():
        first = _WORD.search(name)
        # All that a name is called by begins with its first word
        if first is None or first[0].casefold() not in words:
            continue
        for alias in _aliases(name):
            if alias.casefold() not in folded:
                continue
            found.setdefault(alias, set()).update(
                label for node, key in nodes for label in _own_labels(tree, node, key, name)
            )
    return {
        alias: frozenset(labels)
        for alias, labels in found.items()
        if labels and (alias in tree.names or len(labels) == 1)
    }


def _aliases(name: str) -> Iterator[str]:
    if not name or len(name) > _MAX_NAME_CHARS:
        return
    yield name
    if "_" in name:
        yield name.replace("_", " ")
    short = _SUFFIX.sub("", _SUFFIX.sub("", name))
    if short != name:
        yield short
    first = short.split(" ", 1)[0].strip(",.")
    if first != name and len(first) >= _MIN_FIRST_WORD and first[0].isupper() and first.casefold() not in _ORDINARY:
        yield first


def _own_labels(tree: Tree, node: int, key: str, name: str) -> Iterable[str]:
    """A row's label is its symbol where it has one; its sector is then no name of it."""
    symbol = tree.field(node, "symbol")
    if not isinstance(symbol, str):
        return (name,)
    return (symbol,) if key in ("symbol", "name") else ()


def _pattern(name: str) -> str:
    escaped = re.escape(name)
    return f"(?i:{escaped})" if len(name) >= _MIN_ANY_CASE else escaped


def _is_article(text: str, match: re.Match[str]) -> bool:
    return match[0] in _ARTICLES and text[match.end() : match.end() + 1] == " "


def _periods(text: str, tree: Tree) -> Iterator[Mention]:
    for label, words in _PERIODS.items():
        if label in tree.names:
            for match in re.finditer(words, text, re.IGNORECASE):
                yield Mention(match.start(), match.end(), frozenset({label}))


def _dated(figures: Sequence[Figure], tree: Tree) -> Iterator[Mention]:
    days = [(text, date) for text in tree.dates if (date := date_of(text)) is not None]
    for figure in figures:
        if figure.day is None:
            continue
        fitting = frozenset(text for text, date in days if figure.day.fits(date))
        if fitting and (figure.day.month is not None):
            yield Mention(figure.start, figure.end, fitting)


def date_of(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
