"""Readers that do not keep up with a turn."""

import asyncio
import socket

from tests.agent.scripted import FakeToolBox, ScriptedClient, answer
from tests.api.chat_fixtures import Chat, OpenChat

READERS = 50
# More than the buffers of a socket with a small window take
LONG_ANSWER = answer(*(f"{number} {'x' * 2_000}" for number in range(150)))


async def test_readers_who_take_nothing_hold_up_nobody(open_chat: OpenChat) -> None:
    """FAULTS row 30. What they have not taken waits once, in the list that all readers of the turn share."""
    gate = asyncio.Event()
    async with open_chat(ScriptedClient([gate, *LONG_ANSWER], answer("Second.")), FakeToolBox()) as chat:
        reading = asyncio.create_task(chat.ask("Well?"))
        run_id = await chat.until_running()
        slow = [await asyncio.to_thread(opened, chat, run_id) for _ in range(READERS)]
        gate.set()
        first = await reading
        second = await chat.ask("And now?")
        still_running = len(chat.app.state.runs._live)
        for reader in slow:
            reader.close()

    assert (first.events[-1].type, first.text.count("x")) == ("done", 150 * 2_000)
    assert second.text == "Second."
    assert still_running == 0


def opened(chat: Chat, run_id: str) -> socket.socket:
    """A request for the turn's events of which nothing is read."""
    address = chat.http.base_url
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    reader.connect((address.host, address.port))
    request = (
        f"GET /api/v1/chat/runs/{run_id}/events HTTP/1.1\r\nHost: {address.host}\r\n"
        f"Authorization: {chat.http.headers['Authorization']}\r\n\r\n"
    )
    reader.sendall(request.encode())
    return reader
