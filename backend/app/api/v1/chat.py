from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, status
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app import metrics
from app.agent.runs import Runs
from app.api import collisions, sse
from app.api.deps import Caller, DatabaseDep, ScopeDep, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.api.idempotency import IdempotencyKey
from app.db import Scope
from app.schemas.chat import (
    ConversationIn,
    ConversationOut,
    ConversationPatch,
    MessageOut,
    ModeIn,
    RegenerateIn,
    RunOut,
    SendIn,
)
from app.schemas.page import Page, PageQuery
from app.services import chat, personal_data

router = APIRouter(prefix="/chat", tags=["chat"], responses=SIGNED_IN_ERRORS)


async def runs(request: Request) -> Runs:
    found: Runs = request.app.state.runs
    return found


RunsDep = Annotated[Runs, Depends(runs)]


@dataclass(frozen=True, slots=True)
class Watched:
    """A run of the caller's, and the event after which its reader goes on."""

    run_id: UUID
    scope: Scope
    after: int


async def started(request: Request, runs: RunsDep, scope: ScopeDep, sent: SendIn, key: IdempotencyKey) -> Watched:
    """All that can be refused is refused here: once a stream has begun, its status is sent.

    Whether the person may still sign in is asked with all else about the question.
    """
    collisions.is_one_transaction(request)
    return Watched(await runs.start(scope, sent, key), scope, after=0)


async def started_again(
    request: Request,
    runs: RunsDep,
    caller: Caller,
    message_id: UUID,
    key: IdempotencyKey,
    wanted: RegenerateIn | None = None,
) -> Watched:
    collisions.is_one_transaction(request)
    run_id = await runs.start_again(caller.scope, message_id, wanted or RegenerateIn(), key)
    return Watched(run_id, caller.scope, after=0)


async def resumed(
    runs: RunsDep, caller: Caller, run_id: UUID, after: Annotated[int, Depends(sse.last_event_id)]
) -> Watched:
    run = await runs.find(caller.scope, run_id)
    return Watched(run.id, caller.scope, after)


@router.post("/send", response_class=EventSourceResponse, responses=errors(404, 409, 429))
async def send(runs: RunsDep, watched: Annotated[Watched, Depends(started)]) -> AsyncGenerator[ServerSentEvent, None]:
    """Ask. Streams `start`, then `message`, `tool_call` and `tool_result`, and ends with `done` or `error`.

    The turn goes on when the reader leaves; `GET /chat/runs/{run_id}/events` takes it up again. With
    `replaces_message_id`, the conversation's last question and what followed it give way to this one.
    """
    async with aclosing(_stream(runs, watched)) as events:
        async for event in events:
            yield event


@router.post("/messages/{message_id}/regenerate", response_class=EventSourceResponse, responses=errors(404, 409, 429))
async def regenerate(
    runs: RunsDep, watched: Annotated[Watched, Depends(started_again)]
) -> AsyncGenerator[ServerSentEvent, None]:
    """Answer the question of the conversation's last answer once more. Streams as `send` does.

    `start.user_message_id` is the question's; the answer in `start.assistant_message_id` takes the former one's place.
    Where it fails, or is stopped before a word, the former one stands.
    """
    async with aclosing(_stream(runs, watched)) as events:
        async for event in events:
            yield event


@router.get("/runs/{run_id}/events", response_class=EventSourceResponse, responses=errors(404))
async def run_events(
    runs: RunsDep, watched: Annotated[Watched, Depends(resumed)]
) -> AsyncGenerator[ServerSentEvent, None]:
    """What a reader has missed after `Last-Event-ID`, and what follows. Events are kept for a day."""
    async with aclosing(_stream(runs, watched)) as events:
        async for event in events:
            yield event


@router.post("/runs/{run_id}/stop", responses=errors(404))
async def stop_run(runs: RunsDep, scope: ScopeDep, run_id: UUID) -> RunOut:
    """End a turn within a second. What was said so far is kept; readers get `done` with `stopped`."""
    return RunOut.model_validate(await runs.stop(scope, run_id))


@router.post("/conversations", status_code=status.HTTP_201_CREATED, responses=errors(404))
async def create_conversation(session: SessionDep, scope: ScopeDep, wanted: ConversationIn) -> ConversationOut:
    return await chat.create(session, scope, wanted)


@router.get("/conversations")
async def list_conversations(session: SessionDep, page: Annotated[PageQuery, Query()]) -> Page[ConversationOut]:
    """The most recently used first."""
    return await chat.list_page(session, page)


@router.get("/conversations/{conversation_id}", responses=errors(404))
async def get_conversation(session: SessionDep, conversation_id: UUID) -> ConversationOut:
    """`active_run_id` names the turn that is still running, to be followed at `/chat/runs/{run_id}/events`."""
    return await chat.get(session, conversation_id)


@router.get("/conversations/{conversation_id}/messages", responses=errors(404))
async def list_messages(
    session: SessionDep, conversation_id: UUID, page: Annotated[PageQuery, Query()]
) -> Page[MessageOut]:
    """In the order in which they were said, without what was replaced. Their parts are what the stream built up."""
    return await chat.list_messages(session, conversation_id, page)


@router.put("/conversations/{conversation_id}/mode", responses=errors(404))
async def set_mode(session: SessionDep, conversation_id: UUID, wanted: ModeIn) -> ConversationOut:
    """For the questions that follow: a turn that is running keeps the mode that it was begun in."""
    return await chat.set_mode(session, conversation_id, wanted.mode)


@router.patch("/conversations/{conversation_id}", responses=errors(404))
async def rename_conversation(session: SessionDep, conversation_id: UUID, wanted: ConversationPatch) -> ConversationOut:
    return await chat.rename(session, conversation_id, wanted.title)


@router.delete("/conversations/{conversation_id}", status_code=status.HTTP_204_NO_CONTENT, responses=errors(404))
async def delete_conversation(session: SessionDep, scope: ScopeDep, runs: RunsDep, conversation_id: UUID) -> None:
    """A turn that is still running in it is stopped."""
    running = await chat.delete(session, conversation_id)
    if running is not None:
        await runs.stop(scope, running)


@router.get("/export", response_class=StreamingResponse, responses={200: {"content": {"application/x-ndjson": {}}}})
async def export_messages(database: DatabaseDep, caller: Caller) -> StreamingResponse:
    """All that one has said and was answered, as JSON, one message a line: with tools, sources, times and ratings."""
    headers = {"Content-Disposition": 'attachment; filename="conversations.jsonl"'}
    lines = personal_data.export(database, caller.scope)
    return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)


async def _stream(runs: Runs, watched: Watched) -> AsyncGenerator[ServerSentEvent, None]:
    events = runs.watch(watched.run_id, watched.scope, watched.after)
    with metrics.open_streams.track_inprogress():
        async with aclosing(events):
            async for logged in events:
                yield sse.encode(logged)
