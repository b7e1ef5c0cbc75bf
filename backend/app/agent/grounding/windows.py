"""Windows and levels: a volatility over 21 days is not one over 252, a loss at 95 % not one at 99 %."""

import re

from app.agent.grounding.evidence import Leaf
from app.agent.grounding.mentions import Mention
from app.agent.grounding.passages import Span
from app.agent.grounding.reading import Setting

_NUMBER_WORDS = {"one": "1", "two": "2", "three": "3", "five": "5", "ten": "10", "twenty": "20"}
_DAYS = re.compile(
    rf"\b(\d{{1,4}}|{'|'.join(_NUMBER_WORDS)})(?:[ -]|\u00a0)?(?:trading[ -])?(?:days?|sessions?|d)\b"
    r"|\b(?:over|for|and) (\d{2,3})\b(?!\s?%|[.,]\d)",
    re.IGNORECASE,
)
_LEVELS = re.compile(r"\b(9\d) days out of 100|\bworst (\d{1,2}) ?%|\b(9\d(?:\.\d)?)\s?(?:%|percent|per cent)")
_WINDOW_KEY = re.compile(r"(\d+)d")
# What value at risk is customarily given for: a field named for one of these is not meant by another
_HORIZONS = frozenset({1.0, 5.0, 10.0, 20.0})
_CUSTOMARY = frozenset({90.0, 95.0, 97.5, 99.0})


class Windows:
    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._tree = setting.reading.evidence.tree

    def fit(self, leaf: Leaf) -> bool:
        """Whether the passage names no other window, horizon or level than the leaf's."""
        days = leaf.meaning.days or self._tree.field(leaf.node, "horizon_days")
        if days and not self._fits(float(days), self._days_to_choose(leaf), _DAYS):
            return False
        level = leaf.meaning.confidence or self._tree.field(leaf.node, "confidence")
        if not level or leaf.key == "confidence":
            return True
        return self._fits(round(level * 100, 1), self._levels_to_choose(leaf), _LEVELS)

    def allow(self, leaf: Leaf) -> bool:
        """Whether the leaf's window is one of those that the passage names, or it names none."""
        if leaf.meaning.days is None:
            return True
        spoken = {_number(mention) for mention in self._spoken(_DAYS)} & self._days_to_choose(leaf)
        return not spoken or leaf.meaning.days in spoken

    @property
    def are_several(self) -> bool:
        return len({mention.labels for mention in self._spoken(_DAYS)}) > 1

    def _days_to_choose(self, leaf: Leaf) -> set[float]:
        if leaf.meaning.days is None:
            return self._beside(leaf, "horizon_days")
        if leaf.meaning.confidence is not None:
            return {float(leaf.meaning.days), *_HORIZONS}
        stem = _WINDOW_KEY.sub("#", str(leaf.key))
        like = [key for key in self._tree.keys if _WINDOW_KEY.sub("#", key) == stem]
        return {float(match[1]) for key in like if (match := _WINDOW_KEY.search(key))}

    def _levels_to_choose(self, leaf: Leaf) -> set[float]:
        if leaf.meaning.confidence is not None:
            return {*_CUSTOMARY}
        return {round(value * 100, 1) for value in self._beside(leaf, "confidence")}

    def _beside(self, leaf: Leaf, field: str) -> set[float]:
        rows = self._tree.rows(self._tree.nodes[leaf.node].parent)
        return {float(value) for row in rows if (value := self._tree.field(row, field)) is not None}

    def _fits(self, own: float, choice: set[float], pattern: re.Pattern[str]) -> bool:
        mentions = [mention for mention in self._spoken(pattern) if _number(mention) in choice]
        if mentions:
            mentions = list(self._setting.nearest(mentions))
        elif self._setting.passage.before is not None and len(choice) > 1:
            earlier = self._spoken_in(pattern, self._setting.passage.before)
            mentions = [mention for mention in earlier if _number(mention) in choice]
        return not mentions or any(_number(mention) == own for mention in mentions)

    def _spoken(self, pattern: re.Pattern[str]) -> list[Mention]:
        passage = self._setting.passage
        spans = (passage.row, passage.head) if passage.is_cell else (passage.span,)
        return [mention for span in spans if span is not None for mention in self._spoken_in(pattern, span)]

    def _spoken_in(self, pattern: re.Pattern[str], span: Span) -> list[Mention]:
        matches = pattern.finditer(self._setting.reading.text, *span)
        return [Mention(match.start(), match.end(), frozenset({_label(match)})) for match in matches]


def _label(match: re.Match[str]) -> str:
    text = match[match.lastindex or 1].lower()
    if match[0].lower().startswith("worst"):
        # The worst 5 % are those beyond the level of 95 %
        return str(100 - int(text))
    return _NUMBER_WORDS.get(text, text)


def _number(mention: Mention) -> float:
    return float(*mention.labels)
