"""`/mcp`: streamable HTTP, one answer for each request and nothing kept between them, so that any replica answers.

An assistant comes with a token of its own (`app.services.assistant_token`), which is looked up with each request.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import urlsplit

from fastapi.security.utils import get_authorization_scheme_param
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from app.agent.embeddings import Embedder
from app.agent.tools.registry import Registry
from app.config import Settings
from app.db import Database
from app.errors import TooManyRequests, Unavailable
from app.mcp.calls import Caller, Calls
from app.mcp.server import RequestContext, assistant_server
from app.services import assistant_token
from app.services.attempt_limit import AttemptLimit

PATH = "/mcp"
# Twice what the longest arguments need
MAX_BODY_BYTES = 64 * 1024
MINUTE_SECONDS = 60.0
THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")


class TooManyCalls(TooManyRequests):
    code = "too_many_calls"
    detail = "That is more calls a minute than this server answers one person's assistants. Wait a moment."


class Door:
    """An ASGI application: who asks is checked here, what is asked is the SDK's to read."""

    def __init__(self, settings: Settings, registry: Registry) -> None:
        self._registry = registry
        self._security = allowed(settings.mcp_address)
        per_minute = settings.mcp_calls_per_minute
        self._limit = AttemptLimit(per_minute, MINUTE_SECONDS / per_minute, TooManyCalls)
        self._database: Database | None = None
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def opened(self, database: Database, embedder: Embedder) -> AsyncIterator[None]:
        manager = StreamableHTTPSessionManager(
            assistant_server(Calls(self._registry, database, embedder), _caller),
            json_response=True,
            stateless=True,
            security_settings=self._security,
            max_request_body_size=MAX_BODY_BYTES,
        )
        async with _running(manager):
            self._database, self._manager = database, manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._manager is None or self._database is None:
            raise Unavailable
        request = Request(scope)
        scheme, text = get_authorization_scheme_param(request.headers.get("Authorization"))
        owner = await assistant_token.owner(self._database, text if scheme.lower() == "bearer" else None)
        self._limit.check(str(owner.scope.user_id))
        request.state.caller = Caller(owner.scope, owner.token_id)
        await self._manager.handle_request(scope, receive, send)


def allowed(address: str) -> TransportSecuritySettings:
    """Names by which this server is asked: its address's and this machine's. A page of another site is refused."""
    parts = urlsplit(address)
    named = dict.fromkeys([*(f"{host}:*" for host in THIS_MACHINE), *THIS_MACHINE, parts.netloc])
    origins = [f"http://{host}" for host in named if host != parts.netloc]
    return TransportSecuritySettings(
        allowed_hosts=list(named), allowed_origins=[*origins, f"{parts.scheme}://{parts.netloc}"]
    )


def _caller(context: RequestContext) -> Caller:
    # Over HTTP there is always a request
    caller: Caller = cast(Request, context.request).state.caller
    return caller


@asynccontextmanager
async def _running(manager: StreamableHTTPSessionManager) -> AsyncIterator[None]:
    """In a task of its own: its task group must be left by the task that entered it, and a lifespan need not be."""
    started, leaving = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        try:
            async with manager.run():
                started.set()
                await leaving.wait()
        finally:
            started.set()

    running = asyncio.create_task(run())
    await started.wait()
    try:
        yield
    finally:
        leaving.set()
        await running
