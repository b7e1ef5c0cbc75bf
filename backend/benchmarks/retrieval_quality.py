"""How well a search over the shipped knowledge finds what answers a question, among five times as many distractors.

The labelled questions of `evaluation/retrieval`, or of the file that `--questions` names, for words alone, the vector
alone, both, and both without the questions that ship with the pages: `recall_5` is the share of answerable questions
with a passage that answers them among the first five, `ndcg_10` how high it stands. `refused` is the share of
unanswerable questions for which nothing is relevant enough, `false_refused` that of answerable ones. `uploads` asks in
the name of a tenant who has uploaded pages of its own, under which no questions stand. Weights and threshold were
chosen on the tuning set; look at a held-out one to judge a change, not to make one.

There is no floor and no peer; nothing here is a time.
"""

import argparse
import asyncio
import math
from collections.abc import Sequence
from pathlib import Path

from app.agent.rag import Retrieval
from app.config import Settings
from app.db import Database
from app.repositories.knowledge_search import Fusion
from benchmarks._database import fresh_database
from benchmarks._measuring import Row, publish
from evaluation.retrieval import labelled_set
from evaluation.retrieval.labelled_set import Question
from evaluation.retrieval.searching import Found, Library, is_refused, rank_of_answer

ARMS = {
    "words": Fusion(vector_weight=0.0),
    "vector": Fusion(text_weight=0.0),
    "both": Fusion(),
}
UNASKED = "both, without the pages' questions"


def _row(name: str, arm: str, results: Sequence[tuple[Question, Found]]) -> Row:
    answerable = [(question, found) for question, found in results if question.kind != "unanswerable"]
    ranks = [rank_of_answer(question, found) for question, found in answerable]
    return {
        "set": name,
        "arm": arm,
        "questions": len(results),
        "recall_5": _share([rank is not None and rank < 5 for rank in ranks]),
        "recall_5_direct": _recall(results, "direct"),
        "recall_5_paraphrase": _recall(results, "paraphrase"),
        "ndcg_10": sum(1 / math.log2(rank + 2) for rank in ranks if rank is not None and rank < 10) / len(ranks),
        "refused": _share([is_refused(found) for question, found in results if question.kind == "unanswerable"]),
        "false_refused": _share([is_refused(found) for _, found in answerable]),
        "floor": None, "ratio_to_floor": None, "peer": None, "ratio_to_peer": None,
    }  # fmt: skip


def _recall(results: Sequence[tuple[Question, Found]], kind: str) -> float:
    ranks = [rank_of_answer(question, found) for question, found in results if question.kind == kind]
    return _share([rank is not None and rank < 5 for rank in ranks])


def _share(of: Sequence[bool]) -> float:
    return sum(of) / len(of)


async def measure(settings: Settings, files: Sequence[Path]) -> list[Row]:
    database = Database(settings.database_url)
    library = Library(database)
    await library.index()
    rows = [await _arm(library, file, UNASKED, Fusion()) for file in files]
    await library.index_questions()
    rows += [await _arm(library, file, arm, fusion) for file in files for arm, fusion in ARMS.items()]
    rows.sort(key=lambda row: [file.stem for file in files].index(str(row["set"])))
    for file in labelled_set.uploads():
        await library.index_uploads(sorted(file.parent.glob("*.md")), file.parent.name)
        rows.append(await _arm(library, file, "both", Fusion(), name=file.parent.name))
    await database.close()
    return rows


async def _arm(library: Library, file: Path, arm: str, fusion: Fusion, name: str | None = None) -> Row:
    asked = labelled_set.questions(file)
    retrieval = Retrieval(fusion=fusion)
    return _row(name or file.stem, arm, [(question, await library.search(question, retrieval)) for question in asked])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, metavar="FILE", help="a labelled set other than those that are kept")
    file = parser.parse_args().questions
    with fresh_database() as settings:
        rows = asyncio.run(measure(settings, [file] if file else labelled_set.files()))
    publish("retrieval_quality", rows)


if __name__ == "__main__":
    main()
