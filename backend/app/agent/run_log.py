"""A run's events in the process that carries it out. Readers are shown an event once it is stored, and not before.

So nothing that anybody has seen can be lost with the process, and whoever takes the run over goes on with the next
number. Readers hold a place in one shared list: a slow one costs nothing.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter

from app.agent import bulletin
from app.agent.bulletin import Bell
from app.db import Read
from app.models import RunEventRow
from app.repositories import run as run_repository
from app.repositories.run import EventToStore
from app.schemas.chat import DoneEvent, ErrorEvent, MessageData, MessageEvent, RunEvent

# With the time until somebody looks, a reader hears within fifteen seconds that its run's process has died
LEASE = timedelta(seconds=10)
RETRY_SECONDS = 0.5
# Where so many wait to be stored, the stream is ahead of the database: adjacent pieces of text become one
MANY_WAITING = 16

_ADAPTER: TypeAdapter[RunEvent] = TypeAdapter(RunEvent)

Interruption = Literal["stopped", "shutdown", "lease_lost"]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    sequence: int
    event: RunEvent

    @property
    def is_terminal(self) -> bool:
        return isinstance(self.event, DoneEvent | ErrorEvent)


class LeaseLost(Exception):
    """Another process has taken the run over: nothing more may be written for it."""


class RunLog:
    """`interrupt` ends the run's turn: somebody wants it stopped, or the run is another process's by now."""

    def __init__(self, run_id: UUID, start: RunEvent, interrupt: Callable[[Interruption], None]) -> None:
        self.run_id = run_id
        self.interrupt = interrupt
        self.bell = Bell()
        self._shown = [LoggedEvent(1, start)]
        self._unnumbered: list[RunEvent] = []
        self._unstored: list[LoggedEvent] = []
        self._is_closed = False

    def append(self, event: RunEvent) -> None:
        """To be stored with the journal's next write."""
        self._unnumbered.append(event)

    def to_store(self) -> list[LoggedEvent]:
        """Numbered, in order. The same again until `show`: whether a commit arrived is unknown when its answer did not.

        What comes meanwhile follows in the next round.
        """
        if not self._unstored:
            first = len(self._shown) + 1
            self._unstored = [LoggedEvent(first + offset, event) for offset, event in enumerate(self._taken())]
        return self._unstored

    def _taken(self) -> list[RunEvent]:
        """What waits, in few pieces where it is much: it is shown at one moment all the same."""
        events, self._unnumbered = self._unnumbered, []
        return merged(events) if len(events) >= MANY_WAITING else events

    def rest(self, terminal: RunEvent) -> list[LoggedEvent]:
        """All that is not stored, with the last event of all."""
        following = [*self._taken(), terminal]
        first = len(self._shown) + len(self._unstored) + 1
        self._unstored += [LoggedEvent(first + offset, event) for offset, event in enumerate(following)]
        return self._unstored

    @property
    def has_more(self) -> bool:
        return bool(self._unnumbered)

    def show(self, stored: Sequence[LoggedEvent]) -> None:
        self._shown += stored
        self._unstored = []
        self.bell.ring()

    async def caught_up(self) -> None:
        """Returns once all that was said can be seen, or nothing more is shown from here."""
        while not self._is_closed and (self._unnumbered or self._unstored):
            await self.bell.next.wait()

    def close(self) -> None:
        """No more will come from here; without a terminal event, readers go on from the table."""
        self._is_closed = True
        self.bell.ring()

    async def follow(self, after: int) -> AsyncGenerator[LoggedEvent, None]:
        while True:
            ring = self.bell.next
            for logged in self._shown[max(after, 0) :]:
                after = logged.sequence
                yield logged
            if self._is_closed:
                return
            await ring.wait()


def merged(events: Sequence[RunEvent]) -> list[RunEvent]:
    """The same turn in fewer events."""
    found: list[RunEvent] = []
    for event in events:
        last = found[-1] if found else None
        if isinstance(event, MessageEvent) and isinstance(last, MessageEvent):
            found[-1] = MessageEvent(data=MessageData(delta=last.data.delta + event.data.delta))
        else:
            found.append(event)
    return found


def append(run_id: UUID, user_id: UUID, events: Sequence[LoggedEvent]) -> list[Read]:
    """For a transaction with whatever else has to be there at the same moment."""
    rows = [to_store(run_id, logged) for logged in events]
    return [run_repository.append_events(run_id, user_id, rows), bulletin.notice("events", run_id)]


def from_row(row: RunEventRow) -> LoggedEvent:
    return LoggedEvent(row.sequence, _ADAPTER.validate_python({"type": row.type, "data": row.data}))


def to_store(run_id: UUID, logged: LoggedEvent) -> EventToStore:
    return EventToStore(run_id, logged.sequence, logged.event.type, logged.event.data.model_dump_json())
