"""An identifier for each request, in its answer, its errors and its log lines, which name the client's address too."""

from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"
# A caller's own id is taken up so that traces join, but not beyond what a log line should bear
MAX_CHARS = 64


class RequestId:
    """Plain ASGI: a response-wrapping middleware would stand between a stream and its reader."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _usable(Headers(scope=scope).get(HEADER, "")) or uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        client = scope.get("client")
        with structlog.contextvars.bound_contextvars(request_id=request_id, client=client[0] if client else None):
            await self._app(scope, receive, send_with_id)


def _usable(offered: str) -> str | None:
    is_usable = offered.isascii() and offered.isprintable() and 0 < len(offered) <= MAX_CHARS
    return offered if is_usable else None
