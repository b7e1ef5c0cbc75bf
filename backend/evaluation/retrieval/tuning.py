"""Chooses weights and threshold on the tuning set. `python -m evaluation.retrieval.tuning` prints what it chose.

How well the choice does is told by cross-validation: chosen on four fifths of the questions, looked at on the fifth,
many times over. Answerable questions of one page, and unanswerable ones that say nearly the same, stay together, so
that none is looked at whose twin was chosen by.
"""

import asyncio
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from app.agent import rag
from app.agent.embedding_local import LocalEmbedder
from app.agent.rag import Answering, Query
from app.config import Settings
from app.db import Database
from app.repositories import knowledge_search
from app.repositories.knowledge_search import Found, Fusion
from benchmarks._database import fresh_database
from evaluation.retrieval.labelled_set import Question, questions
from evaluation.retrieval.searching import Library

FOLDS = 5
REPEATS = 20
# Of the answerable questions that a choice is made by: on others it refuses a little more
FALSELY_REFUSED = 0.035
# Unanswerable questions that lie nearer than this ask for the same
TWINS = 0.55
# The first passages of a search: what an answer is given
FIRST = 5
FUSIONS = [
    Fusion(asked_weight=asked, question_share=share, text_weight=text)
    for asked, share, text in product((0.25, 0.75), (0.5, 0.8), (0.3, 0.6, 1.2))
]
Values = NDArray[np.float64]
Fold = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True)
class Searched:
    question: Question
    query: Query
    found: list[Found]
    answers: list[bool]

    @property
    def is_answerable(self) -> bool:
        return self.question.kind != "unanswerable"

    @property
    def worth(self) -> float:
        """Half whether an answer is among the first, half how high it stands."""
        place = self.answers.index(True) if any(self.answers) else FIRST * 2
        return 0.5 * (place < FIRST) + 0.5 * (1 / math.log2(place + 2) if place < FIRST * 2 else 0.0)


async def search(library: Library, question: Question, query: Query, fusion: Fusion) -> Searched:
    async with library.database.session(library.scope) as session:
        scopes = library.scopes(question)
        found = await knowledge_search.search(
            session,
            sum((await knowledge_search.sizes(session, scopes)).values()),
            model=LocalEmbedder.model,
            vector=query.vector,
            question=query.words,
            scopes=scopes,
            fusion=fusion,
        )
    wanted = {(answer.document, answer.heading) for answer in question.answers}
    answers = [(library.names[row.chunk.source_id], row.chunk.section) in wanted for row in found]
    return Searched(question, query, found, answers)


def groups(given: Sequence[Searched]) -> list[int]:
    """A number for each question, the same for those that stay together."""
    pages: dict[str, int] = {}
    numbers: list[int] = []
    for place, searched in enumerate(given):
        if searched.is_answerable:
            numbers.append(pages.setdefault(searched.question.answers[0].document, place))
        else:
            twins = (number for other, number in zip(given, numbers, strict=False) if _are_twins(other, searched))
            numbers.append(next(twins, place))
    return numbers


def _are_twins(one: Searched, other: Searched) -> bool:
    return not one.is_answerable and float(one.query.vector @ other.query.vector) > TWINS


def folds(given: Sequence[Searched]) -> Iterable[list[Fold]]:
    """Each time all questions, once in what is looked at."""
    labels, together = [each.is_answerable for each in given], groups(given)
    for seed in range(REPEATS):
        yield list(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(labels, labels, together))


def features(searched: Searched) -> Values:
    """A row for each passage."""
    standing = searched.query.standing
    return np.array(
        [
            [row.own_similarity, row.nearest_similarity, row.coverage, standing.likeness, standing.side]
            for row in searched.found
        ]
    )


def fitted(given: Sequence[Searched]) -> tuple[LogisticRegression, float]:
    """On the passages that answer, and on the first ones of what nothing answers; and the threshold."""
    rows, labels, weights = [], [], []
    for searched in given:
        values = features(searched)
        places = [place for place, is_answer in enumerate(searched.answers) if is_answer]
        places = places[:1] if searched.is_answerable else list(range(min(FIRST, len(values))))
        rows += [values[place] for place in places]
        labels += [searched.is_answerable] * len(places)
        weights += [1.0 / len(places) for _ in places]
    model = LogisticRegression(C=10.0, class_weight="balanced").fit(np.array(rows), labels, sample_weight=weights)
    relevances = [relevance(model, searched) for searched in given if searched.is_answerable]
    return model, float(np.quantile(relevances, FALSELY_REFUSED))


def relevance(model: LogisticRegression, searched: Searched) -> float:
    """Of its most relevant passage."""
    return float(model.predict_proba(features(searched))[:, 1].max())


def refusals(given: Sequence[Searched], times: Iterable[list[Fold]]) -> tuple[Values, Values]:
    """The share of unanswerable questions that were refused, and of answerable ones, each time."""
    answerable = np.array([searched.is_answerable for searched in given])
    refused, falsely = [], []
    for split in times:
        is_refused = np.zeros(len(given), dtype=bool)
        for chosen_by, looked_at in split:
            model, threshold = fitted([given[place] for place in chosen_by])
            is_refused[looked_at] = [relevance(model, given[place]) < threshold for place in looked_at]
        refused.append(is_refused[~answerable].mean())
        falsely.append(is_refused[answerable].mean())
    return np.array(refused), np.array(falsely)


async def tune(settings: Settings) -> None:
    library = Library(Database(settings.database_url))
    await library.index()
    await library.index_questions()
    asked = [(question, await rag.ask(LocalEmbedder(), question.text)) for question in questions()]
    for fusion in FUSIONS:
        found = [await search(library, *each, fusion) for each in asked]
        print(fusion, f"{np.mean([each.worth for each in found if each.is_answerable]):.3f}")
    shipped = [await search(library, *each, Fusion()) for each in asked]
    for name, shares in zip(("refused", "falsely"), refusals(shipped, folds(shipped)), strict=True):
        print(f"{name} on what it was not fitted on: {shares.mean():.3f}, {shares.min():.3f} to {shares.max():.3f}")
    model, threshold = fitted(shipped)
    names = ("own", "nearest", "coverage", "unanswered", "side")
    weights = dict(zip(names, map(float, model.coef_[0]), strict=True))
    print(Answering(constant=float(model.intercept_[0]), **weights), f"threshold {threshold:.3f}")
    await library.database.close()


def main() -> None:
    with fresh_database() as settings:
        asyncio.run(tune(settings))


if __name__ == "__main__":
    main()
