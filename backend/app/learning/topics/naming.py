"""What a topic is called: the words that are said in it more than elsewhere, and the question that stands for it."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from app.agent.embeddings import Vectors
from app.learning.topics.clustering import Labels

MOST_TERMS = 6
# A word that one person in twenty of a topic uses does not tell what it is about
LEAST_SHARE = 0.05
# Nor does one that a single question uses, where others are shared
LEAST_USES = 2

_WORD = re.compile(r"[^\W_][\w&%'-]*")
STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are as at back be because been before being between
    both but by can can't cannot could did didn't do does doesn't doing don't down during each else ever few for
    from further get give had has have haven't having he her here him his how i i'd i'll i'm i've if in into is
    isn't it it's its just know last let like make many may me might more most much must my need no nor not now of
    off on once one only or other our out over own per please pls really same shall she should show since so some
    still such tell than that that's the their them then there these they thing things this those through to too
    under until up us use very want was wasn't way we were what what's when where which while who whom why will with
    won't would yet you your yours portfolio portfolios account holdings holding position positions stock stocks
    year today
    """.split()  # noqa: SIM905 - words in a text are easier to read and to add to
)


def terms(questions: Sequence[str], labels: Labels) -> dict[int, list[str]]:
    """The terms of each topic, the most telling first, by class-based TF-IDF: tf * log(1 + average length / frequency).

    (Grootendorst, 2022.) A topic's questions together are one document; one and two words are a term.
    """
    counted: dict[int, Counter[str]] = {}
    asked = Counter(int(label) for label in labels)
    for question, label in zip(questions, labels, strict=True):
        counted.setdefault(int(label), Counter()).update(_terms(question))
    everywhere = sum(counted.values(), Counter())
    average = everywhere.total() / max(1, len(counted))
    return {
        label: _best(counts, everywhere, average, least=max(LEAST_USES, LEAST_SHARE * asked[label]))
        or _best(counts, everywhere, average, least=1)
        for label, counts in counted.items()
        if label >= 0
    }


def nearest(vectors: Vectors, labels: Labels, label: int) -> int:
    """The row whose question is most like all of its topic."""
    rows = np.flatnonzero(labels == label)
    return int(rows[np.argmax(vectors[rows] @ vectors[rows].sum(axis=0))])


def _terms(question: str) -> set[str]:
    """Each once, however often the question says it."""
    words = [word.removesuffix("'s") for word in _WORD.findall(question.lower().replace("\u2019", "'"))]
    pairs = {f"{first} {second}" for first, second in pairwise(words) if not {first, second} & STOP_WORDS}
    return pairs | {word for word in words if word not in STOP_WORDS and not word.isdigit()}


def _best(counts: Counter[str], everywhere: Counter[str], average: float, *, least: float) -> list[str]:
    scores = {
        term: count * math.log(1 + average / everywhere[term]) for term, count in counts.items() if count >= least
    }
    kept: list[str] = []
    for term in sorted(scores, key=lambda term: (-scores[term], term)):
        # "exchange" says nothing beside "exchange rate", nor "dividend" beside "dividends"
        if not any(_stems(term) & _stems(other) for other in kept):
            kept.append(term)
        if len(kept) == MOST_TERMS:
            break
    return kept


def _stems(term: str) -> set[str]:
    return {word.removesuffix("s") for word in term.split()}
