"""A real PostgreSQL for every test, and no other network. Templates are made once; each test gets a copy of its own."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import hypothesis
import psycopg
import pytest
from fastapi import FastAPI

from app import migrations
from app.config import Settings
from app.db import Database
from app.embedded_postgres import EmbeddedPostgres
from app.main import create_app
from app.market_data.bundled import BundledMarketData
from app.models import User
from app.services import demo, market_data
from tests.builders import auth_headers, make_user

# With these in the environment a forgotten override would reach a paid service, were the network open
PROVIDER_VARIABLES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL")
# A server that is thrown away need not survive a power cut
CARELESS = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
# The same examples in every run; HYPOTHESIS_PROFILE=explore looks for new ones
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1_000)


def pytest_configure() -> None:
    hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
    for name in (*PROVIDER_VARIABLES, "DATABASE_URL", "MIGRATION_DATABASE_URL"):
        os.environ.pop(name, None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="sigmasight-test-"))
    server = EmbeddedPostgres(folder / "postgres", delete_on_stop=True)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        for name in CARELESS:
            connection.execute(f"alter system set {name} = off")
        connection.execute("select pg_reload_conf()")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_template(postgres: EmbeddedPostgres) -> str:
    name = "template_migrated"
    migrations.upgrade(postgres.ensure_database(name))
    return name


@pytest.fixture(scope="session")
async def market_template(postgres: EmbeddedPostgres) -> str:
    name = "template_market"
    url = postgres.ensure_database(name)
    migrations.upgrade(url)
    database = Database(url)
    async with database.session() as session:
        await market_data.load(session, BundledMarketData())
    await database.close()
    return name


@pytest.fixture(scope="session")
async def demo_template(postgres: EmbeddedPostgres) -> str:
    name = "template_demo"
    url = postgres.ensure_database(name)
    migrations.upgrade(url)
    database = Database(url)
    await demo.seed(database, Settings(_env_file=None, environment="test"))
    await database.close()
    return name


@pytest.fixture
def database_url(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[str]:
    """Empty, or with what the test's markers ask for (`market_data`, `demo`)."""
    template: str = request.getfixturevalue(_template_fixture(request.node))
    with postgres.copied_database(template) as url:
        yield url


def _template_fixture(node: pytest.Item) -> str:
    if node.get_closest_marker("demo") is not None:
        return "demo_template"
    return "market_template" if node.get_closest_marker("market_data") is not None else "migrated_template"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, pool_size=5)
    yield opened
    await opened.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(_env_file=None, environment="test", home=tmp_path, database_url=database_url, ai_provider="offline")


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    created = create_app(settings)
    async with created.router.lifespan_context(created):
        yield created


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody's client: `signed_in` is the same with a person's token."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as opened:
        yield opened


@pytest.fixture
async def user(database: Database) -> User:
    return await make_user(database)


@pytest.fixture
async def signed_in(app: FastAPI, user: User, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The client of the person in `user`."""
    transport = httpx.ASGITransport(app)
    headers = auth_headers(user, settings)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as opened:
        yield opened
