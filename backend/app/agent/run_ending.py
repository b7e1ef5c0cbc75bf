"""How a run ends: its last events, its assistant message and its status become visible in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import history, ledger, run_log, snapshot
from app.agent.ledger import Account
from app.agent.llm_client import LLMError, LLMMessage
from app.agent.run_log import LeaseLost, LoggedEvent
from app.agent.snapshot import Snapshot
from app.agent.usage import Call
from app.db import Read, Scope, together
from app.models import Message, Run
from app.repositories import conversation as conversation_repository
from app.repositories import job as job_repository
from app.repositories import memory as memory_repository
from app.repositories import message as message_repository
from app.repositories import run as run_repository
from app.schemas.chat import (
    DoneData,
    DoneEvent,
    ErrorData,
    ErrorEvent,
    FinishReason,
    RunEvent,
    RunStatus,
    ToolError,
    ToolPart,
    ToolResultData,
    ToolResultEvent,
)
from app.schemas.memory import UsedMemory

STOPPED_WITHOUT_TEXT = "Stopped before there was an answer."
ENDED_WITHOUT_RESULT = "The turn ended before this tool had answered."

INTERRUPTED = ErrorData(
    code="run_interrupted",
    message="The server was interrupted while it answered. What had been said is kept. Ask again.",
    retryable=True,
)
SERVER_RESTARTING = ErrorData(
    code="server_restarting", message="The server is restarting. Ask again in a moment.", retryable=True
)
NO_DATABASE = ErrorData(
    code="unavailable", message="The database does not answer. What had been said is kept. Ask again.", retryable=True
)
GONE = ErrorData(code="run_gone", message="This conversation is not there any more.", retryable=False)
INTERNAL = ErrorData(
    code="internal_error", message="Something went wrong on our side. The answer could not be finished.", retryable=True
)


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """Not always who was chosen at the start."""

    provider: str | None
    model: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a turn besides what its readers saw. `answered_by` is its provider and model, where known."""

    answered_by: AnsweredBy | None = None
    transcript: Sequence[LLMMessage] = ()
    timings: dict[str, Any] | None = None
    attempts: list[dict[str, Any]] = field(default_factory=list)
    usage: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    calls: Sequence[Call] = ()
    # Whether the question may state something that is worth keeping
    is_worth_hearing: bool = False


def close(so_far: Snapshot, ending: DoneData | ErrorData) -> tuple[list[RunEvent], Snapshot]:
    """The last events, and the turn after them. Tools that will not answer any more get an error: nobody waits on."""
    error = ToolError(code="turn_ended", message=ENDED_WITHOUT_RESULT)
    events: list[RunEvent] = [_unanswered(part, error) for part in so_far.pending_tools]
    events.append(DoneEvent(data=ending) if isinstance(ending, DoneData) else ErrorEvent(data=ending))
    final = so_far
    for event in events:
        final = snapshot.apply(final, event)
    return events, final


def failure(error: LLMError) -> ErrorData:
    return ErrorData(code=error.code, message=error.message, retryable=error.retryable)


async def store(
    session: AsyncSession, run: Run, owner: str, *, events: Sequence[LoggedEvent], final: Snapshot, record: Record
) -> None:
    """Raises `LeaseLost` where the run was no longer `owner`'s to end. `final` has its ending."""
    match final.ending:
        case None:
            raise ValueError("a run is stored with its ending")
        case DoneData() as done:
            status: RunStatus = "stopped" if done.finish_reason == "stopped" else "completed"
            finish_reason: FinishReason = done.finish_reason
            error = None
        case ErrorData() as failed:
            status, finish_reason, error = "failed", "error", failed.model_dump(mode="json")
    answered_by = record.answered_by or AnsweredBy(run.provider, run.model)
    was_ours = await run_repository.finish(
        session,
        run.id,
        owner,
        status=status,
        error=error,
        context=record.context,
        provider=answered_by.provider,
        model=answered_by.model,
    )
    if not was_ours:
        await _allow_only_our_own_end(session, run, owner)
        return
    message = _message(run, final, record, answered_by, finish_reason=finish_reason, error=error)
    if run.replaces_message_id is not None:
        await _put_in_place(session, message, run.replaces_message_id, has_words=bool(final.text))
    await together(session, _writes(run, events, message, final, record))


def _writes(run: Run, events: Sequence[LoggedEvent], message: Message, final: Snapshot, record: Record) -> list[Read]:
    used = [memory.id for memory in _memories(final)]
    account = Account(Scope(run.user_id, run.tenant_id), run_id=run.id)
    return [
        *run_log.append(run.id, run.user_id, events),
        message_repository.insertion(message),
        conversation_repository.touch(run.conversation_id),
        *([memory_repository.use(used)] if used else []),
        *([job_repository.deferral("remember_message", _heard(run))] if record.is_worth_hearing else []),
        *ledger.entries(account, record.calls),
    ]


async def _put_in_place(session: AsyncSession, message: Message, former_id: UUID, *, has_words: bool) -> None:
    """An attempt that failed, or was stopped before a word, takes nobody's place: the former answer stands."""
    if message.finish_reason == "error" or not has_words:
        message.is_superseded = True
    else:
        await message_repository.supersede(session, former_id)


async def _allow_only_our_own_end(session: AsyncSession, run: Run, owner: str) -> None:
    # Where the connection broke at the commit, a second try finds that the first had arrived
    found = await run_repository.find(session, run.id)
    if found is None or found.lease_owner != owner or found.status == "running":
        raise LeaseLost


def _citations(final: Snapshot) -> list[dict[str, Any]]:
    match final.ending:
        case DoneData(citations=citations):
            return [citation.model_dump(mode="json") for citation in citations]
        case _:
            return []


def _heard(run: Run) -> dict[str, str]:
    return {"message_id": str(run.user_message_id), "user_id": str(run.user_id), "tenant_id": str(run.tenant_id)}


def _memories(final: Snapshot) -> list[UsedMemory]:
    return final.ending.memories if isinstance(final.ending, DoneData) else []


def _message(
    run: Run,
    final: Snapshot,
    record: Record,
    answered_by: AnsweredBy,
    *,
    finish_reason: FinishReason,
    error: dict[str, Any] | None,
) -> Message:
    fallback = error["message"] if error is not None else STOPPED_WITHOUT_TEXT
    message = Message(
        id=run.assistant_message_id,
        user_id=run.user_id,
        conversation_id=run.conversation_id,
        run_id=run.id,
        role="assistant",
        is_superseded=False,
        content=final.text or fallback,
        parts=[part.model_dump(mode="json") for part in final.parts],
        transcript=list(record.transcript),
        provider=answered_by.provider,
        model=answered_by.model,
        variant=run.variant,
        mode=run.mode,
        finish_reason=finish_reason,
        usage=record.usage,
        attempts=record.attempts,
        timings=record.timings,
        grounding=_grounding(final),
        error=error,
        citations=_citations(final),
        memories=[memory.model_dump(mode="json") for memory in _memories(final)],
    )
    message.tokens = history.tokens_of(message)
    return message


def _grounding(final: Snapshot) -> dict[str, Any] | None:
    found = final.ending.grounding if isinstance(final.ending, DoneData) else None
    return None if found is None else found.model_dump(mode="json")


def _unanswered(part: ToolPart, error: ToolError) -> ToolResultEvent:
    data = ToolResultData(tool_call_id=part.tool_call_id, tool_name=part.tool_name, error=error, duration_ms=0)
    return ToolResultEvent(data=data)
