"""Chooses weights and threshold on the tuning set. `python -m evaluation.retrieval.tuning` prints what it chose.

How well the choice does is told by cross-validation: chosen on four fifths of the questions, looked at on the fifth.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from app.agent import rag
from app.agent.embedding_local import LocalEmbedder
from app.agent.rag import Query, Retrieval, readable_scopes
from app.config import Settings
from app.db import Database
from app.repositories import knowledge_search
from app.repositories.knowledge_search import Found, Fusion
from benchmarks._database import fresh_database
from evaluation.retrieval.labelled_set import Question, questions
from evaluation.retrieval.searching import Library

FOLDS = 5
MOST_FALSELY_REFUSED = 0.05
# The first passages of a search: what an answer is given
FIRST = 5
FUSIONS = [
    Fusion(asked_weight=asked, question_share=share, text_weight=text)
    for asked, share, text in product((0.25, 0.75), (0.5, 0.8), (0.3, 0.6, 1.2))
]
Values = NDArray[np.float64]


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
    async with library.database.session() as session:
        found = await knowledge_search.search(
            session,
            model=LocalEmbedder.model,
            vector=query.vector,
            question=query.words,
            scopes=readable_scopes(None, [question.page] if question.page else []),
            fusion=fusion,
        )
    wanted = {(answer.document, answer.heading) for answer in question.answers}
    answers = [(library.names[row.chunk.source_id], row.chunk.section) in wanted for row in found]
    return Searched(question, query, found, answers)


def chosen_fusion(worths: Values, answerable: NDArray[np.bool_], folds: Sequence[NDArray[np.intp]]) -> int:
    """`worths` has a row for each fusion. Prints what the choices of the folds are worth."""
    left_out = []
    for fold in folds:
        others = np.setdiff1d(np.flatnonzero(answerable), fold)
        best = int(worths[:, others].mean(axis=1).argmax())
        left_out.append(worths[best, np.intersect1d(np.flatnonzero(answerable), fold)])
    print(f"worth of the chosen fusion on what it was not chosen on: {np.concatenate(left_out).mean():.3f}")
    return int(worths[:, answerable].mean(axis=1).argmax())


def features(searched: Searched) -> Values:
    """A row for each passage."""
    return np.array(
        [
            [row.own_similarity, row.nearest_similarity, row.coverage, searched.query.unanswered]
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
    return model, float(np.quantile(relevances, MOST_FALSELY_REFUSED * 0.8))


def relevance(model: LogisticRegression, searched: Searched) -> float:
    """Of its most relevant passage."""
    return float(model.predict_proba(features(searched))[:, 1].max())


def _refusals(given: Sequence[Searched], folds: Sequence[NDArray[np.intp]]) -> None:
    refused: dict[bool, list[bool]] = {True: [], False: []}
    for fold in folds:
        model, threshold = fitted([searched for place, searched in enumerate(given) if place not in fold])
        for place in fold:
            refused[given[place].is_answerable].append(relevance(model, given[place]) < threshold)
    print(f"refused on what it was not fitted on: {np.mean(refused[False]):.3f}, falsely {np.mean(refused[True]):.3f}")


async def tune(settings: Settings) -> None:
    library = Library(Database(settings.database_url))
    await library.index()
    await library.index_questions()
    asked = [(question, await rag.ask(LocalEmbedder(), question.text)) for question in questions()]
    answerable = np.array([question.kind != "unanswerable" for question, _ in asked])
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(answerable, answerable)
    folds = [fold for _, fold in splits]
    searched = [[await search(library, *each, fusion) for each in asked] for fusion in FUSIONS]
    worths = np.array([[each.worth for each in of_fusion] for of_fusion in searched])
    best = chosen_fusion(worths, answerable, folds)
    print(FUSIONS[best], f"{worths[best, answerable].mean():.3f}")
    shipped = [await search(library, *each, Fusion()) for each in asked]
    print(f"as it ships: {np.mean([each.worth for each in shipped if each.is_answerable]):.3f}")
    _refusals(shipped, folds)
    model, threshold = fitted(shipped)
    own, nearest, coverage, unanswered = model.coef_[0]
    fit = replace(
        Retrieval().answering,
        constant=float(model.intercept_[0]), own=own, nearest=nearest, coverage=coverage, unanswered=unanswered,
    )  # fmt: skip
    usual = np.median(
        [query.unanswered for (_, query), is_answerable in zip(asked, answerable, strict=True) if is_answerable]
    )
    print(fit, f"threshold {threshold:.3f}, usual likeness to what is unanswered {usual:.2f}")
    await library.database.close()


def main() -> None:
    with fresh_database() as settings:
        asyncio.run(tune(settings))


if __name__ == "__main__":
    main()
