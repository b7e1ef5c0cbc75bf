"""Readers of streams that cost next to nothing: bytes of a socket, searched for the events that matter."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks._server import HOST, Client, RequestFailed

_FIRST = b"event: message"
_ENDINGS = (b"event: done", b"event: error")
# A turn that takes longer than this is counted as not answered
TURN_SECONDS = 120.0


@dataclass(frozen=True)
class Reading:
    """Milliseconds since the question was sent."""

    first_word: float
    whole: float


@dataclass(frozen=True)
class Question:
    conversation_id: str
    text: str


async def ask(port: int, bearer: str, question: Question) -> Reading:
    """One turn, read to its end. Raises `RequestFailed` where it does not end in `done`."""
    began = time.perf_counter()
    reader, writer = await opened(port, bearer, question)
    try:
        async with asyncio.timeout(TURN_SECONDS):
            first_word, seen = await _until(reader, (_FIRST, *_ENDINGS), b"", began)
            whole, seen = await _until(reader, _ENDINGS, seen, began)
    finally:
        writer.close()
    if _ENDINGS[0] not in seen:
        raise RequestFailed(seen[-500:].decode())
    return Reading(first_word, whole)


async def opened(port: int, bearer: str, question: Question) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The stream of an answer that has not been read yet."""
    reader, writer = await asyncio.open_connection(HOST, port)
    body = json.dumps({"conversation_id": question.conversation_id, "text": question.text}).encode()
    head = (
        f"POST /api/v1/chat/send HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {bearer}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    return reader, writer


async def until_spoken(reader: asyncio.StreamReader) -> None:
    """Returns with the first word of the answer."""
    await _until(reader, (_FIRST, *_ENDINGS), b"", 0.0)


async def _until(
    reader: asyncio.StreamReader, marks: Sequence[bytes], seen: bytes, began: float
) -> tuple[float, bytes]:
    """When one of the marks had come, and what had been read by then."""
    while not any(mark in seen for mark in marks):
        more = await reader.read(1 << 16)
        if not more:
            raise RequestFailed(seen[-500:].decode())
        seen += more
    return (time.perf_counter() - began) * 1000, seen


async def ask_all(client: Client, questions: Sequence[Question], at_once: int) -> list[Reading]:
    """All questions, `at_once` of them at any time. Every one is answered, or this fails."""
    waiting = iter(questions)

    async def ask_on() -> list[Reading]:
        return [await ask(client.port, client.bearer, question) for question in waiting]

    found = await asyncio.gather(*(ask_on() for _ in range(at_once)))
    return [reading for readings in found for reading in readings]
