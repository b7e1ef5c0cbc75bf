"""The knowledge base. A document is a `KnowledgeSource`; what is searched are its passages, `KnowledgeChunk`.

`scope` says who may read: `global` and `page:NAME` ship with the product, `tenant:ID` is a tenant's, `user:ID` one
person's. Owner columns are made from it, so that neither can say otherwise.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pgvector.sqlalchemy import VECTOR
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import BIT, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Timestamped


def _owner(kind: str) -> Computed:
    return Computed(f"case when scope like '{kind}:%' then substr(scope, {len(kind) + 2})::uuid end", persisted=True)


def _signs() -> Computed:
    """One bit for each number of the vector: whether it is above zero. Alike vectors differ in few of them."""
    return Computed("binary_quantize(embedding)", persisted=True)


class KnowledgeScope(Base):
    """One row for each scope that holds anything. Counted are passages and questions that are served."""

    __tablename__ = "ai_kb_scopes"
    __table_args__ = (
        CheckConstraint(
            "scope ~ '^(global|page:[a-z0-9_-]{1,80}|(tenant|user):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$'",
            name="scope",
        ),
    )

    scope: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), _owner("tenant"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), _owner("user"))
    chunk_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    question_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class KnowledgeSource(Timestamped, Base):
    """A document as it was given. `embedding_model` is that of the passages that are served; null before any is.

    `key` names it within its scope: the same key again replaces it. `version` counts the replacements, so that a job
    that worked on an older text puts nothing in its place. `questions` are those that it says it answers: objects with
    `text`, and `section` where it answers in one of its sections.
    """

    __tablename__ = "ai_kb_sources"
    __table_args__ = (
        UniqueConstraint("id", "scope"),
        UniqueConstraint("scope", "key", name="uq_ai_kb_sources_scope_key"),
        CheckConstraint("status in ('waiting', 'indexing', 'ready', 'failed')", name="status"),
        Index("ix_ai_kb_sources_scope", "scope", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    scope: Mapped[str] = mapped_column(ForeignKey("ai_kb_scopes.scope", ondelete="CASCADE"))
    tenant_id: Mapped[UUID | None] = mapped_column(_owner("tenant"))
    user_id: Mapped[UUID | None] = mapped_column(_owner("user"))
    key: Mapped[str]
    title: Mapped[str]
    media_type: Mapped[str]
    tags: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    body: Mapped[str] = mapped_column(Text)
    questions: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    content_hash: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    status: Mapped[str] = mapped_column(server_default="waiting")
    error: Mapped[dict[str, Any] | None]
    embedding_model: Mapped[str | None]
    chunk_count: Mapped[int] = mapped_column(server_default=text("0"))
    question_count: Mapped[int] = mapped_column(server_default=text("0"))
    chunks_to_embed: Mapped[int] = mapped_column(server_default=text("0"))
    chunks_embedded: Mapped[int] = mapped_column(server_default=text("0"))


class KnowledgeChunk(Base):
    """A passage. Until `is_served` no search finds it: a document's passages are exchanged all at once.

    `questions` are the served ones that it answers, for the search for words. Its expression indexes (one HNSW for each
    embedding model, one GIN for words under their scope) stand in migrations: neither can be told by a model.
    """

    __tablename__ = "ai_kb_documents"
    __table_args__ = (
        ForeignKeyConstraint(["source_id", "scope"], ["ai_kb_sources.id", "ai_kb_sources.scope"], ondelete="CASCADE"),
        UniqueConstraint("id", "scope"),
        CheckConstraint("vector_dims(embedding) = embedding_dimension", name="embedding_dimension"),
        Index("ix_ai_kb_documents_source_id", "source_id", "chunk_index"),
        Index(
            "ix_ai_kb_documents_scope",
            "scope",
            "embedding_model",
            postgresql_include=["id", "embedding_signs"],
            postgresql_where=text("is_served"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    source_id: Mapped[UUID]
    scope: Mapped[str]
    title: Mapped[str]
    section: Mapped[str] = mapped_column(server_default="")
    content: Mapped[str] = mapped_column(Text)
    questions: Mapped[str] = mapped_column(Text, server_default="", deferred=True)
    details: Mapped[dict[str, Any]] = mapped_column("metadata", server_default=text("'{}'"))
    chunk_index: Mapped[int]
    span_start: Mapped[int]
    span_end: Mapped[int]
    content_hash: Mapped[str]
    embedding_model: Mapped[str]
    embedding_dimension: Mapped[int]
    embedding: Mapped[Any] = mapped_column(VECTOR(), deferred=True)
    embedding_signs: Mapped[Any] = mapped_column(BIT(varying=True), _signs(), deferred=True)
    search: Mapped[Any | None] = mapped_column(
        TSVECTOR,
        Computed(
            "setweight(to_tsvector('english', title || ' ' || section), 'A') || "
            "setweight(to_tsvector('english', questions), 'B') || to_tsvector('english', content)",
            persisted=True,
        ),
        deferred=True,
    )
    is_served: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class KnowledgeQuestion(Base):
    """A question that a passage answers, with a vector of its own. It is searched for, and never shown as a passage.

    Served together with its passage. Its HNSW indexes stand in the migration.
    """

    __tablename__ = "ai_kb_questions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["chunk_id", "scope"], ["ai_kb_documents.id", "ai_kb_documents.scope"], ondelete="CASCADE"
        ),
        CheckConstraint("vector_dims(embedding) = embedding_dimension", name="embedding_dimension"),
        Index("ix_ai_kb_questions_chunk_id", "chunk_id"),
        Index(
            "ix_ai_kb_questions_scope",
            "scope",
            "embedding_model",
            postgresql_include=["id", "embedding_signs"],
            postgresql_where=text("is_served"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    chunk_id: Mapped[UUID]
    scope: Mapped[str]
    question: Mapped[str] = mapped_column(Text)
    embedding_model: Mapped[str]
    embedding_dimension: Mapped[int]
    embedding: Mapped[Any] = mapped_column(VECTOR(), deferred=True)
    embedding_signs: Mapped[Any] = mapped_column(BIT(varying=True), _signs(), deferred=True)
    is_served: Mapped[bool] = mapped_column(server_default=text("false"))


class KnowledgeLexeme(Base):
    """In how many served passages of a scope a word stands: rare words tell passages apart, common ones do not."""

    __tablename__ = "ai_kb_lexemes"

    scope: Mapped[str] = mapped_column(ForeignKey("ai_kb_scopes.scope", ondelete="CASCADE"), primary_key=True)
    lexeme: Mapped[str] = mapped_column(primary_key=True)
    chunk_count: Mapped[int] = mapped_column(BigInteger)
