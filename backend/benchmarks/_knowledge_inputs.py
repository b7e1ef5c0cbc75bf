"""Made-up passages near real ones: vectors with noise on them, sentences taken from several passages and mixed.

Of every tenth, two questions lie near it. The same on every machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import numpy as np
import psycopg

from app.agent.chunking import Chunk
from app.agent.embedding_local import BundledModel
from app.agent.embeddings import Vectors
from app.db import Scope
from app.models.embedding_model import BUNDLED
from evaluation.retrieval import distractors, labelled_set

# Of a passage's length: as far as passages on one subject lie from each other
NOISE = 0.6
SENTENCES = 5
HNSW_INDEX = "ix_ai_kb_documents_hnsw_384"
REBUILD_MEMORY = "512MB"


@dataclass(frozen=True)
class Owner:
    """A tenant with one person in it."""

    scope: Scope = field(default_factory=lambda: Scope(user_id=uuid4(), tenant_id=uuid4()))

    @property
    def knowledge_scope(self) -> str:
        return f"tenant:{self.scope.tenant_id}"


@dataclass(frozen=True)
class RealPassages:
    vectors: Vectors
    headings: Sequence[str]
    sentences: Sequence[Sequence[str]]

    @classmethod
    def embedded(cls, most: int) -> "RealPassages":
        shipped = [(each.title, each.name.heading, each.text) for each in labelled_set.shipped()]
        others = [(each.title, each.heading, each.text) for each in distractors.distractors()]
        passages = [*shipped, *others][:most]
        texts = [Chunk(heading, text, (0, 0)).embedded_text(title) for title, heading, text in passages]
        return cls(
            vectors=BundledModel().embed(texts),
            headings=[heading for _, heading, _ in passages],
            sentences=[text.split(". ") for _, _, text in passages],
        )


def write_owner(connection: psycopg.Connection, owner: Owner) -> None:
    tenant, user = owner.scope.tenant_id, owner.scope.user_id
    connection.execute("insert into tenants (id, name) values (%s, 'Bench')", [tenant])
    connection.execute(
        "insert into users (id, tenant_id, email, password_hash, display_name) values (%s, %s, %s, '', 'Bench')",
        [user, tenant, f"{user}@sigmasight.example"],
    )
    connection.execute("insert into ai_kb_scopes (scope) values (%s)", [owner.knowledge_scope])


def write_passages(connection: psycopg.Connection, owner: Owner, real: RealPassages, count: int) -> None:
    """In one document. The index of vectors is made anew, which is quicker than adding to it one by one."""
    source = uuid4()
    rng = np.random.default_rng(count)
    index = connection.execute("select indexdef from pg_indexes where indexname = %s", [HNSW_INDEX]).fetchone()
    if index is None:
        raise LookupError(HNSW_INDEX)
    connection.execute(f"drop index {HNSW_INDEX}")
    connection.execute(
        "insert into ai_kb_sources (id, scope, key, title, media_type, body, content_hash, status, embedding_model) "
        "values (%s, %s, %s, 'Bench', 'text/plain', '', '', 'ready', %s)",
        [source, owner.knowledge_scope, str(source), BUNDLED.name],
    )
    kin = rng.integers(0, len(real.headings), count)
    vectors = _noisy(rng, real.vectors[kin], NOISE)
    ids = [uuid4() for _ in range(count)]
    _copy_passages(connection, owner, source, _passages(rng, real, kin, ids, vectors))
    _copy_questions(connection, owner, rng, ids, vectors)
    _count(connection, owner)
    connection.execute(f"set maintenance_work_mem = '{REBUILD_MEMORY}'")
    connection.execute(index[0])
    connection.execute("commit")
    connection.autocommit = True
    connection.execute("vacuum analyze ai_kb_documents, ai_kb_questions, ai_kb_lexemes, ai_kb_scopes")
    connection.autocommit = False


def forget(connection: psycopg.Connection) -> None:
    connection.execute("truncate ai_kb_scopes cascade")


def _noisy(rng: np.random.Generator, vectors: Vectors, noise: float) -> Vectors:
    moved = vectors + rng.normal(0, noise / np.sqrt(vectors.shape[1]), vectors.shape).astype(np.float32)
    normalised: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return normalised


def _passages(
    rng: np.random.Generator, real: RealPassages, kin: Sequence[int], ids: Sequence[UUID], vectors: Vectors
) -> Iterator[tuple[UUID, str, str, Vectors]]:
    others = rng.integers(0, len(real.headings), (len(ids), SENTENCES - 1))
    for chunk_id, own, mixed, vector in zip(ids, kin, others, vectors, strict=True):
        drawn = [real.sentences[place] for place in (own, *mixed)]
        text = ". ".join(sentences[int(rng.integers(len(sentences)))] for sentences in drawn)
        yield chunk_id, real.headings[own], text, vector


def _copy_passages(
    connection: psycopg.Connection, owner: Owner, source: UUID, passages: Iterator[tuple[UUID, str, str, Vectors]]
) -> None:
    columns = (
        "id, source_id, scope, title, section, content, chunk_index, span_start, span_end, content_hash, "
        "embedding_model, embedding_dimension, is_served, embedding"
    )
    with connection.cursor() as cursor, cursor.copy(f"copy ai_kb_documents ({columns}) from stdin") as copy:
        for place, (chunk_id, heading, text, vector) in enumerate(passages):
            fixed = (place, 0, len(text), str(place), BUNDLED.name, BUNDLED.dimension, True)
            copy.write_row((chunk_id, source, owner.knowledge_scope, "Bench", heading, text, *fixed, _written(vector)))


def _copy_questions(
    connection: psycopg.Connection, owner: Owner, rng: np.random.Generator, ids: Sequence[UUID], vectors: Vectors
) -> None:
    columns = "id, chunk_id, scope, question, embedding_model, embedding_dimension, is_served, embedding"
    with connection.cursor() as cursor, cursor.copy(f"copy ai_kb_questions ({columns}) from stdin") as copy:
        for near in (_noisy(rng, vectors[::10], NOISE), _noisy(rng, vectors[::10], NOISE)):
            for chunk_id, vector in zip(ids[::10], near, strict=True):
                fixed = ("", BUNDLED.name, BUNDLED.dimension, True)
                copy.write_row((uuid4(), chunk_id, owner.knowledge_scope, *fixed, _written(vector)))


def _count(connection: psycopg.Connection, owner: Owner) -> None:
    connection.execute(
        "insert into ai_kb_lexemes (scope, lexeme, chunk_count) "
        "select d.scope, w.lexeme, count(*) from ai_kb_documents d, unnest(tsvector_to_array(d.search)) as w (lexeme) "
        "where d.scope = %s group by d.scope, w.lexeme "
        "on conflict (scope, lexeme) do update set chunk_count = excluded.chunk_count",
        [owner.knowledge_scope],
    )
    connection.execute(
        "update ai_kb_scopes s set chunk_count = (select count(*) from ai_kb_documents d where d.scope = s.scope), "
        "question_count = (select count(*) from ai_kb_questions q where q.scope = s.scope) where scope = %s",
        [owner.knowledge_scope],
    )


def _written(vector: Vectors) -> str:
    return "[" + ",".join(f"{number:.6f}" for number in vector) + "]"
