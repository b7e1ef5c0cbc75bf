"""The web server, which ends the turns of this process first when it is told to go.

Left to itself it would wait for open streams, and a stream waits for its turn.
"""

import socket
import sys

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from app.config import Settings

# Streams are given this long to end with their turns; what they were about goes on from the event log
GRACEFUL_SHUTDOWN_SECONDS = 4


class Server(uvicorn.Server):
    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.runs.begin_shutdown()
        await super().shutdown(sockets)


def run(app: FastAPI, settings: Settings) -> None:
    """Until told to go."""
    config = uvicorn.Config(
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
