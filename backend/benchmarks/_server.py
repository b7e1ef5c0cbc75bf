"""The product's API in a process of its own, and a client that costs next to nothing."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from app.config import Settings

# An API takes a few seconds to start; on a machine that many share, much longer
START_SECONDS = 300.0
HOST = "127.0.0.1"


class RequestFailed(Exception):
    pass


class Client:
    """One open connection of one person."""

    def __init__(self, port: int, bearer: str, process_id: int) -> None:
        self.port = port
        self.bearer = bearer
        self.process_id = process_id
        self._connection = http.client.HTTPConnection(HOST, port)
        self._headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        sent = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, sent, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != http.client.OK:
            raise RequestFailed(f"{method} {path}: {answer.status} {text.decode()}")

    def ask_json(self, path: str) -> Any:
        self._connection.request("GET", path)
        return json.loads(self._connection.getresponse().read())

    def close(self) -> None:
        self._connection.close()


@contextmanager
def serving(settings: Settings, bearer: str, app: str = "app.main:create_app", **variables: str) -> Iterator[Client]:
    """`variables` are further ones of the server's environment."""
    command = ["uvicorn", app, "--factory", "--host", HOST, "--no-access-log", "--log-level", "warning", "--port"]
    with running(command, environment(settings) | variables, bearer) as client:
        yield client


@contextmanager
def running(module: Sequence[str], variables: dict[str, str], bearer: str = "") -> Iterator[Client]:
    """A module of ours or of a library in a process of its own, with a free port as its last argument."""
    port = _free_port()
    # The command is made of this folder's constants
    process = subprocess.Popen([sys.executable, "-m", *module, str(port)], env=variables)  # noqa: S603
    try:
        client = _when_ready(process, port, bearer)
        yield client
        client.close()
    finally:
        process.terminate()
        process.wait()


def environment(settings: Settings) -> dict[str, str]:
    return dict(os.environ) | {
        "DATABASE_URL": settings.database_url,
        "SIGMASIGHT_ENVIRONMENT": settings.environment,
        "SIGMASIGHT_HOME": str(settings.home),
        "SIGMASIGHT_LOG_LEVEL": settings.log_level,
        "SIGMASIGHT_AI_PROVIDER": settings.ai_provider,
        "SIGMASIGHT_TOKEN_SECRET": settings.token_secret.get_secret_value(),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _when_ready(process: "subprocess.Popen[bytes]", port: int, bearer: str) -> Client:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return Client(port, bearer, process.pid)
