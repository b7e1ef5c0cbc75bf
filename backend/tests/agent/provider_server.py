"""A provider on a loopback port that answers each request with the next of its recorded replies, byte for byte."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

# Sends what was written before and keeps the connection open without a word
STALL = b"\x00stall"
# The same in place of a status line
NO_HEADERS = 0


@dataclass(frozen=True)
class Reply:
    status: int = 200
    chunks: Sequence[bytes] = ()
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Provider:
    url: str
    replies: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    closed_by_client: int = 0


def stream(*events: dict[str, Any]) -> Reply:
    return Reply(chunks=[sse(event) for event in events])


def failing(status: int, error: dict[str, Any], **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, [json.dumps({"error": error}).encode()], {"content-type": "application/json", **named})


def sse(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


@asynccontextmanager
async def provider(*replies: Reply) -> AsyncIterator[Provider]:
    found = Provider(url="", replies=list(replies))
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            found.requests.append(await _request(reader))
            await _send(found.replies.pop(0), reader, writer, found)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield found
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()


async def _request(reader: asyncio.StreamReader) -> dict[str, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = next(int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length"))
    body: dict[str, Any] = json.loads(await reader.readexactly(length))
    return body


async def _send(reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, found: Provider) -> None:
    headers = {"content-type": "text/event-stream", "connection": "close", **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    if reply.status != NO_HEADERS:
        writer.write("\r\n".join([*lines, "", ""]).encode())
    for chunk in reply.chunks:
        if chunk == STALL:
            # What the client had not read makes its end of the connection a reset
            with suppress(ConnectionResetError):
                await reader.read()
            found.closed_by_client += 1
            return
        writer.write(chunk)
        await writer.drain()
        await asyncio.sleep(0)
