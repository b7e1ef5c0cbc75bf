"""Indexing the knowledge base. A document that is waiting is found by itself, should nobody have put it in line."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued

from app.agent.embeddings import Embedder, EmbeddingFailed, EmbeddingUnavailable
from app.db import Database, Scope
from app.repositories import knowledge as knowledge_repository
from app.services import knowledge_indexing, shipped_knowledge
from app.services.knowledge_indexing import DocumentNotFound

EVERY_MINUTE = "* * * * *"
# A provider that is overloaded is asked again, further and further apart; after that, by the minute
RETRY = RetryStrategy(max_attempts=5, exponential_wait=3, retry_exceptions={EmbeddingUnavailable})

log = structlog.get_logger()


def register(app: App) -> None:
    app.task(name="index_document", pass_context=True, retry=RETRY)(index_document)
    for task in (index_waiting, store_shipped):
        app.task(name=task.__name__, queueing_lock=task.__name__, pass_context=True)(task)
    app.periodic(cron=EVERY_MINUTE)(app.tasks[index_waiting.__name__])


async def store_shipped(context: JobContext, timestamp: int) -> None:
    """What ships with this version; the rest is left to `index_waiting`."""
    await shipped_knowledge.store(_database(context))
    await index_waiting(context, timestamp)


async def index_waiting(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue's own argument
    """Put in line what nobody did: what was committed just before a process died, and what another model embedded."""
    async with _database(context).session() as session:
        waiting = await knowledge_repository.list_to_index(session, _embedder(context).model)
    await defer(context.app, waiting)


async def defer(app: App, documents: Sequence[tuple[UUID, Scope | None]]) -> None:
    for source_id, scope in documents:
        task = app.configure_task("index_document", queueing_lock=f"index_document:{source_id}")
        with suppress(AlreadyEnqueued):
            await task.defer_async(
                source_id=str(source_id),
                user_id=str(scope.user_id) if scope else None,
                tenant_id=str(scope.tenant_id) if scope else None,
            )


async def index_document(context: JobContext, *, source_id: str, user_id: str | None, tenant_id: str | None) -> None:
    scope = Scope(UUID(user_id), UUID(tenant_id)) if user_id and tenant_id else None
    database = _database(context)
    try:
        done = await knowledge_indexing.index(database, _embedder(context), scope, UUID(source_id))
    except DocumentNotFound:
        log.info("indexing_skipped", document_id=source_id, reason="deleted since")
        return
    except EmbeddingFailed as error:
        await knowledge_indexing.note_failure(database, scope, UUID(source_id), error)
        log.warning("document_not_indexed", document_id=source_id, code=error.code)
        if isinstance(error, EmbeddingUnavailable):
            raise
        return
    log.info("document_indexed", document_id=source_id, passages=done.passages, embedded=done.embedded)


def _database(context: JobContext) -> Database:
    database: Database = context.additional_context["database"]
    return database


def _embedder(context: JobContext) -> Embedder:
    embedder: Embedder = context.additional_context["embedder"]
    return embedder
