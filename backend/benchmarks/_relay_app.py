"""The floor of a chat turn: a bare endpoint that relays the same stream through the same SDK. It keeps nothing.

A question with tools takes two calls of the model here as well; the tools themselves cost nothing.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import aclosing

from openai import AsyncOpenAI, DefaultAioHttpClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from benchmarks._provider import MODEL, WITH_TOOLS

# Which transport the SDK uses: its default, or aiohttp
TRANSPORT_VARIABLE = "SIGMASIGHT_BENCH_TRANSPORT"
_OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "{}"}


def create_app() -> Starlette:
    transport = DefaultAioHttpClient() if os.environ.get(TRANSPORT_VARIABLE) == "aiohttp" else None
    client = AsyncOpenAI(api_key="none", base_url=os.environ["OPENAI_BASE_URL"], max_retries=0, http_client=transport)

    async def relay(request: Request) -> StreamingResponse:
        question = (await request.json())["text"]
        return StreamingResponse(_events(client, question), media_type="text/event-stream")

    return Starlette(routes=[Route("/api/v1/chat/send", relay, methods=["POST"])])


async def _events(client: AsyncOpenAI, question: str) -> AsyncIterator[str]:
    said = {"role": "user", "content": question}
    if WITH_TOOLS in question:
        async for _ in _deltas(client, [said]):
            pass
        deltas = _deltas(client, [said, _OUTPUT])
    else:
        deltas = _deltas(client, [said])
    number = 0
    async with aclosing(deltas):
        async for delta in deltas:
            number += 1
            yield f"event: message\nid: {number}\ndata: {json.dumps({'delta': delta})}\n\n"
    yield f"event: done\nid: {number + 1}\ndata: {{}}\n\n"


async def _deltas(client: AsyncOpenAI, said: list[dict[str, str]]) -> AsyncIterator[str]:
    stream = await client.responses.create(model=MODEL, input=said, stream=True, store=False)  # type: ignore[call-overload]
    async for event in stream:
        if event.type == "response.output_text.delta":
            yield event.delta
