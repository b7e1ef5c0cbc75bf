"""create_app(): the one place where everything is wired."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app import logging
from app.agent.embedding_choice import open_embedder
from app.agent.embeddings import Embedder
from app.agent.limits import Limits
from app.agent.llm_client import ClientSource
from app.agent.llm_offline import OfflineAnalyst
from app.agent.routing import Clients
from app.agent.runs import Runs
from app.agent.tools.catalogue import standard_registry
from app.agent.turn_tools import ToolBox
from app.api import body_limit, collisions, errors, openapi, sse
from app.api.request_id import RequestId
from app.api.v1 import router
from app.config import Settings, get_settings
from app.db import REQUEST_STATEMENT_SECONDS, Database
from app.insights.writers import Writers
from app.mcp import http as assistants
from app.services.sign_in_limit import SignInLimit


def create_app(
    settings: Settings | None = None,
    *,
    clients: ClientSource | None = None,
    toolbox: ToolBox | None = None,
    embedder: Embedder | None = None,
) -> FastAPI:
    """`clients`, `toolbox` and `embedder` stand in for the configured models and the product's tools."""
    settings = settings or get_settings()
    logging.configure(settings)
    app = FastAPI(
        title="SigmaSight",
        version="0.1.0",
        description="Portfolio risk and an AI analyst that shows where its figures come from.",
        lifespan=_lifespan,
    )
    app.state.settings = settings
    # Built here, so that settings which describe no provider end the start and not the first question
    app.state.clients = clients or Clients(settings, offline=OfflineAnalyst())
    app.state.toolbox = toolbox or standard_registry()
    app.state.embedder = embedder or open_embedder(settings)
    app.state.sign_in_limit = SignInLimit()
    app.add_middleware(collisions.TriedAgain)
    # Around it: what it reads once more has been counted
    app.add_middleware(body_limit.LimitedBodies)
    app.add_middleware(sse.ReaderMayLeave)
    app.add_middleware(RequestId)
    # The outermost: all others see who asks, and not the web server in between
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=[str(network) for network in settings.trusted_proxies])
    errors.install(app)
    app.include_router(router)
    app.state.assistants = assistants.Door(settings, standard_registry()) if settings.mcp_enabled else None
    if app.state.assistants is not None:
        # A reader who waits for news of a tool list that never changes has no stream here: only questions are answered
        app.router.add_route(assistants.PATH, app.state.assistants, methods=["POST"])
    openapi.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    app.state.database = Database(
        settings.database_url, pool_size=settings.database_pool_size, statement_seconds=REQUEST_STATEMENT_SECONDS
    )
    try:
        async with _runs(app), _assistants(app):
            yield
    finally:
        await app.state.database.close()


@asynccontextmanager
async def _assistants(app: FastAPI) -> AsyncIterator[None]:
    door: assistants.Door | None = app.state.assistants
    if door is None:
        yield
        return
    async with door.opened(app.state.database, app.state.embedder):
        yield


@asynccontextmanager
async def _runs(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    settings: Settings = state.settings
    state.runs = Runs(
        state.database,
        state.clients,
        state.toolbox,
        Limits.of(settings),
        embedder=state.embedder,
        grounding_mode=settings.grounding,
        remembers=settings.memory_enabled,
    )
    await app.state.runs.open()
    app.state.writers = Writers()
    try:
        yield
    finally:
        await app.state.writers.close()
        await app.state.runs.close()
        await app.state.clients.close()
        await app.state.embedder.close()
