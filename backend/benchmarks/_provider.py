"""A stand-in for a provider that speaks the Responses wire, in a process of its own.

What it answers is decided by words of the question: `WITH_TOOLS` asks for two tools first, `FOREVER` says one word and
falls silent; everything else is 200 deltas, as fast as they are taken. `GET /spent` tells the milliseconds that its
answers took, since it was last asked.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any

HOST = "127.0.0.1"
DELTAS = 200
WITH_TOOLS = "with two tools"
FOREVER = "for ever"
MODEL = "stand-in"
TOOLS = ({"name": "get_volatility", "call_id": "c1"}, {"name": "get_concentration", "call_id": "c2"})

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_END = b"0\r\n\r\n"


def _chunk(event: dict[str, Any], number: int) -> bytes:
    """One server-sent event in one piece of the body, with the fields that the API sends."""
    data = json.dumps({**event, "sequence_number": number})
    sent = f"event: {event['type']}\ndata: {data}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(sent), sent)


def _numbered(*events: dict[str, Any]) -> list[bytes]:
    return [_chunk(event, number) for number, event in enumerate(events)]


def _response(status: str, **others: Any) -> dict[str, Any]:
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "status": status, "model": MODEL, "output": [],
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], **others,
    }  # fmt: skip


def _delta(number: int) -> dict[str, Any]:
    return {
        "type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0,
        "delta": f"word{number:03} ", "logprobs": [],
    }  # fmt: skip


_USAGE = {
    "input_tokens": 100, "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": DELTAS, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 100 + DELTAS,
}  # fmt: skip
_CREATED = {"type": "response.created", "response": _response("in_progress")}
_COMPLETED = {"type": "response.completed", "response": _response("completed", usage=_USAGE)}
_TEXT = _numbered(_CREATED, *(_delta(number) for number in range(DELTAS)), _COMPLETED)
_ONE_WORD = _TEXT[:2]
_CALLS = _numbered(
    _CREATED,
    *(
        {"type": "response.output_item.done", "output_index": place, "item": _call}
        for place, _call in enumerate(
            {"type": "function_call", "id": f"fc_{tool['call_id']}", "arguments": "{}", "status": "completed", **tool}
            for tool in TOOLS
        )
    ),
    _COMPLETED,
)


@dataclass
class StandIn:
    spent: list[float] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The requests of one connection, one after the other."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = await reader.readexactly(_length(head))
                if head.startswith(b"GET"):
                    self._tell(writer)
                else:
                    await self._answer(body, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            pass
        finally:
            writer.close()

    async def _answer(self, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        began = time.perf_counter()
        writer.write(_HEAD)
        if FOREVER.encode() in body:
            writer.writelines(_ONE_WORD)
            await reader.read()
            return
        for chunk in _CALLS if _wants_tools(body) else _TEXT:
            writer.write(chunk)
            await writer.drain()
            # Each word is a packet of its own, as a model's are
            await asyncio.sleep(0)
        writer.write(_END)
        await writer.drain()
        self.spent.append((time.perf_counter() - began) * 1000)

    def _tell(self, writer: asyncio.StreamWriter) -> None:
        told = json.dumps(self.spent).encode()
        self.spent.clear()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told))


def _wants_tools(body: bytes) -> bool:
    return WITH_TOOLS.encode() in body and b'"function_call_output"' not in body


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length")), 0)


async def main(port: int) -> None:
    server = await asyncio.start_server(StandIn().serve, HOST, port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1])))
