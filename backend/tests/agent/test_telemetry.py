"""The spans of a turn: who is whose child, and that nobody's words are in any of them."""

from contextlib import aclosing

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from app import telemetry
from app.agent import model_call
from app.agent.llm_client import CallMetadata, Choice, Overloaded
from app.agent.runtime import Turn
from app.agent.sections import Context
from app.db import Database
from app.schemas.chat import SendIn
from tests.agent.processes import conversation_of, process, until_stored
from tests.agent.scripted import FakeToolBox, ScriptedClient, answer, call, end, fails, gives, text, usage
from tests.agent.test_runtime import NOBODY
from tests.builders import make_user, scope_of

SECRETS = ("My secret question", "secret answer", "secret-value")


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    monkeypatch.setattr(model_call, "BASE_PAUSE_SECONDS", 0.0)
    return kept


def scripted() -> ScriptedClient:
    """A model that fails once, then asks for two tools, one of which fails, and then answers."""
    return ScriptedClient(
        [Overloaded("secret-value")],
        [*text("Let me look."), call("look", "c1"), call("fall", "c2"), usage(10, 2), end("tool_calls")],
        answer("A secret answer."),
    )


async def test_a_turn_is_traced_down_to_each_call_and_tool(database: Database, exporter: InMemorySpanExporter) -> None:
    spans = await spans_of(database, exporter)

    turn = spans["invoke_agent analyst"]
    first, second = spans["step 1"], spans["step 2"]
    assert (parent_of(first), parent_of(second), turn.parent) == (id_of(turn), id_of(turn), None)
    chats = [span for span in exporter.get_finished_spans() if span.name == "chat scripted-1"]
    assert [parent_of(span) for span in chats] == [id_of(first), id_of(first), id_of(second)]
    assert [parent_of(spans[f"execute_tool {name}"]) for name in ("look", "fall")] == [id_of(first)] * 2


async def test_spans_say_what_happened_and_not_what_was_said(
    database: Database, exporter: InMemorySpanExporter
) -> None:
    spans = await spans_of(database, exporter)

    failed, called, _ = [span for span in exporter.get_finished_spans() if span.name == "chat scripted-1"]
    assert failed.status.status_code is StatusCode.ERROR
    assert dict(failed.attributes or {})["error.type"] == "provider_overloaded"
    attributes = dict(called.attributes or {})
    assert (attributes["gen_ai.usage.input_tokens"], attributes["gen_ai.usage.output_tokens"]) == (10, 2)
    assert (attributes["gen_ai.operation.name"], attributes["gen_ai.request.model"]) == ("chat", "scripted-1")
    assert dict(spans["execute_tool fall"].attributes or {})["error.type"] == "tool_failed"
    everything = " ".join(span.to_json() for span in exporter.get_finished_spans())
    assert not [secret for secret in SECRETS if secret in everything]


async def test_a_turn_that_is_left_in_the_middle_leaves_no_span_open(exporter: InMemorySpanExporter) -> None:
    client = scripted()
    turn = Turn(Choice(client, client.default_model), FakeToolBox(), NOBODY, CallMetadata())
    async with aclosing(turn.events(Context())) as events:
        await anext(events)

    # One call failed before the first word, and one was broken off after it
    assert [span.name for span in exporter.get_finished_spans()] == ["chat scripted-1", "chat scripted-1", "step 1"]


async def spans_of(database: Database, exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """Of a whole turn, by name; of several with one name the last."""
    user = await make_user(database)
    toolbox = FakeToolBox(look=gives({"beta": "secret-value"}), fall=fails("secret-value"))
    async with process(database, scripted(), toolbox) as runs:
        conversation = await conversation_of(database, user)
        sent = SendIn(conversation_id=conversation.id, text="My secret question")
        run_id = await runs.start(scope_of(user), sent, None)
        await until_stored(runs, scope_of(user), run_id, "done")
    return {span.name: span for span in exporter.get_finished_spans()}


def id_of(span: ReadableSpan) -> int:
    return span.get_span_context().span_id


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent is not None else None
