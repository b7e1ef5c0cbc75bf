"""The check of an answer's figures, as a reader gets it and as it is stored."""

from typing import Any

import pytest

from app.agent.turn_grounding import GroundingMode
from app.config import Settings
from tests.agent.scripted import FakeToolBox, ScriptedClient, answer, call, end, gives, text
from tests.api.chat_fixtures import OpenChat

BETA = {"portfolio_name": "Growth", "base_currency": "USD", "as_of": "2022-12-28", "beta_252d": 0.775}


def scripted(*answers: Any) -> ScriptedClient:
    return ScriptedClient([*text("Let me look."), call("get_beta", "c1"), end("tool_calls")], *answers)


@pytest.fixture
def grounding() -> GroundingMode:
    return "check"


@pytest.fixture
def settings(settings: Settings, grounding: GroundingMode) -> Settings:
    return settings.model_copy(update={"grounding": grounding})


async def test_the_last_event_and_the_stored_message_say_where_each_figure_comes_from(open_chat: OpenChat) -> None:
    async with open_chat(scripted(answer("Beta is 0.78, not 1.5.")), FakeToolBox(get_beta=gives(BETA))) as chat:
        reading = await chat.ask("How risky is it?")
        _, stored = await chat.messages()

    grounding = reading.events[-1].data["grounding"]
    assert stored["grounding"] == grounding
    assert (grounding["traced"], grounding["untraced"]) == (1, 1)
    traced, untraced = grounding["figures"]
    assert traced["origin"]["source"] == {
        "kind": "tool", "tool_call_id": "c1", "name": "get_beta", "path": "beta_252d", "label": "beta 252d",
        "value": 0.775, "as_of": "2022-12-28",
    }  # fmt: skip
    assert untraced["origin"] == {"status": "untraced"}


@pytest.mark.parametrize("grounding", ["strict"])
async def test_the_setting_reaches_the_turn(open_chat: OpenChat) -> None:
    client = scripted(answer("Beta is 1.5."), answer("Beta is 0.78."))
    async with open_chat(client, FakeToolBox(get_beta=gives(BETA))) as chat:
        reading = await chat.ask("How risky is it?")

    assert reading.text == "Let me look.\n\nBeta is 0.78."
    assert reading.events[-1].data["grounding"]["is_corrected"] is True
