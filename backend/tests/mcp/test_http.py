"""The tools over streamable HTTP, asked by the SDK's own client."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from mcp.types import CallToolResult, TextContent
from structlog.testing import capture_logs

from app.agent.tools.catalogue import standard_registry
from app.agent.tools.json_schema import parameters_of
from app.config import Settings
from app.db import Database
from app.main import create_app
from app.mcp import http as assistants
from app.repositories import portfolio as portfolio_repository
from app.services import demo
from tests.mcp.asking import CALL_HEADERS, PROTOCOLS, URL, asking, call, http, token_for

pytestmark = pytest.mark.demo

NAMES = {"Balanced Individual", "Tech Growth", "Hedge Fund Style"}


@pytest.fixture
async def token(app: FastAPI, database: Database, settings: Settings) -> str:
    return (await token_for(database, settings, demo.DEMO.scope)).token


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def failure_of(result: CallToolResult) -> dict[str, str]:
    assert result.is_error
    assert result.structured_content is None
    failure: dict[str, str] = json.loads(text_of(result))["error"]
    return failure


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_the_tools_are_those_of_the_registry(app: FastAPI, token: str, protocol: str) -> None:
    async with asking(app, token, protocol) as client:
        listed = (await client.list_tools()).tools

    offered = {tool.name: tool for tool in standard_registry()._tools.values() if tool.name != "remember"}
    assert [tool.name for tool in listed] == list(offered)
    for tool in listed:
        assert tool.description == offered[tool.name].description
        assert tool.input_schema == parameters_of(offered[tool.name].input_model)
        assert tool.output_schema is not None
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_call_gives_the_figures_of_the_api(
    app: FastAPI, client: httpx.AsyncClient, database: Database, settings: Settings, token: str, protocol: str
) -> None:
    async with asking(app, token, protocol) as assistant:
        known = await assistant.call_tool("list_portfolios", {})
        portfolio = known.structured_content["portfolios"][0]
        told = await assistant.call_tool("get_value_at_risk", {"portfolio": portfolio["name"]})

    answer = await client.get(
        f"/api/v1/analytics/portfolio/{portfolio['id']}/value-at-risk", headers=await demo_headers(client)
    )
    assert answer.status_code == 200
    assert not told.is_error
    assert json.loads(text_of(told)) == told.structured_content
    shared = set(answer.json()) & set(told.structured_content)
    assert {"as_of", "window", "coverage", "levels"} <= shared
    assert {key: told.structured_content[key] for key in shared} == {key: answer.json()[key] for key in shared}


async def demo_headers(client: httpx.AsyncClient) -> dict[str, str]:
    given = {"email": demo.DEMO.email, "password": demo.PASSWORD}
    signed_in = await client.post("/api/v1/auth/login", json=given)
    return {"Authorization": f"Bearer {signed_in.json()['access_token']}"}


async def test_what_every_tool_answers_is_what_it_promised(app: FastAPI, token: str) -> None:
    """The SDK's client checks a structure against its schema and raises where it differs."""
    arguments: dict[str, dict[str, Any]] = {
        "compare_portfolios": {},
        "get_prices_historical": {"symbol": "AAPL"},
        "run_stress_test": {},
        "search_knowledge": {"question": "What is beta?"},
        "simulate_trades": {"trades": [{"symbol": "AAPL", "quantity": 1}]},
    }
    async with asking(app, token) as client:
        for tool in (await client.list_tools()).tools:
            wanted = arguments.get(tool.name, {})
            if "portfolio" in tool.input_schema["properties"]:
                wanted = {**wanted, "portfolio": "Balanced Individual"}
            result = await client.call_tool(tool.name, wanted)
            assert not result.is_error, text_of(result)


async def test_without_a_name_an_assistant_is_told_which_portfolios_there_are(app: FastAPI, token: str) -> None:
    async with asking(app, token) as client:
        failure = failure_of(await client.call_tool("get_beta", {}))

    assert failure["code"] == "ambiguous_portfolio"
    assert "Name one of them as `portfolio`" in failure["message"]


async def test_somebody_elses_portfolio_is_not_found(app: FastAPI, database: Database, token: str) -> None:
    async with database.session(demo.OTHER.scope) as session:
        (foreign,) = await portfolio_repository.list_all(session)
    async with asking(app, token) as client:
        by_id = failure_of(await client.call_tool("get_beta", {"portfolio": str(foreign.id)}))
        missing = failure_of(await client.call_tool("get_beta", {"portfolio": "00000000-0000-0000-0000-000000000000"}))

    assert by_id == missing
    assert by_id["code"] == "portfolio_not_found"
    assert "list_portfolios" in by_id["message"]


@pytest.mark.parametrize(
    ("name", "arguments", "code", "words"),
    [
        ("get_beta", {"portfolio": 7}, "invalid_arguments", "Its arguments are: portfolio"),
        ("get_beta", {"user_id": "somebody"}, "invalid_arguments", "`user_id`"),
        ("get_betas", {}, "unknown_tool", "Did you mean get_beta"),
        ("remember", {"content": "I like tables."}, "memory_unavailable", "go on without"),
        ("search_knowledge", {"question": "x" * 40_000}, "invalid_arguments", "search_knowledge was not run"),
    ],
    ids=["wrong type", "scope as an argument", "unknown", "not offered", "too long"],
)
async def test_a_wrong_call_is_told_what_to_do(
    app: FastAPI, token: str, name: str, arguments: dict[str, Any], code: str, words: str
) -> None:
    async with asking(app, token) as client:
        failure = failure_of(await client.call_tool(name, arguments))

    assert failure["code"] == code
    assert words in failure["message"]


async def test_a_number_that_is_none_is_refused(app: FastAPI, token: str) -> None:
    body = json.dumps(call("get_beta", {"portfolio": float("nan")}))
    async with http(app, token, **CALL_HEADERS) as opened:
        answer = await opened.post(URL, content=body)

    assert answer.status_code == 200
    assert "finite" in answer.json()["result"]["content"][0]["text"]


async def test_twenty_calls_at_once_are_all_answered(app: FastAPI, token: str) -> None:
    async with asking(app, token) as client:
        wanted = {"portfolio": "Balanced Individual"}
        results = await asyncio.gather(*(client.call_tool("get_concentration", wanted) for _ in range(20)))

    assert not any(result.is_error for result in results)
    assert len({text_of(result) for result in results}) == 1


async def test_a_call_is_logged_without_what_it_says(app: FastAPI, token: str) -> None:
    with capture_logs() as logged:
        async with asking(app, token) as client:
            await client.call_tool("get_beta", {"portfolio": "Secret plan"})
            await client.call_tool("Secret tool", {})

    calls = [entry for entry in logged if entry["event"] == "assistant_called"]
    assert [(entry["tool"], entry["outcome"]) for entry in calls] == [
        ("get_beta", "portfolio_not_found"),
        ("unknown", "unknown_tool"),
    ]
    assert all(entry["credential"] for entry in calls)
    assert "Secret" not in str(logged)
    assert token not in str(logged)


async def test_without_a_token_of_its_own_nobody_is_let_in(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings, token: str
) -> None:
    session_token = (await demo_headers(client))["Authorization"].removeprefix("Bearer ")
    for wrong in (None, "", "nonsense", session_token, token[:-1], token + "a", "sigmasight_" + "A" * 43):
        async with http(app, wrong, **CALL_HEADERS) as opened:
            answer = await opened.post(URL, json=call("list_portfolios"))

        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), wrong
        assert answer.json()["error"] == "invalid_token"


async def test_its_token_opens_nothing_else(client: httpx.AsyncClient, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}

    for path in ("/api/v1/portfolios", "/api/v1/auth/me", "/api/v1/assistant-tokens"):
        assert (await client.get(path, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:3000"}, 200),
        ({"Host": "127.0.0.1:8000"}, 200),
    ],
    ids=["another host", "a page of another site", "a page of this machine", "this machine"],
)
async def test_a_page_of_another_site_reaches_nothing(
    app: FastAPI, token: str, headers: dict[str, str], status: int
) -> None:
    async with http(app, token, **CALL_HEADERS, **headers) as opened:
        answer = await opened.post(URL, json=call("list_portfolios"))

    assert answer.status_code == status


async def test_it_is_asked_by_post_only(app: FastAPI, token: str) -> None:
    async with http(app, token, **CALL_HEADERS) as opened:
        assert [(await opened.request(method, URL)).status_code for method in ("GET", "DELETE")] == [405, 405]


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 30_000, b"[]", b'"' + b"x" * 70_000 + b'"', b"\xff\xfe"])
async def test_a_body_that_is_no_request_is_refused(app: FastAPI, token: str, body: bytes) -> None:
    for version in ({}, {"MCP-Protocol-Version": PROTOCOLS[-1]}):
        async with http(app, token, **CALL_HEADERS, **version) as opened:
            answer = await opened.post(URL, content=body)

        assert 400 <= answer.status_code < 500


async def test_a_hurried_assistant_is_told_to_wait(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine, no minute passes
    monkeypatch.setattr(assistants, "MINUTE_SECONDS", 86_400.0)
    hurried = create_app(settings.model_copy(update={"mcp_calls_per_minute": 2}))
    made = await token_for(database, settings, demo.DEMO.scope)
    other = await token_for(database, settings, demo.OTHER.scope)
    async with hurried.router.lifespan_context(hurried):
        async with http(hurried, made.token, **CALL_HEADERS) as opened:
            answers = [await opened.post(URL, json=call("list_portfolios")) for _ in range(3)]
        async with http(hurried, other.token, **CALL_HEADERS) as opened:
            unhurried = await opened.post(URL, json=call("list_portfolios"))

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["error"] == "too_many_calls"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert unhurried.status_code == 200


async def test_switched_off_there_is_nothing(settings: Settings) -> None:
    closed = create_app(settings.model_copy(update={"mcp_enabled": False}))
    async with closed.router.lifespan_context(closed), http(closed, None, **CALL_HEADERS) as opened:
        assert (await opened.post(URL, json=call("list_portfolios"))).status_code == 404
