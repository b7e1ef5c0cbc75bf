"""The web server: it ends the turns of this process when it is told to go, and lets readers go who take nothing.

Left to itself it would wait for open streams, and a stream waits for its turn; and it would keep what a reader does not
take for as long as the reader likes.
"""

import asyncio
import socket
import sys
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.config import Settings

log = structlog.get_logger()

# Streams are given this long to end with their turns, of which there may be hundreds; a reader whose stream is cut then
# goes on from the event log. Less than the turns have, so that nobody's last event is written and not sent
GRACEFUL_SHUTDOWN_SECONDS = 12
# So long nothing may be taken of what lies ready for a reader: 64 KB here, and what the system holds besides. A slow
# one who is let go comes back for the rest (`Last-Event-ID`)
READER_SECONDS = 30.0


class LimitedPatience(HttpToolsProtocol):
    """One connection. What waits on it is bounded by the server; here, for how long."""

    _patience_seconds = READER_SECONDS
    _giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the class above
        super().connection_made(transport)
        self._patience_seconds = READER_SECONDS
        _let_the_system_give_up(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._be_patient()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._giving_up = self.loop.call_later(self._patience_seconds, self._give_up)

    def resume_writing(self) -> None:
        self._be_patient()
        super().resume_writing()

    def _be_patient(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    def _give_up(self) -> None:
        log.info("slow_reader_dropped", after_seconds=self._patience_seconds)
        # Closing would wait until the reader has taken the rest
        self.transport.abort()


def _let_the_system_give_up(transport: asyncio.Transport) -> None:
    """For less than what pauses writing: it lies with the system, and so does a connection that we have closed."""
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None and connection.family != socket.AF_UNIX and hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(READER_SECONDS * 1_000))


class Server(uvicorn.Server):
    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app
        self._warming: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._warming = asyncio.create_task(self._app.state.runs.warm_up())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.runs.begin_shutdown()
        if self._warming is not None:
            self._warming.cancel()
        await super().shutdown(sockets)


def configured(app: FastAPI, **options: Any) -> uvicorn.Config:
    # Whose word is taken for a client's address is a setting of the app; uvicorn's own is a variable of the environment
    return uvicorn.Config(app, http=LimitedPatience, proxy_headers=False, **options)


def run(app: FastAPI, settings: Settings) -> None:
    """Until told to go."""
    config = configured(
        app,
        host=settings.api_host,
        port=settings.api_port,
        log_level=settings.log_level.lower(),
        access_log=False,
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SECONDS,
    )
    server = Server(app, config)
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)
