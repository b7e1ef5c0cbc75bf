"""A real model behind llama.cpp's server, in both wire formats.

Its Responses have no indexes and no `arguments.done`, its Messages no pings, and a second block begins before the first
has ended.
"""

import pytest

from app.agent import runs
from app.agent.context import Assembly
from app.agent.llm_client import CallMetadata, SystemMessage, ToolSpec, UserMessage
from app.agent.sections import Context, Section, piece
from tests.agent.scripted import FakeToolBox, gives
from tests.providers.opened import OpenWithProvider, Spoken

pytestmark = pytest.mark.provider

MODEL = {"openai_model": "smollm2", "claude_model": "smollm2"}


class Beta(FakeToolBox):
    """One tool, described as the model's template wants it: with properties."""

    def specs(self) -> list[ToolSpec]:
        parameters = {"type": "object", "properties": {"window": {"type": "integer"}}}
        return [ToolSpec(name="get_beta", description="beta", parameters=parameters)]


@pytest.fixture(autouse=True)
def short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for a tool call or a story's beginning: on a busy machine even a small model gives a few words a second."""
    monkeypatch.setattr(runs, "_metadata", lambda _run: CallMetadata(max_output_tokens=80))


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of this size loses the thread in the product's own rules, and calls nothing."""

    async def shown(self: Assembly, *_given: object) -> Context:
        rules = SystemMessage(role="system", content="Be short.")
        question = UserMessage(role="user", content=self.question.text)
        return Context((Section("question", (piece(rules, question),)),))

    monkeypatch.setattr(Assembly, "context", shown)


@pytest.mark.usefixtures("few_words")
async def test_a_turn_streams_the_models_tool_calls_and_text(
    open_with_provider: OpenWithProvider, llama_url: str, spoken: Spoken
) -> None:
    toolbox = Beta(get_beta=gives({"value": 0.2}))
    async with open_with_provider(llama_url, spoken, toolbox, **MODEL) as chat:
        reading = await chat.ask("What is the beta of my portfolio?")
        _, assistant = await chat.messages()

    done = reading.events[-1]
    assert done.type == "done", done.data
    assert done.data["tool_calls_count"] >= 1, reading.text
    assert done.data["final_text"] == reading.text == assistant["content"]
    assert reading.text
    assert reading.types.count("tool_call") == reading.types.count("tool_result") == done.data["tool_calls_count"]
    assert done.data["usage"]["output_tokens"] > 0
    assert reading.events[0].data["provider"] == spoken
    assert toolbox.calls[0][0] == "get_beta"


async def test_a_second_question_is_asked_with_what_was_said(
    open_with_provider: OpenWithProvider, llama_url: str, spoken: Spoken
) -> None:
    async with open_with_provider(llama_url, spoken, FakeToolBox(), **MODEL) as chat:
        first = await chat.ask("Say: yes.")
        second = await chat.ask("Say: no.")

    assert (first.types[-1], second.types[-1]) == ("done", "done")
    assert second.events[-1].data["usage"]["input_tokens"] > first.events[-1].data["usage"]["input_tokens"]


async def test_a_turn_is_stopped_at_the_model(
    open_with_provider: OpenWithProvider, llama_url: str, spoken: Spoken
) -> None:
    async with open_with_provider(llama_url, spoken, FakeToolBox(), **MODEL) as chat:
        begun = await chat.ask("Write a long story about a whale.", leave_after=3)
        await chat.stop(begun.run_id)
        rest = await chat.resume(begun.run_id, after=begun.events[-1].id)

    assert rest.events[-1].data["finish_reason"] == "stopped"
    assert rest.events[-1].data["final_text"].startswith(begun.text)
