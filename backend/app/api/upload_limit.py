"""Refusing an upload that is too large before it is held: by its stated length, and by what really arrives.

FastAPI's own `max_body_size` answers in plain text where the length is stated, not in the shape of our errors.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message

from app.errors import AppError

# The form's other fields and the marks between them
FORM_BYTES = 64 * 1024


def limited_upload(max_bytes: int, failure: type[AppError]) -> type[APIRoute]:
    """Routes whose whole body, other fields included, is limited; above that, they answer what `failure` says."""

    class LimitedUpload(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def limited(request: Request) -> Response:
                counted = _Counted(request, max_bytes + FORM_BYTES, failure)
                counted.check(_stated_length(request))
                return await handle(Request(request.scope, counted))

            return limited

    return LimitedUpload


class _Counted:
    def __init__(self, request: Request, limit: int, failure: type[AppError]) -> None:
        self._receive = request.receive
        self._limit = limit
        self._failure = failure
        self._arrived = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._arrived += len(message.get("body", b""))
        self.check(self._arrived)
        return message

    def check(self, length: int) -> None:
        if length > self._limit:
            # The only kind of failure that passes through FastAPI's reading of a form unchanged
            raise HTTPException(self._failure.status, self._failure.detail)


def _stated_length(request: Request) -> int:
    stated = request.headers.get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() else 0
