from collections.abc import AsyncIterator

import pytest

from app.db import Database
from app.embedded_postgres import EmbeddedPostgres
from app.repositories import portfolio as portfolio_repository
from app.services import demo
from tests.agent.demo_turn import BALANCED, Conversation, Page


@pytest.fixture(scope="session")
async def demo_world(postgres: EmbeddedPostgres, demo_template: str) -> AsyncIterator[Database]:
    """The demo's data, shared by tests that only read."""
    with postgres.copied_database(demo_template) as url:
        database = Database(url, pool_size=5)
        yield database
        await database.close()


@pytest.fixture(scope="session")
async def demo_pages(demo_world: Database) -> dict[str, Page]:
    """The demo user's portfolios by name."""
    async with demo_world.session(demo.DEMO.scope) as session:
        rows = await portfolio_repository.list_all(session)
    return {row.name: Page(row.id, row.name) for row in rows}


@pytest.fixture
def on_page(demo_world: Database, demo_pages: dict[str, Page]) -> Conversation:
    """A conversation on the page of a portfolio."""
    return Conversation(demo_world, demo.DEMO.scope, demo_pages[BALANCED])


@pytest.fixture
def nowhere(demo_world: Database) -> Conversation:
    """A conversation on no portfolio's page, of a person with several."""
    return Conversation(demo_world, demo.DEMO.scope, None)
