"""The check at the end of a turn, and what strict mode does about figures from nowhere."""

import asyncio
import json
from contextlib import aclosing
from typing import cast
from uuid import uuid4

from app.agent import turn_grounding
from app.agent.llm_client import (
    AssistantMessage,
    AssistantToolCall,
    CallMetadata,
    Choice,
    LLMMessage,
    Refused,
    ToolMessage,
    Unauthorized,
    UserMessage,
)
from app.agent.runtime import Turn
from app.agent.sections import Context, Section, SectionName, piece
from app.agent.tools.contract import ToolContext
from app.agent.turn_grounding import GroundingMode
from app.db import Database, Scope
from app.schemas.chat import MessageEvent, RunEvent
from app.schemas.grounding import Grounding, Traced
from tests.agent.scripted import Action, FakeToolBox, ScriptedClient, answer, call, end, gives, text

NOBODY = ToolContext(cast(Database, None), Scope(uuid4(), uuid4()), None)
BETA = {"portfolio_name": "Growth", "base_currency": "USD", "as_of": "2022-12-28", "beta_252d": 0.775}


def turn_of(client: ScriptedClient, mode: GroundingMode = "check") -> Turn:
    toolbox = FakeToolBox(get_beta=gives(BETA))
    return Turn(Choice(client, client.default_model), toolbox, NOBODY, CallMetadata(), grounding_mode=mode)


def scripted(*answers: list[Action]) -> ScriptedClient:
    return ScriptedClient([*text("Let me look."), call("get_beta", "c1"), end("tool_calls")], *answers)


async def played(turn: Turn, given: Context | None = None) -> list[RunEvent]:
    async with aclosing(turn.events(given or Context())) as events:
        return [event async for event in events]


def section(name: SectionName, *messages: LLMMessage) -> Context:
    return Context((Section(name, (piece(*messages),)),))


def statuses(turn: Turn) -> dict[str, str]:
    grounding = turn.done().data.grounding
    assert grounding is not None
    return {figure.text: figure.origin.status for figure in grounding.figures}


async def test_every_figure_of_an_answer_is_checked_against_the_turns_results() -> None:
    turn = turn_of(scripted(answer("Beta is 0.78, ", "not 1.5.")))
    await played(turn)

    assert statuses(turn) == {"0.78": "traced", "1.5": "untraced"}
    grounding = turn.done().data.grounding
    assert grounding is not None
    assert (grounding.traced, grounding.untraced, grounding.is_corrected) == (1, 1, False)
    units = turn.snapshot.text.encode("utf-16-le")
    assert [units[f.start * 2 : f.end * 2].decode("utf-16-le") for f in grounding.figures] == ["0.78", "1.5"]


async def test_it_can_be_switched_off() -> None:
    turn = turn_of(scripted(answer("Beta is 1.5.")), "off")
    await played(turn)
    assert turn.done().data.grounding is None


async def test_results_of_earlier_turns_that_the_model_is_shown_are_evidence() -> None:
    earlier: list[LLMMessage] = [
        UserMessage(role="user", content="What is my beta?"),
        AssistantMessage(
            role="assistant",
            content="It is 9.9.",
            tool_calls=[AssistantToolCall(id="e1", name="get_beta", arguments={})],
        ),
        ToolMessage(role="tool", tool_call_id="e1", name="get_beta", content=json.dumps(BETA)),
    ]
    turn = turn_of(ScriptedClient(answer("As I said, beta is 0.78; it is not 9.9.")))
    await played(turn, section("history", *earlier))

    assert statuses(turn) == {"0.78": "traced", "9.9": "untraced"}
    grounding = turn.done().data.grounding
    assert grounding is not None
    origin = grounding.figures[0].origin
    assert isinstance(origin, Traced)
    assert (origin.source.tool_call_id, origin.source.name) == ("e1", "get_beta")


async def test_what_was_asked_and_what_was_retrieved_are_evidence() -> None:
    asked = section("question", UserMessage(role="user", content="Is a loss of 12.5 % likely?"))
    known = section("knowledge", UserMessage(role="user", content="Such days come about 2.7 times a year."))
    given = Context((*asked.sections, *known.sections))
    turn = turn_of(ScriptedClient(answer("A loss of 12.5 %: such days come 2.7 times a year.")))
    await played(turn, given)
    assert set(statuses(turn).values()) == {"traced"}


async def test_strict_mode_shows_an_answer_only_when_it_has_been_checked() -> None:
    client = scripted(answer("Beta is 0.78, ", "as of now."))
    turn = turn_of(client, "strict")
    events = await played(turn)

    assert [event.data.delta for event in events if isinstance(event, MessageEvent)] == [
        "Let me look.",
        "\n\nBeta is 0.78, as of now.",
    ]
    assert client.is_spent
    assert turn.transcript[-1] == {"role": "assistant", "content": "Beta is 0.78, as of now."}


async def test_in_strict_mode_figures_from_nowhere_are_mended_once_before_anybody_sees_them() -> None:
    client = scripted(answer("Beta is 1.5."), answer("Beta is 0.78."))
    turn = turn_of(client, "strict")
    await played(turn)

    assert turn.snapshot.text == "Let me look.\n\nBeta is 0.78."
    grounding = turn.done().data.grounding
    assert grounding is not None
    assert (grounding.untraced, grounding.is_corrected) == (0, True)
    *_, draft, told = client.asked[-1]
    assert draft == {"role": "assistant", "content": "Beta is 1.5."}
    assert '"1.5"' in told["content"]
    assert client.metadata[-1].tool_choice == "none"
    assert turn.transcript[-1] == {"role": "assistant", "content": "Beta is 0.78."}


async def test_a_second_try_that_is_no_better_leaves_the_first_with_its_marks() -> None:
    turn = turn_of(scripted(answer("Beta is 1.5."), answer("Beta is 1.6.")), "strict")
    await played(turn)

    assert turn.snapshot.text.endswith("Beta is 1.5.")
    assert statuses(turn) == {"1.5": "untraced"}
    assert turn.transcript[-1] == {"role": "assistant", "content": "Beta is 1.5."}


async def test_a_second_try_that_fails_or_says_nothing_leaves_the_first() -> None:
    for second in ([Unauthorized()], [Refused()], [end()], [*text("Beta is "), Unauthorized()]):
        turn = turn_of(scripted(answer("Beta is 1.5."), cast(list[Action], second)), "strict")
        await played(turn)
        assert turn.snapshot.text.endswith("Beta is 1.5.")
        assert turn.done().data.finish_reason == "stop"


async def test_what_was_withheld_is_never_kept_as_said() -> None:
    gate = asyncio.Event()
    turn = turn_of(ScriptedClient([*text("Beta is 1.5"), gate]), "strict")
    playing = asyncio.create_task(played(turn))
    for _ in range(20):
        await asyncio.sleep(0)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)

    await turn.ground()
    assert turn.snapshot.text == ""
    assert turn.transcript_so_far() == []
    assert turn.done("stopped").data.grounding is None


async def test_a_stopped_answer_is_checked_as_far_as_it_came() -> None:
    turn = turn_of(scripted([*text("Beta is 0.78 and"), asyncio.Event()]))
    async with aclosing(turn.events(Context())) as events:
        async for event in events:
            if isinstance(event, MessageEvent) and "0.78" in event.data.delta:
                break
    await turn.ground()
    assert statuses(turn) == {"0.78": "traced"}


def test_the_model_is_told_each_figure_once_and_not_too_many() -> None:
    figures = [{"start": 0, "end": 1, "text": f"{n % 40}", "origin": {"status": "untraced"}} for n in range(80)]
    told = turn_grounding.correction(Grounding.model_validate({"figures": figures, "untraced": 80}))["content"]
    assert told.count('"') == 2 * turn_grounding.MAX_NAMED
