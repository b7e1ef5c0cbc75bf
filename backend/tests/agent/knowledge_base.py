"""Documents of the knowledge base for tests, indexed as a job would."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import numpy as np

from app.agent.embeddings import Embedded, Embedder
from app.agent.price_table import Price
from app.db import Database, Scope
from app.models import KnowledgeSource
from app.models.embedding_model import BUNDLED, EmbeddingModel
from app.repositories import knowledge as knowledge_repository
from app.services import knowledge_indexing


class WordEmbedder:
    """Deterministic and instant: texts with words in common lie near each other. Counts what it was given."""

    model: ClassVar[EmbeddingModel] = BUNDLED

    def __init__(self) -> None:
        self.embedded: list[str] = []
        self.fail_after: int | None = None
        self.failure: Exception = RuntimeError("the provider is down")

    async def embed_documents(self, texts: Sequence[str]) -> Embedded:
        if self.fail_after is not None and len(self.embedded) + len(texts) > self.fail_after:
            raise self.failure
        self.embedded += texts
        return Embedded(vectors=np.stack([self._vector(text) for text in texts]), tokens=0)

    async def embed_query(self, text: str) -> Embedded:
        return Embedded(vectors=self._vector(text)[None, :], tokens=0)

    async def close(self) -> None: ...

    def _vector(self, text: str) -> np.ndarray:
        vector = np.full(self.model.dimension, 1e-3, dtype=np.float32)
        for word in text.lower().split():
            vector[int(hashlib.sha256(word.strip(".,?").encode()).hexdigest(), 16) % self.model.dimension] += 1
        return vector / np.linalg.norm(vector)


class PayingEmbedder(WordEmbedder):
    """A provider that counts one token for a text."""

    price: Price | None = Price(Decimal(2), Decimal(2), Decimal(2), Decimal(0), "test")

    async def embed_documents(self, texts: Sequence[str]) -> Embedded:
        return replace(await super().embed_documents(texts), tokens=len(texts), price=self.price)


async def make_document(
    database: Database,
    scope: Scope | None,
    body: str,
    *,
    knowledge_scope: str,
    title: str = "A document",
    **columns: object,
) -> KnowledgeSource:
    source = KnowledgeSource(
        scope=knowledge_scope,
        key=str(columns.pop("key", title)),
        title=title,
        media_type="text/markdown",
        body=body,
        content_hash=hashlib.sha256(body.encode()).hexdigest(),
        **columns,
    )
    async with database.session(scope) as session:
        await knowledge_repository.add(session, source)
    return source


async def index_document(
    database: Database,
    embedder: Embedder,
    scope: Scope | None,
    body: str,
    *,
    knowledge_scope: str,
    title: str = "A document",
    questions: Sequence[str] = (),
) -> UUID:
    source = await make_document(
        database,
        scope,
        body,
        knowledge_scope=knowledge_scope,
        title=title,
        questions=[{"text": question, "section": None} for question in questions],
    )
    await knowledge_indexing.index(database, embedder, scope, source.id)
    return source.id
