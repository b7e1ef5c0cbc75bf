"""The demo portfolios behind an API whose model a test chooses."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.agent.llm_offline import OfflineAnalyst
from app.config import Settings
from app.db import Database
from app.main import create_app
from app.schemas.page import PageQuery
from app.services import demo
from app.services import portfolio as portfolio_service
from tests.api.insights.asking import OneClient, client_of


@pytest.fixture
def clients() -> OneClient:
    return OneClient(OfflineAnalyst())


@pytest.fixture
async def app(settings: Settings, clients: OneClient) -> AsyncIterator[FastAPI]:
    created = create_app(settings, clients=clients)
    async with created.router.lifespan_context(created):
        yield created


@pytest.fixture
async def demo_user(app: FastAPI, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(demo.DEMO, app, settings) as opened:
        yield opened


@pytest.fixture
async def portfolios(database: Database) -> dict[str, str]:
    found: dict[str, str] = {}
    for account in (demo.DEMO, demo.OTHER):
        async with database.session(account.scope) as session:
            page = await portfolio_service.list_page(session, PageQuery())
        found |= {item.name: str(item.id) for item in page.items}
    return found
