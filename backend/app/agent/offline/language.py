"""Words to comparable terms, and how alike two phrases are.

Lexical on purpose: stems, synonyms and TF-IDF need no model. Embeddings can take `PhraseIndex`'s place: it promises
only a score between 0 and 1 per label.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[a-z0-9_&+%]+(?:'[a-z]+)?")

_STOP_WORDS = frozenset(
    """
    a an the is are was were be been am do does did of to in on at for from by with and or my me i we our us you your
    it its this that these those there here please can could would will shall may might just so as have has had what's
    what how which whats tell show give let know about get any some really actually then also too portfolio's i'm i've
    """.split()  # noqa: SIM905 - words in a text are easier to read and to add to
)

# Words that mean the same in questions about a portfolio, by stem
_SYNONYMS = {
    canonical: frozenset(words.split())
    for canonical, words in {
        "position": "holding stock share equity asset investment name ticker securiti security",
        "portfolio": "account book fund",
        "market": "benchmark index sp500 s&p s&p500 spx",
        "volatility": "volatil vol swing fluctuat fluctuation choppi bumpi",
        "loss": "lose lost loser losing",
        "gain": "gainer winner win won profit earn made make",
        "big": "large largest bigg biggest larger heaviest top",
        "small": "smallest smaller least tini",
        "return": "perform performance performer yield",
        "correlat": "correlation correlated",
        "concentrat": "concentration concentrated",
        "diversifi": "diversification diversified diversify spread",
        "value": "worth valu nav",
        "price": "quote quot close trad",
        "own": "hold held",
        "risk": "riski riskier riskiest danger dangerous safe",
        "today": "daily day yesterday",
        "compar": "comparison compared versus vs against",
        "drawdown": "decline drop fell fall slump",
        "insight": "alert finding briefing",
        "sector": "industri industry",
        "leverage": "leverag gear",
        "explain": "mean meaning define definition",
    }.items()
    for words in [words]
}
_CANONICAL = {word: canonical for canonical, words in _SYNONYMS.items() for word in (canonical, *words)}

_SUFFIXES = ("ies", "ing", "ed", "ly", "es", "s", "e")
MIN_STEM = 3
# An unknown word says that a phrase is about something else: it counts like a fairly rare known one
UNKNOWN_WORD_SHARE = 0.6
# Shorter words are one slip away from too many others
MIN_MISSPELT = 5


def stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= MIN_STEM and not word.endswith("ss"):
            return word.removesuffix(suffix) + ("y" if suffix == "ies" else "")
    return word


def terms(text: str) -> list[str]:
    words = _WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    kept = [word.removesuffix("'s") for word in words if word not in _STOP_WORDS]
    return [_canonical(word) for word in kept]


def _canonical(word: str) -> str:
    stemmed = stem(word)
    return _BY_STEM.get(stemmed, stemmed)


_BY_STEM = {stem(word): canonical for word, canonical in _CANONICAL.items()}


class Spellings:
    """Known words by what is left of them when a letter drops out: a slip of the fingers leaves the same."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._by_rest: dict[str, set[str]] = {}
        for word in self._words:
            if len(word) >= MIN_MISSPELT:
                for rest in _rests(word):
                    self._by_rest.setdefault(rest, set()).add(word)

    def meant(self, word: str) -> str:
        """The one known word that has a letter more, less, exchanged or swapped; else the word itself."""
        if word in self._words or len(word) < MIN_MISSPELT:
            return word
        near = {known for rest in _rests(word) for known in self._by_rest.get(rest, ()) if known[0] == word[0]}
        return near.pop() if len(near) == 1 else word


def _rests(word: str) -> set[str]:
    """The word, and the word without each of its letters."""
    return {word, *(word[:index] + word[index + 1 :] for index in range(len(word)))}


class PhraseIndex:
    """Labels with example phrases; scores a question by its most alike example of each label."""

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        documents = [(label, Counter(terms(phrase))) for label, phrase in examples]
        frequency = Counter(term for _, counts in documents for term in counts)
        self._idf = {term: math.log(1 + len(documents) / count) for term, count in frequency.items()}
        self._unknown = UNKNOWN_WORD_SHARE * max(self._idf.values(), default=1.0)
        self._vectors = [(label, self._unit(counts)) for label, counts in documents]
        self._spellings = Spellings((*self._idf, *_BY_STEM))

    def scores(self, question: Sequence[str]) -> dict[str, float]:
        vector = self._unit(Counter(self._meant(term) for term in question))
        best: dict[str, float] = {}
        for label, example in self._vectors:
            score = sum(weight * example.get(term, 0.0) for term, weight in vector.items())
            best[label] = max(best.get(label, 0.0), score)
        return best

    def _meant(self, term: str) -> str:
        word = self._spellings.meant(term)
        return _BY_STEM.get(word, word)

    def _unit(self, counts: Counter[str]) -> dict[str, float]:
        weights = {term: count * self._idf.get(term, self._unknown) for term, count in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {term: weight / length for term, weight in weights.items()}
