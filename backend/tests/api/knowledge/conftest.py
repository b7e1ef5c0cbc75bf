"""The knowledge endpoints over an application, and a worker, that embed by words."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from app.config import Settings
from app.jobs import app as job_app
from app.main import create_app
from tests.agent.knowledge_base import WordEmbedder


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> WordEmbedder:
    made = WordEmbedder()
    monkeypatch.setattr(job_app, "open_embedder", lambda _settings: made)
    return made


@pytest.fixture
async def app(settings: Settings, embedder: WordEmbedder) -> AsyncIterator[FastAPI]:
    created = create_app(settings, embedder=embedder)
    async with created.router.lifespan_context(created):
        yield created
