"""`sigmasight mcp` as an assistant on this machine starts it: a process of its own, spoken to by the SDK's client."""

import os
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from app.config import REPOSITORY_ROOT
from app.services import demo

pytestmark = pytest.mark.demo


def command(database_url: str, home: Path, email: str) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "app.cli", "mcp", "--user", email],
        cwd=REPOSITORY_ROOT / "backend",
        env={"PATH": os.environ["PATH"], "DATABASE_URL": database_url, "SIGMASIGHT_HOME": str(home)},
    )


async def test_one_persons_portfolios_are_read_through_a_pipe(database_url: str, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    with errors.open("w") as written:
        started = stdio_client(command(database_url, tmp_path, demo.OTHER.email), errlog=written)
        async with Client(started, mode="legacy") as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            known = await client.call_tool("list_portfolios", {})
            beta = await client.call_tool("get_beta", {})
            foreign = await client.call_tool("get_beta", {"portfolio": "Balanced Individual"})

    assert "get_beta" in tools
    assert "remember" not in tools
    assert [portfolio["id"] for portfolio in known.structured_content["portfolios"]] == [
        beta.structured_content["portfolio_id"]
    ]
    assert foreign.is_error
    assert "portfolio_not_found" in errors.read_text()
    assert "Balanced" not in errors.read_text()
