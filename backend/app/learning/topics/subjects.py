"""What a question is about, learnt from questions whose subject is known.

A small embedding model puts "my beta" nearer to "my fees" than to "how sensitive am I to the market": what it hears
first is the tone. `examples.psv` says how people ask about each subject. A ridge regression learns from them which
directions of the model, and which pieces of words, tell the subjects apart; what sounds like none gets low scores for
all, and is left to the model.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import linalg, sparse

from app.agent.embeddings import Vectors
from app.learning.topics.wording import Wording

_EXAMPLES = Path(__file__).with_name("examples.psv")
# Of the ridge: lower trusts each single example more
PENALTY = 1.0
# What a question is about, beside what the model hears
SUBJECT_WEIGHT = 1.5
# Length of a row of scores from which on a question is about something known; what is shorter stays short
CLEAR = 0.12
# Examples that few questions are seen among
BACKGROUND = 400
# Questions whose wording is counted at once: 50 MB
BLOCK_ROWS = 10_000


class Example(NamedTuple):
    subject: str
    question: str


@cache
def examples() -> tuple[Example, ...]:
    lines = _EXAMPLES.read_text(encoding="utf-8").splitlines()
    return tuple(Example(*line.split("|", 1)) for line in lines if not line.startswith("#"))


@dataclass(frozen=True, slots=True)
class Ear:
    """What was learnt: how much each direction of the model, and each piece of a word, speaks for each subject.

    `usual` are examples as it hears them, one of each subject before the second of any.
    """

    wording: Wording
    by_meaning: Vectors
    by_wording: Vectors
    usual: Vectors

    def hear(self, texts: Sequence[str], said: Vectors) -> Vectors:
        """One row of unit length for each text: what the model makes of it (`said`), and what it is about."""
        blocks = range(0, len(texts), BLOCK_ROWS)
        about = [self._about(texts[at : at + BLOCK_ROWS], said[at : at + BLOCK_ROWS]) for at in blocks]
        return _beside(said, np.concatenate(about))

    def _about(self, texts: Sequence[str], said: Vectors) -> Vectors:
        return _scores(said, self.wording.rows(texts), self.by_meaning, self.by_wording)


def learn(known: Sequence[Example], said: Vectors) -> Ear:
    """From the examples and what the model makes of each: solved among them, as they are fewer than pieces of words."""
    wording = Wording.of([example.question for example in known])
    written = wording.rows([example.question for example in known])
    alike = said @ said.T + np.asarray((written @ written.T).toarray())
    weights = linalg.solve(alike + PENALTY * np.eye(len(known), dtype=np.float32), _told(known), assume_a="pos")
    by_meaning, by_wording = said.T @ weights, written.T @ weights
    usual = _usual(known)
    about = _scores(said[usual], written[usual], by_meaning, by_wording)
    return Ear(wording, by_meaning, by_wording, _beside(said[usual], about))


def _scores(said: Vectors, written: sparse.csr_matrix, by_meaning: Vectors, by_wording: Vectors) -> Vectors:
    scores: Vectors = said @ by_meaning + written @ by_wording
    return scores


def _beside(said: Vectors, about: Vectors) -> Vectors:
    heard = np.maximum(np.linalg.norm(about, axis=1, keepdims=True), CLEAR)
    return _unit(np.hstack([said, SUBJECT_WEIGHT * about / heard]))


def _unit(vectors: Vectors) -> Vectors:
    """Rows of length one; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit


def _usual(known: Sequence[Example]) -> list[int]:
    """Places of the first of each subject, then of the second of each, and so on."""
    seen: Counter[str] = Counter()
    turns = []
    for place, example in enumerate(known):
        turns.append((seen[example.subject], place))
        seen[example.subject] += 1
    return [place for _, place in sorted(turns)[:BACKGROUND]]


def _told(known: Sequence[Example]) -> Vectors:
    """A one for each example's subject, less where it has many: a subject of ten examples is heard as well as one of a
    hundred."""
    counts = Counter(example.subject for example in known)
    columns = {subject: column for column, subject in enumerate(counts)}
    told = np.zeros((len(known), len(counts)), dtype=np.float32)
    for row, example in enumerate(known):
        told[row, columns[example.subject]] = counts[example.subject] ** -0.5
    return told
