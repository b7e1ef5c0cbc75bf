"""Durable runs: a turn is a task of its own that outlives the request that began it; requests only watch.

A question and its run are committed before anything is answered. The run's process renews a lease; where it no longer
does, another process ends the run as failed with what there was.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import question as questions
from app.agent import rag, run_ending, run_log, summary
from app.agent.bulletin import Bulletin, heard, post
from app.agent.embeddings import Embedder
from app.agent.journal import Journal
from app.agent.ledger import Account
from app.agent.limits import STANDARD, Limits
from app.agent.live_run import LiveRun, Place
from app.agent.llm_client import CallMetadata, ClientSource, LLMError, provider_key
from app.agent.question import Asked, Desk, IdempotencyKeyReused
from app.agent.run_log import RETRY_SECONDS, LoggedEvent
from app.agent.run_takeover import Takeover
from app.agent.runtime import Turn
from app.agent.tools.contract import ToolContext
from app.agent.turn_grounding import GroundingMode
from app.agent.turn_tools import ToolBox
from app.db import Database, Scope
from app.errors import NotFound, Unavailable
from app.models import Run
from app.repositories import run as run_repository
from app.schemas.chat import ErrorEvent, RegenerateIn, SendIn

log = structlog.get_logger()

# A reader of another process's run looks by itself this often, should a notice have been missed
LOOK_SECONDS = 2.0
EVENTS_PER_READ = 500
# So long a reader waits for a database that does not answer
PATIENCE_SECONDS = 30.0
# Within this, running turns are ended and stored when the process is told to go: there may be hundreds. What is left
# then is ended by whoever takes it over
SHUTDOWN_SECONDS = 13.0


class RunNotFound(NotFound):
    detail = "There is no such run."


class ShuttingDown(Unavailable):
    code = "server_restarting"
    detail = "The server is restarting. Ask again in a moment."


class Runs:
    def __init__(
        self,
        database: Database,
        clients: ClientSource,
        toolbox: ToolBox,
        limits: Limits = STANDARD,
        embedder: Embedder | None = None,
        grounding_mode: GroundingMode = "check",
        *,
        remembers: bool = True,
    ) -> None:
        """Without an embedder, turns know nothing of the knowledge base; `remembers`: of what people have said."""
        self._database = database
        self._embedder = embedder
        self._toolbox = toolbox
        self._grounding_mode = grounding_mode
        self._place = Place(database, owner=uuid4().hex)
        self._desk = Desk(clients, limits, self._place.owner, embedder, remembers)
        self._live: dict[UUID, LiveRun] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking_back: set[asyncio.Task[None]] = set()
        self._bulletin = Bulletin(database.url, on_stop=self._stop_here)
        self._journal = Journal(database, self._place.owner)
        self._takeover = Takeover(self._place)
        self._background: list[asyncio.Task[None]] = []
        self._is_closing = False
        self._close_until = 0.0

    @property
    def provider(self) -> str:
        """Whoever is asked first, where no rule says otherwise."""
        return self._desk.clients.choose(task="chat", mode="standard", model=None, rule=None).client.provider

    async def open(self) -> None:
        self._background = [
            asyncio.create_task(self._bulletin.listen()),
            asyncio.create_task(self._takeover.watch()),
            asyncio.create_task(self._journal.keep()),
        ]

    async def warm_up(self) -> None:
        """Load what the first question would wait for, for seconds."""
        await rag.ask_if_possible(self._embedder, "How volatile is my portfolio?")

    def begin_shutdown(self) -> None:
        """End every turn of this process as retryable, and take no more. Streams end with their turns."""
        if self._is_closing:
            return
        self._is_closing = True
        self._close_until = time.monotonic() + SHUTDOWN_SECONDS
        for live in self._live.values():
            live.interrupt("shutdown")

    async def close(self) -> None:
        self.begin_shutdown()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=max(self._close_until - time.monotonic(), 0.0))
        remaining = [*self._background, *self._tasks, *self._looking_back]
        for task in remaining:
            task.cancel()
        await asyncio.gather(*remaining, return_exceptions=True)

    async def start(self, scope: Scope, sent: SendIn, idempotency_key: str | None) -> UUID:
        """The run that answers this question: a new one, or the one that the same request began before."""
        async with self._taking(scope) as session:
            asked = await questions.ask(session, scope, sent, idempotency_key, self._desk)
        return self._begun(scope, asked)

    async def start_again(
        self, scope: Scope, message_id: UUID, wanted: RegenerateIn, idempotency_key: str | None
    ) -> UUID:
        """The run that answers the question of this answer once more."""
        async with self._taking(scope) as session:
            asked = await questions.ask_again(session, scope, message_id, wanted, idempotency_key, self._desk)
        return self._begun(scope, asked)

    @asynccontextmanager
    async def _taking(self, scope: Scope) -> AsyncIterator[AsyncSession]:
        if self._is_closing:
            raise ShuttingDown
        try:
            async with self._turn_to_begin(), self._database.session(scope) as session:
                yield session
        except IntegrityError as error:
            if questions.is_key_collision(error):
                raise IdempotencyKeyReused from error
            raise

    @asynccontextmanager
    async def _turn_to_begin(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._place.beginning.acquire()
        except TimeoutError as error:
            raise Unavailable("The server is too busy to take another question. Try again in a moment.") from error
        try:
            yield
        finally:
            self._place.beginning.release()

    async def find(self, scope: Scope, run_id: UUID) -> Run:
        async with self._database.session(scope) as session:
            return await _find(session, run_id)

    async def stop(self, scope: Scope, run_id: UUID) -> Run:
        """Asks whichever process carries the run out to end it. A run that has ended stays as it is."""
        async with self._database.session(scope) as session:
            run = await _find(session, run_id)
            if run.status == "running":
                await run_repository.request_stop(session, run_id)
                await post(session, "stop", run_id)
        self._stop_here(run_id)
        return run

    async def watch(self, run_id: UUID, scope: Scope, after: int) -> AsyncGenerator[LoggedEvent, None]:
        """Every event after a sequence number, once and in order, up to the terminal one. The run is the caller's."""
        live = self._live.get(run_id)
        if live is not None:
            async with aclosing(live.log.follow(after)) as events:
                async for logged in events:
                    after = logged.sequence
                    yield logged
                    if logged.is_terminal:
                        return
        async with aclosing(self._follow_table(run_id, scope, after)) as stored:
            async for logged in stored:
                yield logged

    async def _follow_table(self, run_id: UUID, scope: Scope, after: int) -> AsyncGenerator[LoggedEvent, None]:
        bell = self._bulletin.bell(run_id)
        while not self._is_closing:
            ring = bell.next
            found = await self._read_patiently(run_id, scope, after)
            if found is None:
                return
            events, is_over = found
            for logged in events:
                after = logged.sequence
                yield logged
            if is_over and len(events) < EVENTS_PER_READ:
                return
            if len(events) < EVENTS_PER_READ:
                await heard(ring, LOOK_SECONDS)

    async def _read_patiently(self, run_id: UUID, scope: Scope, after: int) -> tuple[list[LoggedEvent], bool] | None:
        """A database that restarts does not end a stream, and a run that was deleted ends it as any other ending.

        One that stays away does, without a last event: none is stored. The reader goes on from where it is.
        """
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return await self._read(run_id, scope, after)
            except RunNotFound:
                return [LoggedEvent(after + 1, ErrorEvent(data=run_ending.GONE))], True
            except SQLAlchemyError as error:
                log.warning("run_reading_delayed", run_id=str(run_id), cause=type(error).__name__)
                if time.monotonic() > give_up_at:
                    return None
                await asyncio.sleep(RETRY_SECONDS)

    async def _read(self, run_id: UUID, scope: Scope, after: int) -> tuple[list[LoggedEvent], bool]:
        async with self._database.session(scope) as session:
            # The status first: where it says that the run is over, all its events are there to be read
            run = await _find(session, run_id)
            rows = await run_repository.list_events(session, run_id, after=after, limit=EVENTS_PER_READ)
            return [run_log.from_row(row) for row in rows], run.status != "running"

    def _begun(self, scope: Scope, asked: Asked | UUID) -> UUID:
        if isinstance(asked, UUID):
            return asked
        given = asked.assembly
        context = ToolContext(self._database, scope, asked.portfolio_id, given.knowledge, given.memory)
        purse = self._desk.limits.purse(self._database, Account(scope, run_id=asked.run.id))
        turn = Turn(asked.choice, self._toolbox, context, _metadata(asked), purse, self._grounding_mode)
        live = LiveRun(self._place, self._journal, scope, asked, turn)
        self._live[asked.run.id] = live
        if self._is_closing:
            live.interrupt("shutdown")
        task = asyncio.create_task(self._carry_out(scope, asked.run, live))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return asked.run.id

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("run_not_ended", exc_info=error)

    async def _carry_out(self, scope: Scope, run: Run, live: LiveRun) -> None:
        try:
            await live.carry_out()
        finally:
            self._live.pop(run.id, None)
        if summary.is_due(live.given) and not self._is_closing:
            self._look_back(scope, run.conversation_id)

    def _look_back(self, scope: Scope, conversation_id: UUID) -> None:
        task = asyncio.create_task(self._extend_summary(scope, conversation_id))
        self._looking_back.add(task)
        task.add_done_callback(self._looking_back.discard)

    async def _extend_summary(self, scope: Scope, conversation_id: UUID) -> None:
        try:
            await summary.extend(self._database, self._desk.clients, scope, conversation_id, self._desk.limits)
        except (LLMError, TimeoutError, SQLAlchemyError) as error:
            # It is due after the next turn again
            log.warning("summary_not_made", conversation_id=str(conversation_id), cause=type(error).__name__)

    def _stop_here(self, run_id: UUID) -> None:
        if (live := self._live.get(run_id)) is not None:
            live.interrupt("stopped")


async def _find(session: AsyncSession, run_id: UUID) -> Run:
    run = await run_repository.find(session, run_id)
    if run is None:
        raise RunNotFound
    return run


def _metadata(asked: Asked) -> CallMetadata:
    run = asked.run
    conversation_key = provider_key(run.conversation_id)
    return CallMetadata(task=asked.task, user_key=provider_key(run.user_id), conversation_key=conversation_key)
