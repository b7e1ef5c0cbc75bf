"""What people said is looked through for what is worth keeping, and memories get the vectors that they lack."""

from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy

from app.agent.embeddings import Embedder, EmbeddingFailed
from app.agent.limits import Limits
from app.agent.llm_client import LLMError
from app.agent.llm_offline import OfflineAnalyst
from app.agent.routing import Clients
from app.config import Settings
from app.db import Database, Scope
from app.services import memory_draft, memory_embedding

EVERY_MINUTE = "* * * * *"


class ListenAgain(Exception):
    """The provider may do better in a while."""


RETRY = RetryStrategy(max_attempts=3, exponential_wait=6, retry_exceptions={ListenAgain})

log = structlog.get_logger()


def register(app: App) -> None:
    app.task(name="remember_message", pass_context=True, retry=RETRY)(remember_message)
    task = app.task(name="embed_memories", queueing_lock="embed_memories", pass_context=True)(embed_memories)
    app.periodic(cron=EVERY_MINUTE)(task)


async def remember_message(context: JobContext, *, message_id: str, user_id: str, tenant_id: str) -> None:
    """Put in line with the end of the turn that answered the message (app/agent/run_ending.py)."""
    settings: Settings = context.additional_context["settings"]
    if not settings.memory_enabled:
        return
    scope = Scope(UUID(user_id), UUID(tenant_id))
    clients = Clients(settings, offline=OfflineAnalyst())
    try:
        outcomes = await memory_draft.listen(
            _database(context), clients, _embedder(context), scope, UUID(message_id), Limits.of(settings)
        )
    except (LLMError, TimeoutError) as error:
        is_lasting = isinstance(error, LLMError) and not error.retryable
        log.warning("message_not_remembered", message_id=message_id, cause=type(error).__name__)
        if not is_lasting:
            raise ListenAgain from error
        return
    finally:
        await clients.close()
    log.info("message_looked_through", message_id=message_id, outcomes=outcomes)


async def embed_memories(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue's own argument
    """Those written while the provider was down, and those that another model embedded."""
    try:
        embedded = await memory_embedding.embed_waiting(_database(context), _embedder(context))
    except EmbeddingFailed as error:
        log.warning("memories_not_embedded", code=error.code)
        return
    if embedded:
        log.info("memories_embedded", memories=embedded)


def _database(context: JobContext) -> Database:
    database: Database = context.additional_context["database"]
    return database


def _embedder(context: JobContext) -> Embedder:
    embedder: Embedder = context.additional_context["embedder"]
    return embedder
