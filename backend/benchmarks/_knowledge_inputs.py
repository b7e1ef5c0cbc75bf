"""Tenants with real passages, written into a database as they are after indexing.

Of every tenth passage, two questions lie near it: its vector with noise on it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import numpy as np
import psycopg

from app.agent.embeddings import Vectors
from app.db import Scope
from app.models.embedding_model import BUNDLED
from benchmarks._real_passages import RealPassages, Text

# Of a passage's length: as far as passages on one subject lie from each other
NOISE = 0.6
SLOW_INDEXES = ["ix_ai_kb_documents_hnsw_384", "ix_ai_kb_questions_hnsw_384", "ix_ai_kb_documents_lexeme_keys"]
REBUILD_MEMORY = "512MB"


@dataclass(frozen=True)
class Owner:
    """A tenant with one person in it."""

    scope: Scope = field(default_factory=lambda: Scope(user_id=uuid4(), tenant_id=uuid4()))

    @property
    def knowledge_scope(self) -> str:
        return f"tenant:{self.scope.tenant_id}"


def write_owner(connection: psycopg.Connection, owner: Owner) -> None:
    tenant, user = owner.scope.tenant_id, owner.scope.user_id
    connection.execute("insert into tenants (id, name) values (%s, 'Bench')", [tenant])
    connection.execute(
        "insert into users (id, tenant_id, email, password_hash, display_name) values (%s, %s, %s, '', 'Bench')",
        [user, tenant, f"{user}@sigmasight.example"],
    )
    connection.execute("insert into ai_kb_scopes (scope) values (%s)", [owner.knowledge_scope])


def write_passages(connection: psycopg.Connection, owner: Owner, real: RealPassages, places: range) -> None:
    """In one document. Indexes that are slow to add to are made anew."""
    source = uuid4()
    ids = [uuid4() for _ in places]
    vectors = real.vectors[places.start : places.stop]
    with _without_indexes(connection):
        connection.execute(
            "insert into ai_kb_sources (id, scope, key, title, media_type, body, content_hash, status, "
            "embedding_model) values (%s, %s, %s, 'Bench', 'text/plain', '', '', 'ready', %s)",
            [source, owner.knowledge_scope, str(source), BUNDLED.name],
        )
        texts = real.texts[places.start : places.stop]
        _copy_passages(connection, owner, source, zip(ids, texts, vectors, strict=True))
        _copy_questions(connection, owner, ids, vectors)
        _count(connection, owner)
    connection.commit()
    connection.autocommit = True
    connection.execute("vacuum analyze ai_kb_documents, ai_kb_questions, ai_kb_lexemes, ai_kb_scopes")
    connection.autocommit = False


@contextmanager
def _without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    made = connection.execute("select indexdef from pg_indexes where indexname = any (%s)", [SLOW_INDEXES]).fetchall()
    if len(made) != len(SLOW_INDEXES):
        raise LookupError(f"not all there: {SLOW_INDEXES}")
    for name in SLOW_INDEXES:
        connection.execute(f"drop index {name}")
    yield
    connection.execute(f"set local maintenance_work_mem = '{REBUILD_MEMORY}'")
    for (definition,) in made:
        connection.execute(definition)


def forget(connection: psycopg.Connection) -> None:
    connection.execute("truncate ai_kb_scopes cascade")


def _noisy(rng: np.random.Generator, vectors: Vectors, noise: float) -> Vectors:
    moved = vectors + rng.normal(0, noise / np.sqrt(vectors.shape[1]), vectors.shape).astype(np.float32)
    normalised: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return normalised


def _copy_passages(
    connection: psycopg.Connection, owner: Owner, source: UUID, passages: Iterable[tuple[UUID, Text, Vectors]]
) -> None:
    columns = (
        "id, source_id, scope, title, section, content, chunk_index, span_start, span_end, content_hash, "
        "embedding_model, embedding_dimension, is_served, embedding"
    )
    with connection.cursor() as cursor, cursor.copy(f"copy ai_kb_documents ({columns}) from stdin") as copy:
        for place, (chunk_id, text, vector) in enumerate(passages):
            said = (text.title, text.section, text.content)
            fixed = (place, 0, len(text.content), str(place), BUNDLED.name, BUNDLED.dimension, True)
            copy.write_row((chunk_id, source, owner.knowledge_scope, *said, *fixed, _written(vector)))


def _copy_questions(connection: psycopg.Connection, owner: Owner, ids: Sequence[UUID], vectors: Vectors) -> None:
    rng = np.random.default_rng(len(ids))
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
