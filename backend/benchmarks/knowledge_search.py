"""The search of the knowledge base as it grows, beside its two arms alone, and that it never leaves its tenant.

For each size one tenant holds that many passages, a second one a tenth of it. The second one is searched twice: while
the first holds no more than itself, and when the first has grown tenfold and holds all that the second one does. The
questions are those of `evaluation/retrieval` and sentences of the same documentation, in turns.

`search: both` is the search as it ships, `search: words` and the three rows `vector` its arms alone, the vector's in
each of the ways in which the nearest 40 passages may be found; `ships` names the one that does for so many, whose p95
is the floor. `recall_5` is the share of the first five with every vector compared that are found. Then: embedding a
question, indexing documents (passages a second, and the most memory of a process that does nothing else), and random
searches of two tenants for each other's passages.

`SIGMASIGHT_BENCH_CHUNKS` (1000,10000,100000), `SIGMASIGHT_BENCH_QUESTIONS` (100) and `SIGMASIGHT_BENCH_SEARCHES`
(10000) set the sizes.
"""

import asyncio
import multiprocessing
import os
import resource
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias
from unittest.mock import patch
from uuid import UUID

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
from app.repositories.knowledge_search import SETTINGS, Fusion, Way
from benchmarks._database import fresh_database
from benchmarks._knowledge_inputs import Owner, forget, write_owner, write_passages
from benchmarks._measuring import Row, publish
from benchmarks._real_passages import RealPassages
from evaluation.retrieval import labelled_set
from evaluation.retrieval.searching import Library

SIZES = [int(size) for size in os.environ.get("SIGMASIGHT_BENCH_CHUNKS", "1000,10000,100000").split(",")]
QUESTIONS = int(os.environ.get("SIGMASIGHT_BENCH_QUESTIONS", "100"))
SEARCHES = int(os.environ.get("SIGMASIGHT_BENCH_SEARCHES", "10000"))
# Passages of each of the two tenants of the random searches
RANDOM_CHUNKS = 500
WAYS: tuple[Way, ...] = ("compared", "sifted", "walked")

# In these stand no more than the model's own name and dimension
OWN = "is_served and embedding_model = '{model}' and scope = any (:scopes)"
VECTOR_ALONE: dict[Way, str] = {
    "compared": ("select id from ai_kb_documents where {own} order by embedding <=> cast(:vector as vector) limit 40"),
    "sifted": (
        "with alike as (select id from ai_kb_documents where {own} "
        "order by embedding_signs <~> binary_quantize(cast(:vector as vector)) limit :sifted) "
        "select d.id from alike, lateral (select id, embedding from ai_kb_documents d where d.id = alike.id limit 1) d "
        "order by d.embedding <=> cast(:vector as vector) limit 40"
    ),
    "walked": (
        "select id from ai_kb_documents where {own} "
        "order by (embedding::vector({dimension})) <=> cast(:vector as vector) limit 40"
    ),
}
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

    @property
    def vectors(self) -> int:
        """With two questions for every tenth passage."""
        return self.own + 2 * -(-self.own // 10)


Arm: TypeAlias = Callable[[AsyncSession, Case, Query], Awaitable[list[UUID]]]


async def measure(settings: Settings) -> list[Row]:
    database = Database(settings.database_url)
    real = RealPassages.read(max(*SIZES, 2 * RANDOM_CHUNKS))
    asked = await _questions(real)
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


async def _questions(real: RealPassages) -> list[Query]:
    labelled = [question.text for question in labelled_set.questions()]
    texts = [text for pair in zip(labelled, real.questions, strict=False) for text in pair]
    return [await rag.ask(LocalEmbedder(), text) for text in texts[:QUESTIONS]]


async def _of_size(
    database: Database, connection: psycopg.Connection, real: RealPassages, asked: Sequence[Query], size: int
) -> list[Row]:
    forget(connection)
    large, small, tenth = Owner(), Owner(), size // 10
    for owner in (large, small):
        write_owner(connection, owner)
        write_passages(connection, owner, real, range(tenth))
    rows = await _case(database, Case(small, tenth, tenth), asked)
    write_passages(connection, large, real, range(tenth, size))
    rows += await _case(database, Case(small, tenth, size), asked)
    return rows + await _case(database, Case(large, size, tenth), asked)


async def _case(database: Database, case: Case, asked: Sequence[Query]) -> list[Row]:
    """The arms take turns, so that a busy moment is unfair to all."""
    arms: dict[str, Arm] = {"search: both": _both, "search: words": _words_alone}
    arms |= {f"vector: {way}": partial(_vector_alone, way) for way in WAYS}
    times: dict[str, list[float]] = {name: [] for name in arms}
    first: dict[str, list[set[UUID]]] = {name: [] for name in arms}
    for query in asked:
        for name, arm in arms.items():
            milliseconds, found = await _timed(database, case, query, arm)
            times[name].append(milliseconds)
            first[name].append(set(found[:5]))
    exact = {"search: both": [await _compared(database, case, query) for query in asked]}
    exact |= {f"vector: {way}": first["vector: compared"] for way in WAYS}
    ships = knowledge_search.way_for(case.vectors)
    floor = _percentile(times[f"vector: {ships}"], 95)
    return [
        _row(
            name,
            own=case.own,
            others=case.others,
            ships=ships,
            p50_ms=_percentile(times[name], 50),
            p95_ms=_percentile(times[name], 95),
            recall_5=_recall(first[name], exact[name]) if name in exact else None,
            floor=floor,
            ratio_to_floor=_percentile(times[name], 95) / floor,
        )
        for name in arms
    ]


async def _timed(database: Database, case: Case, query: Query, arm: Arm) -> tuple[float, list[UUID]]:
    async with database.session(case.owner.scope) as session:
        await session.execute(text("select 1"))
        begun = time.perf_counter()
        found = await arm(session, case, query)
        return (time.perf_counter() - begun) * 1000, found


async def _both(session: AsyncSession, case: Case, query: Query) -> list[UUID]:
    scopes = [case.owner.knowledge_scope]
    found = await knowledge_search.search(
        session,
        sum((await knowledge_search.sizes(session, scopes)).values()),
        model=BUNDLED,
        vector=query.vector,
        question=query.words,
        scopes=scopes,
        fusion=Fusion(),
    )
    return [each.chunk.id for each in found]


async def _vector_alone(way: Way, session: AsyncSession, case: Case, query: Query) -> list[UUID]:
    if way != "compared":
        for name, value in SETTINGS.items():
            await session.execute(text(f"set local {name} = {value}"))
    given: dict[str, object] = {"vector": str(query.vector.tolist()), "scopes": [case.owner.knowledge_scope]}
    if way == "sifted":
        given["sifted"] = knowledge_search.sifted_of(case.vectors)
    statement = VECTOR_ALONE[way].format(own=OWN.format(model=BUNDLED.name), dimension=BUNDLED.dimension)
    return list(await session.scalars(text(statement), given))


async def _words_alone(session: AsyncSession, case: Case, query: Query) -> list[UUID]:
    fusion = Fusion()
    weights = [1.0 - fusion.title_weight, 0.0, fusion.asked_weight, fusion.title_weight]
    given = {
        "scopes": [case.owner.knowledge_scope], "question": query.words, "model": BUNDLED.name, "weights": weights,
        "most": fusion.most_text_matches, "wanted": fusion.window,
    }  # fmt: skip
    return list(await session.scalars(text(WORDS_ALONE), given))


async def _compared(database: Database, case: Case, query: Query) -> set[UUID]:
    async with database.session(case.owner.scope) as session:
        with patch.object(knowledge_search, "way_for", lambda _: "compared"):
            return set((await _both(session, case, query))[:5])


def _recall(found: Sequence[set[UUID]], exact: Sequence[set[UUID]]) -> float:
    return float(np.mean([len(some & all_of) / len(all_of) for some, all_of in zip(found, exact, strict=True)]))


async def _random_searches(database: Database, connection: psycopg.Connection, real: RealPassages) -> Row:
    """Each tenant asks for everybody's scopes, in each way in turn, with vectors of real passages."""
    forget(connection)
    people = [Owner(), Owner()]
    for number, owner in enumerate(people):
        write_owner(connection, owner)
        write_passages(connection, owner, real, range(number * RANDOM_CHUNKS, (number + 1) * RANDOM_CHUNKS))
    everything = [owner.knowledge_scope for owner in people]
    rng = np.random.default_rng(3)
    foreign, found = 0, 0
    for number in range(SEARCHES):
        owner, place = people[int(rng.integers(2))], int(rng.integers(2 * RANDOM_CHUNKS))
        query = Query(real.texts[place].content, real.vectors[place], said=real.vectors[place])
        async with database.session(owner.scope) as session:
            with patch.object(knowledge_search, "way_for", lambda _, way=WAYS[number % 3]: way):
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


def _row(what: str, **columns: str | float | int | None) -> Row:
    names = (
        "own", "others", "ships", "p50_ms", "p95_ms", "recall_5", "per_second", "peak_mb", "foreign", "floor",
        "ratio_to_floor", "peer", "ratio_to_peer",
    )  # fmt: skip
    return {"what": what} | {name: columns.get(name) for name in names}


def main() -> None:
    with fresh_database() as settings:
        rows = asyncio.run(measure(settings))
    publish("knowledge_search", rows)


if __name__ == "__main__":
    main()
