"""Vectors for memories that have none, or one of another model."""

from collections import defaultdict
from uuid import UUID

from app.agent import embedding_ledger
from app.agent.embeddings import Embedder
from app.db import Database, Scope
from app.repositories import memory as memory_repository
from app.repositories.memory import Embedding

# Of one call to a provider
BATCH = 50


async def embed_waiting(database: Database, embedder: Embedder) -> int:
    """How many got one. Raises `EmbeddingFailed`; what was embedded until then is stored."""
    async with database.session() as session:
        waiting = await memory_repository.list_to_embed(session, embedder.model)
    by_owner: dict[Scope | None, list[UUID]] = defaultdict(list)
    for memory_id, scope in waiting:
        by_owner[scope].append(memory_id)
    done = 0
    for scope, memory_ids in by_owner.items():
        for first in range(0, len(memory_ids), BATCH):
            done += await _embed(database, embedder, scope, memory_ids[first : first + BATCH])
    return done


async def _embed(database: Database, embedder: Embedder, scope: Scope | None, memory_ids: list[UUID]) -> int:
    async with database.session(scope) as session:
        memories = await memory_repository.list_by_id(session, memory_ids)
    if not memories:
        return 0
    contents = {memory.id: memory.content for memory in memories}
    embedded = await embedder.embed_documents(list(contents.values()))
    async with database.session(scope) as session:
        await embedding_ledger.record(session, scope, embedder.model, embedded.paid)
        for (memory_id, content), vector in zip(contents.items(), embedded.vectors, strict=True):
            # Who changed it meanwhile has embedded the new words as well
            await memory_repository.set_embedding(session, memory_id, content, Embedding(embedder.model, vector))
    return len(contents)
