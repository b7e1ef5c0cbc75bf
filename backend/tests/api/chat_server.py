"""The API on a loopback port, and a reader of its streams: httpx's in-process transport would buffer them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from app.server import Server, configured


@dataclass(frozen=True)
class Received:
    """One server-sent event."""

    type: str
    id: int
    data: dict[str, Any]


@dataclass
class Reading:
    """What was read of one stream."""

    status: int
    headers: httpx.Headers
    events: list[Received] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    @property
    def text(self) -> str:
        return "".join(event.data["delta"] for event in self.events if event.type == "message")

    @property
    def run_id(self) -> str:
        return str(self.events[0].data["run_id"])


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    # Where a test takes its time, the server must not close a connection that is about to be used again
    options = {"lifespan": "on", "timeout_keep_alive": 600}
    server = Server(app, configured(app, host="127.0.0.1", port=0, log_config=None, **options))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def events(response: httpx.Response) -> AsyncIterator[Received]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Received(fields["event"], int(fields["id"]), json.loads(fields["data"]))
            fields = {}


async def read(
    client: httpx.AsyncClient, method: str, url: str, *, leave_after: int | None = None, **request: Any
) -> Reading:
    """The whole stream, or its first events; leaving closes the connection."""
    async with client.stream(method, url, **request) as response:
        reading = Reading(response.status_code, response.headers)
        if response.status_code != 200:
            await response.aread()
            reading.events.append(Received("refused", 0, response.json()))
            return reading
        async for event in events(response):
            reading.events.append(event)
            if len(reading.events) == leave_after:
                break
        return reading
