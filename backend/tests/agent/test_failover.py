"""Who goes on where a model fails: at each place of a turn, over scripted clients."""

from collections.abc import Sequence
from contextlib import aclosing, suppress
from typing import Any, ClassVar, cast
from uuid import uuid4

import pytest

from app.agent import model_call
from app.agent.circuit import FAILURES, Circuit
from app.agent.llm_client import (
    BadRequest,
    CallMetadata,
    Choice,
    ContextTooLong,
    LLMError,
    Overloaded,
    ProviderItems,
    RateLimited,
    Refused,
    StreamCut,
    TimedOut,
    Unauthorized,
    UnknownModel,
)
from app.agent.runtime import Turn
from app.agent.sections import Context
from app.agent.tools.contract import ToolContext
from app.db import Database, Scope
from tests.agent.scripted import Action, FakeToolBox, ScriptedClient, answer, call, end, gives, text

NOBODY = ToolContext(cast(Database, None), Scope(uuid4(), uuid4()), None)


class OtherClient(ScriptedClient):
    provider: ClassVar[str] = "other"
    default_model = "other-1"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_call, "BASE_PAUSE_SECONDS", 0.0)


class Pair:
    """Two providers, and turns that ask the first and then the second."""

    def __init__(self, first: Sequence[Sequence[Action]], second: Sequence[Sequence[Action]]) -> None:
        self.first, self.second = ScriptedClient(*first), OtherClient(*second)
        self.circuits = Circuit(), Circuit()
        self.toolbox = FakeToolBox(get_beta=gives({"beta": 1.2}))

    async def turn(self) -> Turn:
        other = Choice(self.second, "other-1", circuit=self.circuits[1])
        choice = Choice(self.first, "scripted-1", fallbacks=(other,), circuit=self.circuits[0])
        turn = Turn(choice, self.toolbox, NOBODY, CallMetadata())
        async with aclosing(turn.events(Context())) as events:
            self.seen = [event async for event in events]
        return turn

    async def fails(self) -> LLMError:
        with pytest.raises(LLMError) as raised:
            await self.turn()
        return raised.value


def attempts(turn: Turn) -> list[tuple[str, str]]:
    return [(attempt.provider, attempt.outcome) for attempt in turn.done().data.attempts]


FAULTS = [
    Unauthorized(), BadRequest(), UnknownModel(), TimedOut(), StreamCut(), Overloaded(),
    RateLimited(retry_after_seconds=600),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
async def test_before_the_first_text_the_next_candidate_answers(fault: LLMError) -> None:
    pair = Pair([[fault]] * model_call.MAX_TRIES, [answer("From the other.")])
    turn = await pair.turn()

    assert turn.done().data.final_text == "From the other."
    assert attempts(turn)[-1] == ("other", "answered")
    assert attempts(turn)[0] == ("scripted", fault.code)
    assert turn.calls.answering.model == "other-1"


@pytest.mark.parametrize(
    "begun",
    [text(" \n"), [call("get_beta", "c1")], [*text("\n"), call("get_beta", "c1")]],
    ids=["blank", "call", "both"],
)
async def test_what_no_reader_has_seen_can_begin_anew(begun: list[Action]) -> None:
    pair = Pair([[*begun, StreamCut()]] * model_call.MAX_TRIES, [answer("Whole.")])
    turn = await pair.turn()

    assert turn.done().data.final_text == "Whole."
    assert pair.toolbox.calls == []
    assert turn.transcript == [{"role": "assistant", "content": "Whole."}]


async def test_between_steps_the_next_candidate_goes_on_with_the_tools_results() -> None:
    own = ProviderItems(provider="scripted", model="scripted-1", items=[{"type": "reasoning"}])
    pair = Pair([[call("get_beta", "c1"), end("tool_calls", own)], [Unauthorized()]], [answer("It is 1.2.")])
    turn = await pair.turn()

    assert len(pair.toolbox.calls) == 1
    assert [message["role"] for message in pair.second.asked[0]] == ["assistant", "tool"]
    assert pair.second.asked[0][1]["content"] == '{"beta":1.2}'
    assert attempts(turn) == [
        ("scripted", "answered"), ("scripted", "provider_unauthorized"), ("other", "answered"),
    ]  # fmt: skip


async def test_who_took_over_answers_the_rest_of_the_turn() -> None:
    pair = Pair(
        [[Unauthorized()], answer("never asked for")],
        [[call("get_beta", "c1"), end("tool_calls")], answer("It is 1.2.")],
    )
    turn = await pair.turn()

    assert turn.done().data.final_text == "It is 1.2."
    assert len(pair.first.asked) == 1


async def test_after_visible_text_the_turn_ends() -> None:
    pair = Pair([[*text("Half an "), StreamCut()]], [answer("never asked for")])
    error = await pair.fails()

    assert isinstance(error, StreamCut)
    assert error.retryable
    assert pair.second.asked == []


@pytest.mark.parametrize("error", [ContextTooLong(), Refused()], ids=lambda error: error.code)
async def test_what_another_model_would_not_do_better_ends_the_turn(error: LLMError) -> None:
    pair = Pair([[error]], [answer("never asked for")])

    assert await pair.fails() is error
    assert pair.second.asked == []


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (Unauthorized(), TimedOut(), TimedOut),
        (TimedOut(), Unauthorized(), TimedOut),
        (Unauthorized(), BadRequest(), Unauthorized),
    ],
)
async def test_where_all_fail_the_person_is_told_what_may_go_better(
    first: LLMError, second: LLMError, told: type[LLMError]
) -> None:
    pair = Pair([[first]], [[second]])

    assert type(await pair.fails()) is told


async def test_an_open_circuit_is_passed_over_at_once() -> None:
    pair = Pair([[Overloaded()]] * model_call.MAX_TRIES, [answer("One."), answer("Two.")])
    await pair.turn()
    turn = await pair.turn()

    assert len(pair.first.asked) == model_call.MAX_TRIES
    assert attempts(turn) == [("scripted", "circuit_open"), ("other", "answered")]


async def test_where_every_circuit_is_open_the_first_is_asked_once_more() -> None:
    pair = Pair([[Overloaded()], answer("Back again.")], [])
    for circuit in pair.circuits:
        for _ in range(FAILURES):
            circuit.failed()

    # Without further tries: what is known to be out of order is not waited for
    assert isinstance(await pair.fails(), Overloaded)
    assert len(pair.first.asked) == 1
    turn = await pair.turn()
    assert attempts(turn) == [("scripted", "circuit_open"), ("other", "circuit_open"), ("scripted", "answered")]
    assert not pair.circuits[0].is_open


@pytest.mark.parametrize(
    "error", [BadRequest(), UnknownModel(), ContextTooLong(), Refused()], ids=lambda error: error.code
)
async def test_a_fault_of_one_request_says_nothing_of_the_provider(error: LLMError) -> None:
    pair = Pair([[error]] * FAILURES, [answer("x")] * FAILURES)
    for _ in range(FAILURES):
        with suppress(LLMError):
            await pair.turn()

    assert not pair.circuits[0].is_open


def test_every_failure_has_its_place(no_pause: Any) -> None:
    """A failure of a provider that is added must be in one of the two tables of this file."""
    known = {type(fault) for fault in FAULTS} | {ContextTooLong, Refused}
    from_providers = {kind for kind in LLMError.__subclasses__() if kind.__module__ == LLMError.__module__}

    assert from_providers == known
