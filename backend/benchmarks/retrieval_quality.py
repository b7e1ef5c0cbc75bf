"""How well a search over the shipped knowledge finds what answers a question, among five times as many distractors.

The labelled questions of `evaluation/retrieval`, for words alone, the vector alone and both: `recall_5` is the share of
answerable questions with a passage that answers them among the first five, `ndcg_10` how high it stands. `refused` is
the share of unanswerable questions for which nothing is relevant enough, `false_refused` that of answerable ones.
Weights and threshold were chosen on the tuning half; look at the held-out half to judge a change, not to make one.

There is no floor and no peer; nothing here is a time.
"""

import asyncio
import hashlib
import math
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from app.agent import rag
from app.agent.embedding_local import LocalEmbedder
from app.agent.rag import Passage, Retrieval, readable_scopes
from app.config import Settings
from app.db import Database
from app.models import KnowledgeSource
from app.repositories import knowledge as knowledge_repository
from app.repositories.knowledge_search import Fusion
from app.services import knowledge_indexing
from benchmarks._database import fresh_database
from benchmarks._measuring import Row, publish
from evaluation.retrieval import distractors, labelled_set
from evaluation.retrieval.labelled_set import Question

ARMS = {
    "words": Fusion(vector_weight=0.0),
    "vector": Fusion(text_weight=0.0),
    "both": Fusion(),
}
HALVES = ("tuning", "held_out")
Found = list[tuple[str, Passage]]


async def index_everything(database: Database) -> dict[UUID, str]:
    """The name of each document by its id."""
    names = {}
    for (name, title, scope), sections in _documents().items():
        body = "\n".join(sections)
        source = KnowledgeSource(
            scope=scope,
            key=name,
            title=title,
            media_type="text/markdown",
            body=body,
            content_hash=hashlib.sha256(body.encode()).hexdigest(),
        )
        async with database.session() as session:
            await knowledge_repository.add(session, source)
        await knowledge_indexing.index(database, LocalEmbedder(), None, source.id)
        names[source.id] = name
    return names


def _documents() -> dict[tuple[str, str, str], list[str]]:
    documents: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for passage in labelled_set.shipped():
        named = (passage.name.document, passage.title, passage.scope)
        documents[named].append(f"## {passage.name.heading}\n\n{passage.text}\n")
    for other in distractors.distractors():
        documents[(other.id, other.title, rag.GLOBAL)].append(f"## {other.heading}\n\n{other.text}\n")
    return documents


async def search(database: Database, names: dict[UUID, str], question: Question, fusion: Fusion) -> Found:
    query = await rag.ask(LocalEmbedder(), question.text)
    scopes = readable_scopes(None, [question.page] if question.page else [])
    async with database.session() as session:
        found = await rag.candidates(session, LocalEmbedder.model, query, scopes, Retrieval(fusion=fusion))
    return [(names[passage.document_id], passage) for passage in found if passage.score > 0]


def _rank(question: Question, found: Found) -> int | None:
    """The place of the first passage that answers it, from 0."""
    places = (
        place
        for place, (name, passage) in enumerate(found)
        if any(answer.document == name and answer.heading == passage.section for answer in question.answers)
    )
    return next(places, None)


def _is_refused(found: Found) -> bool:
    retrieval = Retrieval()
    return all(rag.relevance(passage, retrieval) < retrieval.threshold for _, passage in found)


def _row(half: str, arm: str, results: Sequence[tuple[Question, Found]]) -> Row:
    answerable = [(question, found) for question, found in results if question.kind != "unanswerable"]
    ranks = [_rank(question, found) for question, found in answerable]
    return {
        "half": half,
        "arm": arm,
        "questions": len(results),
        "recall_5": _share([rank is not None and rank < 5 for rank in ranks]),
        "recall_5_direct": _recall(results, "direct"),
        "recall_5_paraphrase": _recall(results, "paraphrase"),
        "ndcg_10": sum(1 / math.log2(rank + 2) for rank in ranks if rank is not None and rank < 10) / len(ranks),
        "refused": _share([_is_refused(found) for question, found in results if question.kind == "unanswerable"]),
        "false_refused": _share([_is_refused(found) for _, found in answerable]),
        "floor": None, "ratio_to_floor": None, "peer": None, "ratio_to_peer": None,
    }  # fmt: skip


def _recall(results: Sequence[tuple[Question, Found]], kind: str) -> float:
    ranks = [_rank(question, found) for question, found in results if question.kind == kind]
    return _share([rank is not None and rank < 5 for rank in ranks])


def _share(of: Sequence[bool]) -> float:
    return sum(of) / len(of)


async def measure(settings: Settings) -> list[Row]:
    database = Database(settings.database_url)
    names = await index_everything(database)
    rows = []
    for half in HALVES:
        asked = [question for question in labelled_set.questions() if question.half == half]
        for arm, fusion in ARMS.items():
            results = [(question, await search(database, names, question, fusion)) for question in asked]
            rows.append(_row(half, arm, results))
    await database.close()
    return rows


def main() -> None:
    with fresh_database() as settings:
        rows = asyncio.run(measure(settings))
    publish("retrieval_quality", rows)


if __name__ == "__main__":
    main()
