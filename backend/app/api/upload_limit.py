"""Refusing an upload that is too large before it is held: by its stated length, and by what really arrives.

FastAPI's own `max_body_size` answers in plain text where the length is stated, not in the shape of our errors.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message

from app.importing.errors import MAX_BYTES, FileTooLarge

# The form's other fields and the marks between them
FORM_BYTES = 64 * 1024
MAX_BODY_BYTES = MAX_BYTES + FORM_BYTES


class LimitedUpload(APIRoute):
    """A route whose whole body, other fields included, is limited."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def limited(request: Request) -> Response:
            if _stated_length(request) > MAX_BODY_BYTES:
                raise _too_large()
            return await handle(Request(request.scope, _Counted(request)))

        return limited


class _Counted:
    def __init__(self, request: Request) -> None:
        self._receive = request.receive
        self._arrived = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._arrived += len(message.get("body", b""))
        if self._arrived > MAX_BODY_BYTES:
            raise _too_large()
        return message


def _stated_length(request: Request) -> int:
    stated = request.headers.get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() else 0


def _too_large() -> HTTPException:
    # The only kind of failure that passes through FastAPI's reading of a form unchanged
    return HTTPException(FileTooLarge.status, FileTooLarge.detail)
