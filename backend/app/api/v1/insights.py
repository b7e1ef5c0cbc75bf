"""Insights: what detectors found in a portfolio, worded by a model or by templates."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app import metrics
from app.agent.limits import Limits
from app.api import sse
from app.api.deps import Caller, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.api.idempotency import IdempotencyKey
from app.errors import AppError, Unavailable
from app.insights.writers import Writers
from app.schemas.chat import ErrorData, ErrorEvent
from app.schemas.insight import GenerateInsightIn, InsightOut, InsightPatch, InsightQuery
from app.schemas.insight_event import InsightDoneEvent, InsightEvent
from app.schemas.page import Page
from app.services import insight, insight_request
from app.services.insight_request import Desk, Taken

router = APIRouter(prefix="/insights", tags=["insights"], responses=SIGNED_IN_ERRORS | errors(404))
STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
# Asked before the other: the same address, for callers who accept a stream
stream_router = APIRouter(prefix="/insights", tags=["insights"], route_class=sse.StreamRoute)


async def desk(request: Request) -> Desk:
    state = request.app.state
    return Desk(
        state.database,
        state.clients,
        state.toolbox,
        Limits.of(state.settings),
        embedder=state.embedder,
        remembers=state.settings.memory_enabled,
    )


async def writers(request: Request) -> Writers:
    found: Writers = request.app.state.writers
    return found


async def begun(
    desk: Annotated[Desk, Depends(desk)],
    writers: Annotated[Writers, Depends(writers)],
    caller: Caller,
    wanted: GenerateInsightIn,
    key: IdempotencyKey,
) -> AsyncGenerator[InsightEvent, None]:
    """All that can be refused is refused here: once a stream has begun, its status is sent."""
    taken = await insight_request.take(desk, caller.scope, wanted, key)
    if isinstance(taken, Taken):
        return writers.start(insight.generate(desk, taken)).events()
    return insight.replayed(taken)


Begun = Annotated[AsyncGenerator[InsightEvent, None], Depends(begun)]


@stream_router.post("/generate", response_class=EventSourceResponse, include_in_schema=False)
async def generate_stream(begun: Begun) -> AsyncGenerator[ServerSentEvent, None]:
    with metrics.open_streams.track_inprogress():
        async with aclosing(begun) as events, aclosing(_numbered(events)) as numbered:
            async for sent in numbered:
                yield sent


async def _numbered(events: AsyncGenerator[InsightEvent, None]) -> AsyncGenerator[ServerSentEvent, None]:
    sequence = 0
    try:
        async for event in events:
            sequence += 1
            yield sse.numbered(sequence, event)
    except AppError as failure:
        yield sse.numbered(sequence + 1, _error(failure))


@router.post("/generate", responses=errors(409, 429, 502) | STREAMED)
async def generate(begun: Begun) -> InsightOut:
    """Look at a portfolio as of the newest prices, and store what stands out.

    With `Accept: text/event-stream` it streams: `start`, a `tool_call` and `tool_result` for each fact, the words as
    they come as `message`, and `done` with the insight, whose words were checked; or `error`. A reader who leaves does
    not end it. Where the AI provider fails, nothing is stored: 503 may go better in a moment, 502 will not by itself.
    """
    async with aclosing(begun) as events:
        async for event in events:
            if isinstance(event, InsightDoneEvent):
                return event.data.insight
    raise Unavailable


@router.get("/portfolio/{portfolio_id}")
async def list_of_portfolio(
    session: SessionDep, portfolio_id: UUID, wanted: Annotated[InsightQuery, Query()]
) -> Page[InsightOut]:
    """Newest first; of one type or of all."""
    return await insight.list_page(session, portfolio_id, wanted)


@router.get("/{insight_id}")
async def read(session: SessionDep, insight_id: UUID) -> InsightOut:
    return await insight.find(session, insight_id)


@router.patch("/{insight_id}")
async def change(session: SessionDep, insight_id: UUID, wanted: InsightPatch) -> InsightOut:
    """Dismiss it, or take that back; give it another title."""
    return await insight.change(session, insight_id, wanted)


def _error(failure: AppError) -> ErrorEvent:
    data = ErrorData(code=failure.code, message=failure.sentence, retryable=isinstance(failure, Unavailable))
    return ErrorEvent(data=data)
