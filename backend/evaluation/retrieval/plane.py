"""Embeds the questions that nothing answers, and fits the plane between them and those that the pages answer.

`python -m evaluation.retrieval.plane` writes `app/agent/knowledge/unanswered.npz`; run it when either list changed.
No labelled question takes part.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from app.agent import unanswered
from app.agent.embedding_local import BundledModel
from app.agent.embeddings import Vectors
from evaluation.retrieval.labelled_set import asked, shipped

# How far the plane may follow single examples
FREEDOM = 5.0


def answered_texts() -> list[str]:
    """The questions of the pages, and their headings, with the title and without: people ask with those words too."""
    headings = [
        text for passage in shipped() for text in (passage.name.heading, f"{passage.title}: {passage.name.heading}")
    ]
    return [*(text for texts in asked().values() for text in texts), *headings]


def fitted(answered: Vectors, examples: Vectors) -> tuple[NDArray[np.float32], float]:
    """Its normal and its distance from nothing; each side counts as much, however many lie on it."""
    model = LogisticRegression(C=FREEDOM, class_weight="balanced", max_iter=3000)
    model.fit(np.vstack([answered, examples]), [True] * len(answered) + [False] * len(examples))
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def main() -> None:
    bundled = BundledModel()
    answered, examples = bundled.embed(answered_texts()), bundled.embed(unanswered.texts())
    plane, constant = fitted(answered, examples)
    unanswered.write(examples, plane, constant)
    right = np.mean(answered @ plane + constant > 0), np.mean(examples @ plane + constant < 0)
    print(f"{len(answered)} answered, {len(examples)} not; on their own side {right[0]:.3f} and {right[1]:.3f}")


if __name__ == "__main__":
    main()
