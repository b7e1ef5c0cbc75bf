"""One run in the process that carries it out: the turn, what its readers are shown, and how both come to an end."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog
from opentelemetry.trace import Span
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app import metrics, telemetry
from app.agent import ledger, memory_statements, run_ending
from app.agent.journal import Journal
from app.agent.ledger import Account
from app.agent.llm_client import LLMError, TimedOut
from app.agent.question import Asked
from app.agent.run_ending import AnsweredBy, Record
from app.agent.run_log import LEASE, RETRY_SECONDS, Interruption, LeaseLost, LoggedEvent, RunLog
from app.agent.runtime import Turn
from app.agent.sections import Context
from app.agent.snapshot import Snapshot
from app.agent.usage import BROKEN_OFF, Call
from app.db import Database, Scope
from app.schemas.chat import DoneData, ErrorData, MessageEvent, ToolCallEvent

log = structlog.get_logger()

# Beyond this nobody waits; a turn of eight slow steps stays below it
MAX_TURN_SECONDS = 600.0


# So many turns at once are being taken or prepared. A hundred questions of one moment would otherwise wait for a
# connection in one line with the turns that are under way, until some are turned away
BEGINNING_AT_ONCE = 6


@dataclass(frozen=True, slots=True)
class Place:
    """Where runs live: a database, and the name under which this process holds leases."""

    database: Database
    owner: str
    beginning: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BEGINNING_AT_ONCE))


class LiveRun:
    def __init__(self, place: Place, journal: Journal, scope: Scope, asked: Asked, turn: Turn) -> None:
        self.log = RunLog(asked.run.id, asked.start, self.interrupt)
        self._place = place
        self._journal = journal
        self._scope = scope
        self._run = asked.run
        self._asked = asked
        self._turn = turn
        self._interruption: Interruption | None = None
        self._playing: asyncio.Task[None] | None = None
        self._booking: asyncio.Task[None] | None = None
        self._booked = 0

    @property
    def given(self) -> Context:
        return self._turn.given

    def interrupt(self, why: Interruption) -> None:
        """End the provider's stream and the tools now; what there is, is kept."""
        if self._interruption is None:
            self._interruption = why
            if self._playing is not None:
                self._playing.cancel()

    async def carry_out(self) -> None:
        with telemetry.turn(self._run.id, self._run.conversation_id) as span:
            await self._carry_out(span)

    async def _carry_out(self, span: Span) -> None:
        playing = self._playing = asyncio.create_task(self._play())
        if self._interruption is not None:
            playing.cancel()
        self._journal.add(self.log)
        await asyncio.wait({playing})
        await self._journal.release(self.log)
        if self._booking is not None:
            await self._booking
        try:
            if self._interruption != "lease_lost":
                await self._conclude(playing, span)
        except LeaseLost:
            log.warning("run_lease_lost", run_id=str(self._run.id))
        finally:
            self.log.close()

    async def _play(self) -> None:
        async with asyncio.timeout(MAX_TURN_SECONDS):
            async with self._place.beginning:
                asked = self._asked
                given = await asked.assembly.context(self._place.database, asked.found, asked.query)
            was_text = False
            async with aclosing(self._turn.events(given)) as events:
                async for event in events:
                    is_text = isinstance(event, MessageEvent)
                    is_first_word = is_text and not was_text
                    self.log.append(event)
                    self._journal.changed(self.log, is_awaited=is_first_word)
                    if isinstance(event, ToolCallEvent):
                        self._book()
                    if is_first_word:
                        # Reading on at once, a fast provider's words would keep the first one from being stored
                        await self.log.caught_up()
                    was_text = is_text
                    # Where the provider's words lie ready, nothing is waited for: others would not get their turn
                    await asyncio.sleep(0)

    def _book(self) -> None:
        """What the calls so far took, while the tools run: with its process, a turn loses no more than the last."""
        if self._booking is not None and not self._booking.done():
            return
        ended = [call for call in self._turn.calls.log.calls if call.outcome != BROKEN_OFF]
        if len(ended) > self._booked:
            self._booking = asyncio.create_task(self._write_down(ended[self._booked :]))
            self._booked = len(ended)

    async def _write_down(self, calls: Sequence[Call]) -> None:
        try:
            await ledger.book(self._place.database, Account(self._scope, run_id=self._run.id), calls)
        except SQLAlchemyError as error:
            # All are written with the turn's end
            log.warning("calls_not_booked", run_id=str(self._run.id), cause=type(error).__name__)

    async def _conclude(self, playing: asyncio.Task[None], span: Span) -> None:
        if self._interruption != "shutdown":
            # What a restart ends in shows no figures, and hundreds of turns may be waiting to be ended
            await self._turn.ground()
        ending = self._ending(playing)
        if isinstance(ending, ErrorData):
            telemetry.failed(span, ending.code)
        events, final = run_ending.close(self._turn.snapshot, ending)
        *closing, terminal = events
        for event in closing:
            self.log.append(event)
        rest = self.log.rest(terminal)
        await self._store(rest, final)
        self._count(ending)
        # Only now: who reads the ending finds the message stored
        self.log.show(rest)

    def _count(self, ending: DoneData | ErrorData) -> None:
        outcome = ending.finish_reason if isinstance(ending, DoneData) else ending.code
        timings = self._turn.stopwatch.timings()
        metrics.turn(outcome, total_ms=timings["total_ms"], first_token_ms=timings["first_token_ms"])

    def _ending(self, playing: asyncio.Task[None]) -> DoneData | ErrorData:
        if playing.cancelled():
            is_stopped = self._interruption == "stopped"
            return self._turn.done("stopped").data if is_stopped else run_ending.SERVER_RESTARTING
        match playing.exception():
            case None:
                return self._turn.done().data
            case LLMError() as error:
                log.warning("run_failed", run_id=str(self._run.id), code=error.code, cause=error.cause)
                return run_ending.failure(error)
            case TimeoutError():
                return run_ending.failure(TimedOut())
            case OperationalError() | PoolTimeoutError() as error:
                log.warning("run_failed", run_id=str(self._run.id), cause=type(error).__name__)
                return run_ending.NO_DATABASE
            case error:
                # The stream boundary: the other of the two places where everything is caught
                log.error("run_failed", run_id=str(self._run.id), exc_info=error)
                return run_ending.INTERNAL

    async def _store(self, events: Sequence[LoggedEvent], final: Snapshot) -> None:
        """Tries for as long as a lease lasts, where trying may help; then whoever takes the run over ends it."""
        give_up_at = time.monotonic() + LEASE.total_seconds()
        while True:
            try:
                async with self._place.database.session(self._scope) as session:
                    await run_ending.store(
                        session, self._run, self._place.owner, events=events, final=final, record=self._record()
                    )
            except SQLAlchemyError as error:
                log.warning("run_ending_delayed", run_id=str(self._run.id), cause=type(error).__name__)
                if isinstance(error, DataError) or time.monotonic() > give_up_at:
                    raise LeaseLost from error
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    def _record(self) -> Record:
        done, answering = self._turn.done().data, self._turn.calls.answering
        return Record(
            answered_by=AnsweredBy(answering.client.provider, answering.model),
            transcript=self._turn.transcript_so_far(),
            timings=self._turn.stopwatch.timings(),
            attempts=[attempt.model_dump(mode="json") for attempt in done.attempts],
            usage=done.usage.model_dump(mode="json"),
            context=self._turn.given.record(),
            calls=self._turn.calls.log.calls,
            is_worth_hearing=self._is_worth_hearing(),
        )

    def _is_worth_hearing(self) -> bool:
        """Once for each question: an answer that is given again asks nothing new."""
        remembers = self._turn.memory is not None and self._turn.memory.with_own
        is_first = self._run.replaces_message_id is None
        return remembers and is_first and memory_statements.may_state_any(self._asked.assembly.question.text)
