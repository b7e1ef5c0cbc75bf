"""Refusing a body that is too large before it is held: by its stated length, and by what really arrives.

Every request has a limit, also one that nobody has signed in for; routes that take files have one of their own.
FastAPI's own `max_body_size` answers in plain text where the length is stated, not in the shape of our errors.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import AppError

# Above the most that any shape takes: 500,000 characters of documents, 12 bytes each where JSON spells them out
MAX_BODY_BYTES = 8 * 1024 * 1024
# The form's other fields and the marks between them
FORM_BYTES = 64 * 1024


class BodyTooLarge(AppError):
    status = 413
    code = "too_large"
    detail = f"The body is larger than {MAX_BODY_BYTES // 1024 // 1024} MB."


class LimitedBodies:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            receive = _Counted(scope, receive)
            scope.setdefault("state", {})["body"] = receive
        await self._app(scope, receive, send)


def limited_upload(max_bytes: int, failure: type[AppError]) -> type[APIRoute]:
    """Routes whose whole body, other fields included, is limited; above that, they answer what `failure` says."""

    class LimitedUpload(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def limited(request: Request) -> Response:
                body: _Counted = request.state.body
                body.limit(max_bytes + FORM_BYTES, failure)
                return await handle(request)

            return limited

    return LimitedUpload


class _Counted:
    """Where a request's body comes from."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._stated = _stated_length(scope)
        self._arrived = 0
        self.limit(MAX_BODY_BYTES, BodyTooLarge)

    def limit(self, max_bytes: int, failure: type[AppError]) -> None:
        self._limit = max_bytes
        self._failure = failure

    async def __call__(self) -> Message:
        self._check(self._stated)
        message = await self._receive()
        self._arrived += len(message.get("body", b""))
        self._check(self._arrived)
        return message

    def _check(self, length: int) -> None:
        if length > self._limit:
            # The only kind of failure that passes through FastAPI's reading of a body unchanged
            raise HTTPException(self._failure.status, self._failure.detail)


def _stated_length(scope: Scope) -> int:
    stated = Headers(scope=scope).get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0
