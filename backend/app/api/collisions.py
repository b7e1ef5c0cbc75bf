"""A request whose transaction met another's is carried out again, and nobody hears of it.

PostgreSQL ends one of those who wait for each other, and undoes whole what no longer fits what another has stored
meanwhile. So it is safe where a request is one transaction and nothing besides; those that are say so
(`is_one_transaction`).
"""

import asyncio
import random
from typing import Any

import structlog
from psycopg.errors import CheckViolation, DeadlockDetected, ForeignKeyViolation, SerializationFailure, UniqueViolation
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

MAX_TRIES = 3
# Whoever collided with us is to be through by then, and does not wait as long as we do
SHORTEST_PAUSE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.05
# What is kept of a body to be read once more. A larger one is an upload, which is told to try again
MAX_BODY_BYTES = 1024 * 1024


# What was checked before it was written, and is so no more: taken, gone, or otherwise since it was read
_OVERTAKEN = (UniqueViolation, ForeignKeyViolation, CheckViolation)


def is_collision(error: Exception) -> bool:
    if isinstance(error, DBAPIError):
        return isinstance(error.orig, (DeadlockDetected, SerializationFailure, *_OVERTAKEN))
    return isinstance(error, StaleDataError)


def is_one_transaction(request: HTTPConnection) -> None:
    request.state.is_one_transaction = True


def note(request: HTTPConnection) -> None:
    """Before its failure is answered."""
    request.state.has_collided = True


class TriedAgain:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive)
        for number in range(1, MAX_TRIES + 1):
            answer = _Answer(scope.setdefault("state", {}), send, body, is_last=number == MAX_TRIES)
            # A copy: on its way through the routes, a scope is written into
            await self._app(dict(scope), body.from_the_beginning(), answer.send)
            if not answer.is_withheld:
                return
            log.warning("request_collided", path=scope["path"], tries=number)
            await asyncio.sleep(number * random.uniform(SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS))  # noqa: S311 - no secret


class _Body:
    """A request's body, which may be read more than once."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read: list[Message] = []
        self._bytes = 0

    @property
    def is_whole(self) -> bool:
        return self._bytes <= MAX_BODY_BYTES

    def from_the_beginning(self) -> Receive:
        again = iter(list(self._read))

        async def receive() -> Message:
            return next(again, None) or await self._next()

        return receive

    async def _next(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and self.is_whole:
            self._bytes += len(message.get("body", b""))
            self._read = [*self._read, message] if self.is_whole else []
        return message


class _Answer:
    """What one try answers, unless that is of a collision and there is another try."""

    def __init__(self, state: dict[str, Any], send: Send, body: _Body, *, is_last: bool) -> None:
        self.is_withheld = False
        self._state = state
        self._send = send
        self._body = body
        self._is_last = is_last
        state["has_collided"] = state["is_one_transaction"] = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            has_collided = self._state["has_collided"] and self._state["is_one_transaction"]
            self.is_withheld = has_collided and self._body.is_whole and not self._is_last
        if not self.is_withheld:
            await self._send(message)
