"""Another assistant: the SDK's own client, with a token that a person has made for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from app.config import Settings
from app.db import Database, Scope
from app.schemas.assistant_token import AssistantTokenIn, AssistantTokenMade
from app.services import assistant_token

URL = "http://localhost/mcp"
# What a client says of the protocol: the handshake of before, and the one without
PROTOCOLS = ("legacy", "2026-07-28")
CALL_HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


async def token_for(database: Database, settings: Settings, scope: Scope) -> AssistantTokenMade:
    async with database.session(scope) as session:
        return await assistant_token.create(session, settings, scope, AssistantTokenIn(name="Desk", days=30))


@asynccontextmanager
async def http(app: FastAPI, token: str | None, **headers: str) -> AsyncIterator[httpx2.AsyncClient]:
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), headers=headers) as opened:
        yield opened


@asynccontextmanager
async def asking(app: FastAPI, token: str, protocol: str = PROTOCOLS[-1]) -> AsyncIterator[Client]:
    async with (
        http(app, token) as opened,
        Client(streamable_http_client(URL, http_client=opened), mode=protocol) as client,
    ):
        yield client


def call(name: str, arguments: dict[str, object] | None = None) -> dict[str, object]:
    """One call as it stands on the wire, for what the SDK's client would not send."""
    return {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": name, "arguments": arguments or {}},
    }
