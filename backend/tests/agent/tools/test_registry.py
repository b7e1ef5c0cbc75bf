"""The tool boundary: whatever a model sends and whatever a tool does, the turn gets one readable outcome."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import uuid4

import pytest
from pydantic import Field
from structlog.testing import capture_logs

from app.agent.tools.contract import PortfolioNotFound, ToolContext, ToolRun, tool
from app.agent.tools.registry import Registry
from app.agent.tools.size import MAX_RESULT_BYTES, encoded_size
from app.analytics.errors import InsufficientData, NoExposure
from app.db import Database, Scope
from app.errors import Conflict, NotFound
from app.schemas.base import Request, Schema


class Terms(Request):
    word: Annotated[str, Field(min_length=1, max_length=10, description="A word.")]
    times: Annotated[int, Field(ge=1, le=5, description="How often.")] = 1
    tone: Literal["plain", "loud"] = "plain"


class Echo(Schema):
    words: list[str]


class Nothing(Request):
    pass


class Rows(Schema):
    title: str
    rows: list[str]


@tool
async def echo_words(arguments: Terms, run: ToolRun) -> Echo:
    """Repeat a word.

    As often as asked.
    """
    return Echo(words=[arguments.word] * arguments.times)


@tool
async def hang(arguments: Nothing, run: ToolRun) -> Echo:
    """Never answer."""
    await asyncio.sleep(3600)
    return Echo(words=[])


@tool
async def many_rows(arguments: Nothing, run: ToolRun) -> Rows:
    """Answer far too much."""
    return Rows(title="kept", rows=["x" * 90 for _ in range(100_000)])


@tool
async def one_huge_text(arguments: Nothing, run: ToolRun) -> Rows:
    """Answer one text that no list can be cut from."""
    return Rows(title='"' * 1_000_000, rows=[])


class PortfolioMissing(NotFound):
    code = "portfolio_not_found"
    detail = "There is no such portfolio."


class Busy(Conflict):
    code = "busy"
    detail = "Something else is going on."


FAILURES: dict[str, Exception] = {
    "insufficient_data": InsufficientData("Volatility", needed=21, had=3),
    "undefined": NoExposure(),
    "portfolio_not_found": PortfolioMissing(),
    "busy": Busy(),
    "tool_failed": RuntimeError("password=hunter2"),
}


class FailureArguments(Request):
    code: str


@tool
async def fail(arguments: FailureArguments, run: ToolRun) -> Echo:
    """Raise."""
    raise FAILURES[arguments.code]


@pytest.fixture
async def context() -> AsyncIterator[ToolContext]:
    # Nothing here asks the database, so none is connected to
    database = Database("postgresql://127.0.0.1:1/none")
    yield ToolContext(database=database, scope=Scope(user_id=uuid4(), tenant_id=uuid4()), portfolio_id=None)
    await database.close()


@pytest.fixture
def registry() -> Registry:
    return Registry([echo_words, hang, many_rows, one_huge_text, fail])


async def test_a_call_answers_with_json_ready_data(registry: Registry, context: ToolContext) -> None:
    outcome = await registry.call("echo_words", {"word": "risk", "times": 2}, context)
    assert outcome.result == {"words": ["risk", "risk"]}
    assert outcome.error is None
    assert outcome.duration_ms >= 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "`word`: Field required"),
        ({"word": 7}, "`word`: Input should be a valid string"),
        ({"word": "risk", "times": 9}, "`times`: Input should be less than or equal to 5"),
        ({"word": "risk", "times": float("nan")}, "`times`: Input should be a finite number"),
        ({"word": "risk", "times": 1e308}, "`times`: "),
        ({"word": "risk", "tone": "shrill"}, "`tone`: Input should be 'plain' or 'loud'"),
        ({"word": "risk", "user_id": "x"}, "`user_id`: Extra inputs are not permitted"),
        ({"word": "r" * 1_000_000}, "`word`: String should have at most 10 characters"),
    ],
)
async def test_bad_arguments_are_answered_with_an_instruction(
    registry: Registry, context: ToolContext, arguments: dict[str, Any], said: str
) -> None:
    outcome = await registry.call("echo_words", arguments, context)
    assert outcome.result is None
    assert outcome.error is not None
    assert outcome.error.code == "invalid_arguments"
    assert said in outcome.error.message
    assert "Its arguments are: word, times, tone." in outcome.error.message
    assert len(outcome.error.message) < 1_000


async def test_an_unknown_tool_is_answered_with_the_close_names(registry: Registry, context: ToolContext) -> None:
    outcome = await registry.call("echo_word", {}, context)
    assert outcome.error is not None
    assert outcome.error.code == "unknown_tool"
    assert "Did you mean echo_words" in outcome.error.message


async def test_an_unlike_tool_name_is_answered_with_all_names(registry: Registry, context: ToolContext) -> None:
    outcome = await registry.call("drop\ntables" * 100, {}, context)
    assert outcome.error is not None
    assert outcome.error.message.endswith("There are: echo_words, hang, many_rows, one_huge_text, fail.")
    assert "\n" not in outcome.error.message


@pytest.mark.parametrize("code", FAILURES)
async def test_failures_keep_their_code(registry: Registry, context: ToolContext, code: str) -> None:
    with capture_logs() as logs:
        outcome = await registry.call("fail", {"code": code}, context)
    assert outcome.error is not None
    assert outcome.error.code == code
    assert "hunter2" not in outcome.error.message
    assert [entry["event"] for entry in logs] == (["tool_failed"] if code == "tool_failed" else [])


async def test_a_missing_portfolio_reads_the_same_wherever_it_is_found_missing(
    registry: Registry, context: ToolContext
) -> None:
    outcome = await registry.call("fail", {"code": "portfolio_not_found"}, context)
    assert outcome.error is not None
    assert outcome.error.message == str(PortfolioNotFound())


async def test_a_tool_that_hangs_is_ended(context: ToolContext) -> None:
    outcome = await Registry([hang], timeout_seconds=0.01).call("hang", {}, context)
    assert outcome.error is not None
    assert outcome.error.code == "tool_timed_out"


async def test_cancelling_the_turn_ends_the_tool(context: ToolContext) -> None:
    call = asyncio.create_task(Registry([hang]).call("hang", {}, context))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_large_list_is_cut_with_a_notice(registry: Registry, context: ToolContext) -> None:
    outcome = await registry.call("many_rows", {}, context)
    assert outcome.result is not None
    assert encoded_size(outcome.result) <= MAX_RESULT_BYTES
    assert outcome.result["title"] == "kept"
    assert f"rows: first {len(outcome.result['rows'])} of 100000" in outcome.result["truncated"]


async def test_a_large_text_is_cut_with_a_notice(registry: Registry, context: ToolContext) -> None:
    outcome = await registry.call("one_huge_text", {}, context)
    assert outcome.result is not None
    assert encoded_size(outcome.result) <= MAX_RESULT_BYTES
    assert "too large" in outcome.result["truncated"]


def test_a_spec_is_derived_from_the_function(registry: Registry) -> None:
    spec = registry.specs()[0]
    assert spec["name"] == "echo_words"
    assert spec["description"] == "Repeat a word. As often as asked."
    assert spec["parameters"] == {
        "type": "object",
        "additionalProperties": False,
        "required": ["word"],
        "properties": {
            "word": {"type": "string", "minLength": 1, "maxLength": 10, "description": "A word."},
            "times": {"type": "integer", "minimum": 1, "maximum": 5, "default": 1, "description": "How often."},
            "tone": {"type": "string", "enum": ["plain", "loud"], "default": "plain"},
        },
    }


def test_references_are_inlined_and_a_property_named_title_stays() -> None:
    class Inner(Schema):
        title: str

    class Outer(Request):
        inner: Inner
        others: list[Inner]

    @tool
    async def nested(arguments: Outer, run: ToolRun) -> Echo:
        """Take something nested."""
        return Echo(words=[])

    text = json.dumps(nested.spec()["parameters"])
    assert "$ref" not in text
    assert "$defs" not in text
    assert nested.spec()["parameters"]["properties"]["inner"]["properties"] == {"title": {"type": "string"}}


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="echo_words"):
        Registry([echo_words, echo_words])


def test_a_tool_without_a_docstring_is_refused() -> None:
    async def undescribed(arguments: Nothing, run: ToolRun) -> Echo:
        return Echo(words=[])

    with pytest.raises(TypeError, match="docstring"):
        tool(undescribed)
