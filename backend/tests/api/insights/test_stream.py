"""The stream of an insight: facts as they are gathered, words as they come, and the insight itself at the end."""

import json
from typing import Any

import httpx
import pytest

from app.agent.llm_client import Unauthorized
from app.insights.kinds import KINDS
from app.insights.measures import TOOLS
from tests.agent.demo_turn import BALANCED, TECHNOLOGY
from tests.agent.scripted import ScriptedClient, answer
from tests.api.insights.asking import ANSWER, OneClient, generate

pytestmark = pytest.mark.demo

STREAM = {"Accept": "text/event-stream"}


async def _streamed(
    client: httpx.AsyncClient, portfolio_id: str, *, key: str | None = None, **body: Any
) -> list[tuple[str, Any]]:
    headers = STREAM | ({"Idempotency-Key": key} if key is not None else {})
    sent = {"portfolio_id": portfolio_id, **body}
    response = await client.post("/api/v1/insights/generate", json=sent, headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    frames = [
        dict(line.split(": ", 1) for line in frame.split("\n") if not line.startswith(":"))
        for frame in response.text.strip().split("\n\n")
    ]
    assert [frame["id"] for frame in frames] == [str(number) for number in range(1, len(frames) + 1)]
    return [(frame["event"], json.loads(frame["data"])) for frame in frames]


async def test_facts_come_as_tool_calls_then_the_words_then_the_insight(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str]
) -> None:
    events = await _streamed(demo_user, portfolios[BALANCED], insight_type="volatility_analysis")
    assert events[0] == (
        "start",
        {
            "portfolio_id": portfolios[BALANCED],
            "insight_type": "volatility_analysis",
            "provider": "offline",
            "model": "offline-analyst",
        },
    )
    tools = [TOOLS[name] for name in KINDS["volatility_analysis"].measures]
    assert [data["tool_name"] for name, data in events if name == "tool_call"] == tools
    assert [data["tool_name"] for name, data in events if name == "tool_result"] == tools
    assert {data["result"]["as_of"] for name, data in events if name == "tool_result"} == {"2022-12-28"}
    assert events[-1][0] == "done"
    insight = events[-1][1]["insight"]
    words = "".join(data["delta"] for name, data in events if name == "message")
    assert words == f"{insight['summary']}\n\n{insight['analysis']}"
    assert (await demo_user.get(f"/api/v1/insights/{insight['id']}")).json() == insight


async def test_a_custom_question_shows_the_tools_that_were_asked(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str]
) -> None:
    question = "How concentrated is my portfolio?"
    events = await _streamed(demo_user, portfolios[TECHNOLOGY], insight_type="custom", question=question)
    called = [data["tool_name"] for name, data in events if name == "tool_call"]
    assert called == ["get_portfolio_complete", "get_data_quality", "get_concentration"]
    assert "Herfindahl" in events[-1][1]["insight"]["analysis"]


async def test_words_that_had_to_be_mended_are_shown_once_and_the_insight_is_what_counts(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient
) -> None:
    bad = {**ANSWER, "summary": "Half right."}
    del bad["title"]
    clients.client = ScriptedClient(answer(json.dumps(bad)), answer(json.dumps(ANSWER)))
    events = await _streamed(demo_user, portfolios[BALANCED])
    words = "".join(data["delta"] for name, data in events if name == "message")
    assert words == "Half right.\n\nAn analysis."
    assert events[-1][1]["insight"]["summary"] == "A summary."


async def test_a_provider_that_fails_ends_the_stream_in_an_error(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient
) -> None:
    clients.client = ScriptedClient([Unauthorized("sk-secret")])
    events = await _streamed(demo_user, portfolios[BALANCED])
    name, data = events[-1]
    assert (name, data["code"], data["retryable"]) == ("error", "provider_failed", False)
    assert data["message"] == Unauthorized.message
    assert [name for name, _ in events].count("error") == 1


async def test_what_can_be_refused_is_refused_before_the_stream(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str]
) -> None:
    sent = {"portfolio_id": portfolios["Dividend Income"]}
    response = await demo_user.post("/api/v1/insights/generate", json=sent, headers=STREAM)
    assert (response.status_code, response.json()["error"]) == (404, "portfolio_not_found")
    sent = {"portfolio_id": portfolios[BALANCED], "insight_type": "horoscope"}
    assert (await demo_user.post("/api/v1/insights/generate", json=sent, headers=STREAM)).status_code == 422


async def test_the_same_request_streams_the_stored_insight(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str]
) -> None:
    stored = (await generate(demo_user, portfolios[BALANCED], key="k1")).json()
    events = await _streamed(demo_user, portfolios[BALANCED], key="k1")
    assert [name for name, _ in events] == ["start", "done"]
    assert events[-1][1]["insight"] == stored
