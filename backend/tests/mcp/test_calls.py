"""What becomes of a call behind the door: limits, refusals, and results of a size that nobody expected."""

import asyncio
import json
from typing import Any

import pytest
from mcp import Client
from mcp.types import TextContent

from app.agent.embedding_local import LocalEmbedder
from app.agent.tools.contract import Tool, ToolRun, tool
from app.agent.tools.registry import Registry
from app.agent.turn_tools import MAX_PARALLEL
from app.db import Database
from app.mcp.calls import Caller, Calls
from app.mcp.server import assistant_server
from app.schemas.base import Request, Schema
from tests.builders import make_user, scope_of


class Nothing(Request):
    pass


class Text(Schema):
    text: str


class Rows(Schema):
    rows: list[str]


@tool
async def hang(arguments: Nothing, run: ToolRun) -> Text:
    """Never answer."""
    await asyncio.Event().wait()
    return Text(text="")


@tool
async def break_down(arguments: Nothing, run: ToolRun) -> Text:
    """Fail for a reason of its own."""
    raise RuntimeError("password=hush")


@tool
async def many_rows(arguments: Nothing, run: ToolRun) -> Rows:
    """Answer with far too many."""
    return Rows(rows=["x" * 90] * 10_000)


@tool
async def long_text(arguments: Nothing, run: ToolRun) -> Text:
    """Answer with far too long a text."""
    return Text(text="x" * 200_000)


TOOLS = (hang, break_down, many_rows, long_text)


def calls(database: Database, tools: tuple[Tool, ...], **options: Any) -> Calls:
    return Calls(Registry(tools, **options), database, LocalEmbedder())


@pytest.fixture
async def caller(database: Database) -> Caller:
    return Caller(scope_of(await make_user(database)), credential=None)


@pytest.mark.parametrize(
    ("name", "code"),
    [("hang", "tool_timed_out"), ("break_down", "tool_failed")],
)
async def test_what_fails_is_told_in_a_sentence(database: Database, caller: Caller, name: str, code: str) -> None:
    server = assistant_server(calls(database, TOOLS, timeout_seconds=0.05), lambda _context: caller)
    async with Client(server) as client:
        result = await client.call_tool(name, {})

    (content,) = result.content
    assert isinstance(content, TextContent)
    assert result.is_error
    assert json.loads(content.text)["error"]["code"] == code
    assert "hush" not in content.text


async def test_a_list_that_was_cut_is_still_what_was_promised(database: Database, caller: Caller) -> None:
    async with Client(assistant_server(calls(database, TOOLS), lambda _context: caller)) as client:
        # The SDK's client checks a structure by the schema of the list
        await client.list_tools()
        result = await client.call_tool("many_rows", {})

    assert not result.is_error
    assert 0 < len(result.structured_content["rows"]) < 10_000
    assert "Ask for less" in result.structured_content["truncated"]


async def test_a_result_of_which_only_a_beginning_is_left_promises_nothing(database: Database, caller: Caller) -> None:
    async with Client(assistant_server(calls(database, TOOLS), lambda _context: caller)) as client:
        await client.list_tools()
        result = await client.call_tool("long_text", {})

    (content,) = result.content
    assert isinstance(content, TextContent)
    assert (result.is_error, result.structured_content) == (True, None)
    assert "Ask for less" in json.loads(content.text)["truncated"]


async def test_one_persons_calls_wait_for_each_other_and_nobody_elses(database: Database, caller: Caller) -> None:
    entered: asyncio.Queue[str] = asyncio.Queue()
    leave = asyncio.Event()

    @tool
    async def wait(arguments: Nothing, run: ToolRun) -> Text:
        """Wait until told to go on."""
        entered.put_nowait(str(run.context.scope.user_id))
        await leave.wait()
        return Text(text="done")

    behind = calls(database, (wait,))
    other = Caller(scope_of(await make_user(database)), credential=None)
    own = [asyncio.create_task(behind.carry_out(caller, "wait", {})) for _ in range(MAX_PARALLEL + 3)]
    first = [await entered.get() for _ in range(MAX_PARALLEL)]
    others = asyncio.create_task(behind.carry_out(other, "wait", {}))
    next_in = await entered.get()
    leave.set()
    outcomes = [*await asyncio.gather(*own), await others]

    assert set(first) == {str(caller.scope.user_id)}
    assert next_in == str(other.scope.user_id)
    assert [outcome.result for outcome in outcomes] == [{"text": "done"}] * (MAX_PARALLEL + 4)
