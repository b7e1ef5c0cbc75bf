"""Readers that do not keep up with a turn."""

import asyncio
import socket
from contextlib import suppress

import pytest

from app import server
from tests.agent.scripted import FakeToolBox, ScriptedClient, answer
from tests.api.chat_fixtures import Chat, OpenChat

READERS = 50
# More than the buffers of a socket with a small window take
LONG_ANSWER = answer(*(f"{number} {'x' * 2_000}" for number in range(150)))

SHORT_SECONDS = 0.1
# Several megabytes, which no socket's buffers take
MORE_THAN_A_SOCKET_HOLDS = answer(*("x" * 200_000 for _ in range(30)))


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


# Either of those who watch over it is enough: ours of what waits here, the system's of what it holds itself
@pytest.mark.parametrize("without", ["_let_the_system_give_up", "LimitedPatience._give_up"])
async def test_a_reader_who_takes_nothing_is_let_go_and_comes_back_for_the_rest(
    open_chat: OpenChat, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    gate = asyncio.Event()
    async with open_chat(ScriptedClient([gate, *MORE_THAN_A_SOCKET_HOLDS]), FakeToolBox()) as chat:
        reading = asyncio.create_task(chat.ask("Well?"))
        run_id = await chat.until_running()
        with monkeypatch.context() as patch:
            patch.setattr(f"app.server.{without}", lambda _: None)
            let_go = told_of_leaving(patch)
            slow = await asyncio.to_thread(opened, chat, run_id)
            gate.set()
            async with asyncio.timeout(60):
                await let_go.wait()
        seen = events_in(slow)
        whole = await reading
        rest = await chat.resume(run_id, after=seen)

    assert whole.events[-1].type == "done"
    assert 0 < seen < len(whole.events)
    assert [event.id for event in rest.events] == [event.id for event in whole.events[seen:]]


def told_of_leaving(patch: pytest.MonkeyPatch) -> asyncio.Event:
    """Of a connection that is made from now on: the server has no patience with it, and is rid of it."""
    let_go, lost = asyncio.Event(), server.LimitedPatience.connection_lost

    def noted(connection: server.LimitedPatience, error: Exception | None) -> None:
        lost(connection, error)
        if connection._patience_seconds == SHORT_SECONDS:
            let_go.set()

    patch.setattr(server, "READER_SECONDS", SHORT_SECONDS)
    patch.setattr(server.LimitedPatience, "connection_lost", noted)
    return let_go


def events_in(reader: socket.socket) -> int:
    """How many whole ones had come."""
    reader.setblocking(False)
    came = b""
    with suppress(BlockingIOError, ConnectionResetError):
        while more := reader.recv(65_536):
            came += more
    reader.close()
    return came[: came.rfind(b"\n\n")].count(b"id: ")


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
