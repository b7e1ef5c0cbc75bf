"""The search of the knowledge base as it grows, beside its two arms alone, and that it never leaves its tenant.

For each size one tenant holds that many passages, a second one a tenth of it. The second one is searched twice: while
the first holds no more than itself, and when the first has grown tenfold. `floor` is the p50 of the vector search alone
(the nearest 40 passages); `recall_5` is the share of the first five of a search with every vector compared that are
found as it ships. Then: embedding a question, indexing documents (passages a second, and the most memory of a process
that does nothing else), and random searches of two tenants for each other's passages.

`SIGMASIGHT_BENCH_CHUNKS` (1000,10000,100000), `SIGMASIGHT_BENCH_QUESTIONS` (100) and `SIGMASIGHT_BENCH_SEARCHES`
(10000) set the sizes.
"""

import asyncio
import multiprocessing
import os
import resource
import time
from collections.abc import Awaitable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from unittest.mock import patch

import numpy as np
import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import rag
from app.agent.embedding_local import LocalEmbedder
from app.agent.rag import Query, Retrieval
from app.config import Settings
from app.db import Database
from app.models.embedding_model import BUNDLED
from app.repositories import knowledge_search
from app.repositories.knowledge_search import HNSW_SETTINGS, Found, Fusion
from benchmarks._database import fresh_database
from benchmarks._knowledge_inputs import Owner, RealPassages, forget, write_owner, write_passages
from benchmarks._measuring import Row, publish
from evaluation.retrieval import labelled_set
from evaluation.retrieval.searching import Library

SIZES = [int(size) for size in os.environ.get("SIGMASIGHT_BENCH_CHUNKS", "1000,10000,100000").split(",")]
QUESTIONS = int(os.environ.get("SIGMASIGHT_BENCH_QUESTIONS", "100"))
SEARCHES = int(os.environ.get("SIGMASIGHT_BENCH_SEARCHES", "10000"))
REAL_PASSAGES = 400
# Passages of each of the two tenants of the random searches
RANDOM_CHUNKS = 500
EVERYTHING = 10**9

# In it stand no more than the model's own name and dimension
VECTOR_ALONE = (
    "select id, content, {vector} <=> cast(:vector as vector) as distance from ai_kb_documents "
    "where is_served and embedding_model = '{model}' and scope = any (:scopes) order by distance limit 40"
)
WORDS_ALONE = (
    "select id, score, coverage "
    "from kb_text_matches(:scopes, :question, :model, cast(:weights as real[]), :most, :wanted)"
)


@dataclass(frozen=True)
class Case:
    """One tenant's search, with so many of its own passages and so many of others."""

    owner: Owner
    own: int
    others: int


async def measure(settings: Settings) -> list[Row]:
    database = Database(settings.database_url)
    asked = [await rag.ask(LocalEmbedder(), each.text) for each in labelled_set.questions()[:QUESTIONS]]
    real = RealPassages.embedded(REAL_PASSAGES)
    rows = []
    with psycopg.connect(settings.database_url) as connection:
        for size in SIZES:
            rows += await _of_size(database, connection, real, asked, size)
        rows.append(await _random_searches(database, connection, real))
        forget(connection)
    rows.append(await _embedding())
    rows.append(_indexing(settings))
    await database.close()
    return rows


async def _of_size(
    database: Database, connection: psycopg.Connection, real: RealPassages, asked: Sequence[Query], size: int
) -> list[Row]:
    forget(connection)
    large, small, tenth = Owner(), Owner(), size // 10
    for owner in (large, small):
        write_owner(connection, owner)
        write_passages(connection, owner, real, tenth)
    rows = await _case(database, Case(small, tenth, tenth), asked)
    write_passages(connection, large, real, size - tenth)
    rows += await _case(database, Case(small, tenth, size), asked)
    return rows + await _case(database, Case(large, size, tenth), asked)


async def _case(database: Database, case: Case, asked: Sequence[Query]) -> list[Row]:
    """The arms take turns, so that a busy moment is unfair to all."""
    arms = {"vector": _vector_alone, "words": _words_alone, "both": _both}
    times: dict[str, list[float]] = {name: [] for name in arms}
    for query in asked:
        for name, arm in arms.items():
            async with database.session(case.owner.scope) as session:
                await session.execute(text("select 1"))
                times[name].append(await _milliseconds(arm(session, case, query)))
    recall = await _recall(database, case, asked)
    floor = _percentile(times["vector"], 50)
    return [
        _row(
            f"search: {name}",
            own=case.own,
            others=case.others,
            p50_ms=_percentile(times[name], 50),
            p95_ms=_percentile(times[name], 95),
            recall_5=recall if name == "both" else None,
            floor=floor,
            ratio_to_floor=_percentile(times[name], 50) / floor,
        )
        for name in arms
    ]


async def _both(session: AsyncSession, case: Case, query: Query) -> list[Found]:
    return await knowledge_search.search(
        session,
        model=BUNDLED,
        vector=query.vector,
        question=query.words,
        scopes=[case.owner.knowledge_scope],
        fusion=Fusion(),
    )


async def _vector_alone(session: AsyncSession, case: Case, query: Query) -> None:
    is_exact = case.own <= knowledge_search.MOST_COMPARED
    for name, value in {} if is_exact else HNSW_SETTINGS.items():
        await session.execute(text(f"set local {name} = {value}"))
    vector = "embedding" if is_exact else f"(embedding::vector({BUNDLED.dimension}))"
    given = {"vector": str(query.vector.tolist()), "scopes": [case.owner.knowledge_scope]}
    await session.execute(text(VECTOR_ALONE.format(vector=vector, model=BUNDLED.name)), given)


async def _words_alone(session: AsyncSession, case: Case, query: Query) -> None:
    fusion = Fusion()
    weights = [1.0 - fusion.title_weight, 0.0, fusion.asked_weight, fusion.title_weight]
    given = {
        "scopes": [case.owner.knowledge_scope], "question": query.words, "model": BUNDLED.name, "weights": weights,
        "most": fusion.most_text_matches, "wanted": fusion.window,
    }  # fmt: skip
    await session.execute(text(WORDS_ALONE), given)


async def _recall(database: Database, case: Case, asked: Sequence[Query]) -> float:
    shares = []
    for query in asked:
        async with database.session(case.owner.scope) as session:
            found = {each.chunk.id for each in (await _both(session, case, query))[:5]}
            with patch.object(knowledge_search, "MOST_COMPARED", EVERYTHING):
                exact = {each.chunk.id for each in (await _both(session, case, query))[:5]}
        shares.append(len(found & exact) / len(exact))
    return float(np.mean(shares))


async def _random_searches(database: Database, connection: psycopg.Connection, real: RealPassages) -> Row:
    """Each tenant asks for everybody's scopes, half of the time by the index, with vectors of real passages."""
    forget(connection)
    people = [Owner(), Owner()]
    for owner in people:
        write_owner(connection, owner)
        write_passages(connection, owner, real, RANDOM_CHUNKS)
    everything = [owner.knowledge_scope for owner in people]
    rng = np.random.default_rng(3)
    foreign, found = 0, 0
    for number in range(SEARCHES):
        owner, place = people[int(rng.integers(2))], int(rng.integers(len(real.headings)))
        query = Query(real.headings[place], real.vectors[place])
        most = knowledge_search.MOST_COMPARED if number % 2 else 0
        async with database.session(owner.scope) as session:
            with patch.object(knowledge_search, "MOST_COMPARED", most):
                passages = await rag.candidates(session, BUNDLED, query, everything, Retrieval())
        foreign += sum(passage.scope != owner.knowledge_scope for passage in passages)
        found += len(passages)
    if not found:
        raise AssertionError("the random searches found nothing at all")
    return _row(
        f"{SEARCHES:,} random searches of two tenants", own=RANDOM_CHUNKS, others=RANDOM_CHUNKS, foreign=foreign
    )


async def _embedding() -> Row:
    embedder = LocalEmbedder()
    times = [await _milliseconds(embedder.embed_query(each.text)) for each in labelled_set.questions()]
    return _row("embedding a question", p50_ms=_percentile(times, 50), p95_ms=_percentile(times, 95))


def _indexing(settings: Settings) -> Row:
    """In a process of its own, whose memory is nothing but this."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        passages, seconds, peak = pool.submit(_index_documents, settings.database_url).result()
    return _row("indexing", own=passages, per_second=passages / seconds, peak_mb=peak)


def _index_documents(url: str) -> tuple[int, float, float]:
    passages, seconds = asyncio.run(_indexed(url))
    return passages, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _indexed(url: str) -> tuple[int, float]:
    database = Database(url)
    await LocalEmbedder().embed_query("Loading the model is not counted")
    begun = time.perf_counter()
    passages = await Library(database).index()
    seconds = time.perf_counter() - begun
    await database.close()
    return passages, seconds


async def _milliseconds(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return (time.perf_counter() - begun) * 1000


def _percentile(times: Sequence[float], percent: int) -> float:
    return float(np.percentile(times, percent))


def _row(what: str, **columns: float | int | None) -> Row:
    names = (
        "own", "others", "p50_ms", "p95_ms", "recall_5", "per_second", "peak_mb", "foreign", "floor", "ratio_to_floor",
        "peer", "ratio_to_peer",
    )  # fmt: skip
    return {"what": what} | {name: columns.get(name) for name in names}


def main() -> None:
    with fresh_database() as settings:
        rows = asyncio.run(measure(settings))
    publish("knowledge_search", rows)


if __name__ == "__main__":
    main()
