"""Every fault of the table at every place of a turn, in both wire formats, through the real turn and real sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

import pytest
from pydantic import BaseModel, ConfigDict

from app.agent import model_call, run_ending
from app.agent.failover import FINAL
from app.agent.llm_client import CallMetadata, Choice, LLMError, SystemMessage, UserMessage
from app.agent.runtime import Turn
from app.agent.sections import Context, Section, piece
from app.agent.tools.contract import Tool, ToolContext, ToolRun, tool
from app.agent.tools.registry import Registry
from app.db import Database, Scope
from app.schemas.chat import ErrorData, RunEvent
from tests.agent.fault_table import (
    ANSWER,
    FAULTS,
    ODDITIES,
    POSITIONS,
    UNREACHABLE,
    Fault,
    Oddity,
    Position,
    Seen,
    Unreachable,
)
from tests.agent.provider_server import Provider, Reply, provider, stream
from tests.agent.wires import WIRES, NetworkClient, Said, Wire, other

getaddrinfo = socket.getaddrinfo

WORDS = "So far."
ASKED = Context(
    (
        Section("rules", (piece(SystemMessage(role="system", content="Be short.")),)),
        Section("question", (piece(UserMessage(role="user", content="How risky is it?")),)),
    )
)
# Enough for a loopback answer on a busy machine; only faults that keep silent wait for it
LITTLE_PATIENCE = {
    "provider_connect_seconds": 0.3,
    "provider_first_event_seconds": 0.6,
    "provider_silence_seconds": 0.6,
}
FINAL_CODES = {error.code for error in FINAL}


@dataclass
class Actor:
    """A provider on a loopback port, with a client that has time and one that has none."""

    wire: Wire
    server: Provider
    patient: NetworkClient
    hasty: NetworkClient

    def plays(self, replies: Sequence[Reply]) -> None:
        self.server.replies[:] = replies
        self.server.requests.clear()


@dataclass
class Tools:
    """The real registry around one tool, which counts how often it was carried out."""

    runs: list[int] = field(default_factory=list)
    before_run: list[Any] = field(default_factory=list)

    def registry(self) -> Registry:
        return Registry([self._beta()])

    def _beta(self) -> Tool:
        async def get_beta(arguments: Window, run: ToolRun) -> Beta:
            """Beta of the portfolio."""
            for act in self.before_run:
                act()
            self.runs.append(arguments.window)
            return Beta(beta=1.2)

        return tool(get_beta)


class Window(BaseModel):
    model_config = ConfigDict(extra="forbid")

    window: int = 63


class Beta(BaseModel):
    beta: float


class NoDatabase:
    @asynccontextmanager
    async def session(self, scope: Scope) -> AsyncIterator[None]:
        yield None


NOBODY = ToolContext(cast(Database, NoDatabase()), Scope(uuid4(), uuid4()), None)


@pytest.fixture(scope="module")
async def actors() -> AsyncIterator[dict[str, Actor]]:
    """Made once: a client reads the machine's certificates, which takes longer than a turn."""
    async with provider() as first, provider() as second:
        found = {}
        for wire, server in zip(WIRES, (first, second), strict=True):
            url = server.url.removesuffix("/v1")
            found[wire.name] = Actor(wire, server, wire.client(url), wire.client(url, **LITTLE_PATIENCE))
        yield found
        for actor in found.values():
            await actor.patient.close()
            await actor.hasty.close()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_call, "BASE_PAUSE_SECONDS", 0.0)


@dataclass
class Played:
    turn: Turn
    events: list[RunEvent]
    tools: Tools
    error: LLMError | None

    @property
    def text(self) -> str:
        return self.turn.snapshot.text

    @property
    def answers(self) -> list[str]:
        return [attempt.outcome for attempt in self.turn.attempts.entries]


async def play(client: NetworkClient, *fallbacks: NetworkClient, tools: Tools | None = None) -> Played:
    tools = tools or Tools()
    candidates = tuple(Choice(one, one.default_model) for one in fallbacks)
    choice = Choice(client, client.default_model, fallbacks=candidates)
    turn = Turn(choice, tools.registry(), NOBODY, CallMetadata())
    played = Played(turn, [], tools, None)
    try:
        async with aclosing(turn.events(ASKED)) as events:
            async for event in events:
                played.events.append(event)
    except LLMError as error:
        played.error = error
    return played


def before(wire: Wire, position: Position, *, in_stream: bool) -> list[Reply]:
    """The steps that go well before the fault."""
    match position:
        case "at once":
            return []
        case "after words":
            return [] if in_stream else [stream(*wire.step(Said("p1"), words=WORDS))]
        case "after a tool":
            return [stream(*wire.step(Said("p1")))]


def fault_reply(wire: Wire, fault: Fault, position: Position) -> Reply:
    reply = fault.reply(wire)
    if position == "after words" and fault.in_stream:
        return Reply(reply.status, [*stream(*wire.words(WORDS)).chunks, *reply.chunks], reply.headers)
    return reply


def is_shown(fault: Fault, position: Position) -> bool:
    """Whether the step that fails has shown text: then it cannot be taken back, and so not be repeated."""
    return fault.in_stream and position == "after words"


each_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
each_position = pytest.mark.parametrize("position", POSITIONS)


@each_wire
@each_fault
@each_position
async def test_a_fault_that_stays_ends_the_turn_with_its_sentence(
    actors: dict[str, Actor], wire: Wire, fault: Fault, position: Position
) -> None:
    actor = actors[wire.name]
    well = before(wire, position, in_stream=fault.in_stream)
    actor.plays([*well, *[fault_reply(wire, fault, position)] * model_call.MAX_TRIES])
    played = await play(actor.hasty if fault.is_silent else actor.patient)

    assert_seen(played, fault.seen)
    tries = 1 if is_shown(fault, position) else fault.tries
    assert len(actor.server.requests) == len(well) + tries
    assert played.tools.runs == [63] * len(well)
    assert played.text == (WORDS if position == "after words" else "")


@each_wire
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.tries > 1], ids=lambda fault: fault.name)
@each_position
async def test_a_fault_that_passes_is_not_noticed_before_there_is_text(
    actors: dict[str, Actor], wire: Wire, fault: Fault, position: Position
) -> None:
    actor = actors[wire.name]
    well = before(wire, position, in_stream=fault.in_stream)
    actor.plays([*well, fault_reply(wire, fault, position), stream(*wire.step(words=ANSWER))])
    played = await play(actor.patient)

    if is_shown(fault, position):
        assert_seen(played, fault.seen)
        return
    assert_answered(played, position)
    assert played.tools.runs == [63] * len(well)
    assert played.answers[-2:] == [fault.seen.code, "answered"]


@each_wire
@each_fault
@each_position
async def test_with_a_second_provider_a_fault_before_text_ends_in_an_answer(
    actors: dict[str, Actor], wire: Wire, fault: Fault, position: Position
) -> None:
    first, second = actors[wire.name], actors[other(wire).name]
    well = before(wire, position, in_stream=fault.in_stream)
    first.plays([*well, *[fault_reply(wire, fault, position)] * model_call.MAX_TRIES])
    second.plays([stream(*second.wire.step(words=ANSWER))])
    played = await play(first.hasty if fault.is_silent else first.patient, second.patient)

    if is_shown(fault, position) or fault.seen.code in FINAL_CODES:
        assert_seen(played, fault.seen)
        assert second.server.requests == []
        return
    assert_answered(played, position)
    assert played.tools.runs == [63] * len(well)
    assert second.wire.count_outputs(second.server.requests[0]) == len(well)


@each_wire
@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity.name)
@each_position
async def test_a_turn_survives_what_a_model_does(
    actors: dict[str, Actor], wire: Wire, oddity: Oddity, position: Position
) -> None:
    actor = actors[wire.name]
    well = before(wire, position, in_stream=False)
    actor.plays([*well, *oddity.replies(wire)])
    played = await play(actor.patient)

    assert_answered(played, position)
    assert played.turn.done().data.finish_reason == oddity.ends
    # What was carried out before the oddity stands for the whole turn
    assert sorted(played.tools.runs) == sorted({*oddity.windows, *[63] * len(well)})
    told = {event.data.error.code for event in played.events if event.type == "tool_result" and event.data.error}
    assert told == set(oddity.told)
    assert actor.server.replies == []
    assert wire.reasoning_mark not in json.dumps(actor.server.requests[-1])


@each_wire
@pytest.mark.parametrize("fault", UNREACHABLE, ids=lambda fault: fault.name)
@each_position
async def test_an_address_that_leads_nowhere(
    actors: dict[str, Actor], wire: Wire, fault: Unreachable, position: Position, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = actors[wire.name]
    well = before(wire, position, in_stream=False)
    actor.plays(well)
    async with nowhere(fault, monkeypatch) as address:
        client = actor.hasty
        tools = Tools(before_run=[lambda: wire.move(client, address)])
        if not well:
            wire.move(client, address)
        try:
            played = await play(client, tools=tools)
        finally:
            wire.move(client, actor.server.url.removesuffix("/v1"))

    assert_seen(played, fault.seen)
    assert played.answers.count(fault.seen.code) == fault.tries
    assert tools.runs == [63] * len(well)
    assert played.text == (WORDS if position == "after words" else "")


@each_wire
@pytest.mark.parametrize("fault", UNREACHABLE, ids=lambda fault: fault.name)
async def test_a_second_provider_answers_for_one_that_is_not_reached(
    actors: dict[str, Actor], wire: Wire, fault: Unreachable, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = actors[wire.name], actors[other(wire).name]
    second.plays([stream(*second.wire.step(words=ANSWER))])
    async with nowhere(fault, monkeypatch) as address:
        wire.move(first.hasty, address)
        try:
            played = await play(first.hasty, second.patient)
        finally:
            wire.move(first.hasty, first.server.url.removesuffix("/v1"))

    assert_answered(played, "at once")
    assert played.answers == [*[fault.seen.code] * fault.tries, "answered"]


def assert_answered(played: Played, position: Position) -> None:
    assert played.error is None
    assert played.text == (f"{WORDS}\n\n{ANSWER}" if position == "after words" else ANSWER)
    assert played.turn.done().data.final_text == played.text
    assert all(part.duration_ms is not None for part in played.turn.snapshot.parts if part.type == "tool")


def assert_seen(played: Played, seen: Seen) -> None:
    """The last event of such a turn, as a reader gets it."""
    assert played.error is not None
    events, final = run_ending.close(played.turn.snapshot, run_ending.failure(played.error))
    assert isinstance(final.ending, ErrorData)
    assert (final.ending.code, final.ending.message) == (seen.code, seen.sentence)
    assert final.ending.retryable == seen.is_retryable
    assert [event.type for event in events] == ["error"]


@asynccontextmanager
async def nowhere(fault: Unreachable, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    match fault.name:
        case "a refused connection":
            yield f"http://127.0.0.1:{free_port()}"
        case "a name that is not found":
            monkeypatch.setattr(socket, "getaddrinfo", not_found)
            yield "http://provider.invalid"
        case "a failed TLS handshake":
            async with await asyncio.start_server(plain_spoken, "127.0.0.1", 0) as server:
                yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        case "a connection's silence":
            with full_backlog() as port:
                yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def not_found(host: Any, *rest: Any, **options: Any) -> Any:
    if host in ("provider.invalid", b"provider.invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return getaddrinfo(host, *rest, **options)


async def plain_spoken(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that knows nothing of TLS."""
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port whose queue of connections is full: the next one is neither taken nor refused."""
    with ExitStack() as opened:
        listening = opened.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(listening.getsockname())
        yield int(listening.getsockname()[1])
