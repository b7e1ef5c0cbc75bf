from typing import Any

import pytest

from app.agent.embeddings import DimensionMismatch, EmbeddingUnavailable
from app.config import Settings
from app.db import Database
from app.jobs import app as job_app
from app.models import KnowledgeSource, User
from app.models.embedding_model import OPENAI_SMALL
from app.repositories import knowledge as knowledge_repository
from app.services import shipped_knowledge
from tests.agent.knowledge_base import WordEmbedder, make_document
from tests.builders import make_user, scope_of
from tests.jobs.test_tasks import defer


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> WordEmbedder:
    """The worker's, in the place of the configured one."""
    made = WordEmbedder()
    monkeypatch.setattr(job_app, "open_embedder", lambda _settings: made)
    return made


async def work(settings: Settings) -> None:
    # The worker stops when it has nothing to take, which may be before the first job has put others in line
    await job_app.work(settings, until_idle=True)
    await job_app.work(settings, until_idle=True)


async def reread(database: Database, user: User | None, source: KnowledgeSource) -> KnowledgeSource:
    async with database.session(scope_of(user) if user else None) as session:
        found = await knowledge_repository.find(session, source.id)
    assert found is not None
    return found


async def test_what_nobody_put_in_line_is_found_and_indexed(
    settings: Settings, database: Database, embedder: WordEmbedder
) -> None:
    ada, eve = await make_user(database), await make_user(database)
    given: list[tuple[User | None, str]] = [(ada, f"user:{ada.id}"), (eve, f"tenant:{eve.tenant_id}"), (None, "global")]
    sources = [
        await make_document(database, scope_of(owner) if owner else None, "Text.", knowledge_scope=scope)
        for owner, scope in given
    ]

    await defer(settings, "index_waiting")
    await work(settings)

    for (owner, _), source in zip(given, sources, strict=True):
        found = await reread(database, owner, source)
        assert (found.status, found.chunk_count) == ("ready", 1)


async def test_another_model_embeds_everything_again(
    settings: Settings, database: Database, user: User, embedder: WordEmbedder
) -> None:
    source = await make_document(database, scope_of(user), "Text.", knowledge_scope=f"user:{user.id}")
    await defer(settings, "index_waiting")
    await work(settings)

    monkey: Any = embedder
    monkey.model = OPENAI_SMALL
    await defer(settings, "index_waiting")
    await work(settings)

    found = await reread(database, user, source)
    assert (found.status, found.embedding_model, found.chunk_count) == ("ready", "text-embedding-3-small", 1)
    assert len(embedder.embedded) == 2


async def test_a_provider_that_is_down_leaves_word_and_the_job_waiting(
    settings: Settings, database: Database, user: User, embedder: WordEmbedder
) -> None:
    embedder.fail_after, embedder.failure = 0, EmbeddingUnavailable()
    source = await make_document(database, scope_of(user), "Text.", knowledge_scope=f"user:{user.id}")

    await job_app.defer_indexing(settings.database_url, [(source.id, scope_of(user))])
    await work(settings)
    found = await reread(database, user, source)
    assert found.status == "indexing"
    assert found.error == {"code": "embedding_unavailable", "message": EmbeddingUnavailable.detail}

    embedder.fail_after = None
    await defer(settings, "index_waiting")
    async with database.session() as session:
        assert [waiting[0] for waiting in await knowledge_repository.list_to_index(session, embedder.model)] == [
            source.id
        ]


async def test_what_will_not_go_better_is_said_and_not_tried_again(
    settings: Settings, database: Database, user: User, embedder: WordEmbedder
) -> None:
    embedder.fail_after, embedder.failure = 0, DimensionMismatch(OPENAI_SMALL, 768)
    source = await make_document(database, scope_of(user), "Text.", knowledge_scope=f"user:{user.id}")

    await job_app.defer_indexing(settings.database_url, [(source.id, scope_of(user))])
    await work(settings)

    found = await reread(database, user, source)
    assert found.status == "failed"
    assert found.error is not None
    assert found.error["code"] == "embedding_dimension_mismatch"
    async with database.session() as session:
        assert await knowledge_repository.list_to_index(session, embedder.model) == []


async def test_what_ships_is_stored_once_and_replaced_where_it_changed(database: Database, user: User) -> None:
    await shipped_knowledge.store(database)
    async with database.session(scope_of(user)) as session:
        first = {source.key: source for source in await knowledge_repository.list_shipped(session)}
    async with database.session() as session:
        for key in ("beta", "volatility"):
            changed = await knowledge_repository.lock(session, first[key].id)
            assert changed is not None
            changed.status = "ready"
            if key == "beta":
                changed.body, changed.content_hash = "An older text.", "older"
    await make_document(database, None, "No longer shipped.", knowledge_scope="global", title="gone")

    await shipped_knowledge.store(database)

    async with database.session(scope_of(user)) as session:
        second = {source.key: source for source in await knowledge_repository.list_shipped(session)}
    assert second.keys() == first.keys()
    assert (second["beta"].version, second["beta"].status) == (2, "waiting")
    assert (second["volatility"].version, second["volatility"].status) == (1, "ready")
    assert second["tool_reference"].body.startswith("## list_portfolios")
