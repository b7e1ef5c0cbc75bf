"""The only writer of server-sent events. Pings and the headers that keep proxies from buffering come with FastAPI."""

import re
from typing import Annotated

import anyio
from fastapi import Header
from fastapi.routing import APIRoute
from fastapi.sse import ServerSentEvent
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from app.agent.run_log import LoggedEvent
from app.errors import Malformed
from app.schemas.chat import RunEvent
from app.schemas.insight_event import InsightEvent

# What the machinery of a stream raises when its reader leaves while an event is on its way
DEPARTURES = (anyio.BrokenResourceError, anyio.ClosedResourceError)
# The largest sequence number that the table can hold
MAX_EVENT_ID = 2**31 - 1


class ReaderMayLeave:
    """That a reader leaves is no failure: nobody is there to be told, and the turn goes on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except BaseExceptionGroup as group:
            if (failures := group.split(DEPARTURES)[1]) is not None:
                raise failures from None


class StreamRoute(APIRoute):
    """Is there only for callers who accept a stream; for others the next route of the same address is."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        accepted = Headers(scope=scope).get("accept", "") if scope["type"] == "http" else ""
        return super().matches(scope) if "text/event-stream" in accepted.lower() else (Match.NONE, {})


def encode(logged: LoggedEvent) -> ServerSentEvent:
    return numbered(logged.sequence, logged.event)


def numbered(sequence: int, event: RunEvent | InsightEvent) -> ServerSentEvent:
    return ServerSentEvent(event=event.type, id=str(sequence), data=event.data)


async def last_event_id(
    header: Annotated[
        str | None, Header(alias="Last-Event-ID", description="The `id` of the last event that was received")
    ] = None,
) -> int:
    """After which event a reader goes on; 0 from the beginning."""
    if header is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,10}", header) or int(header) > MAX_EVENT_ID:
        raise Malformed("Last-Event-ID must be the id of an event of this run.")
    return int(header)
