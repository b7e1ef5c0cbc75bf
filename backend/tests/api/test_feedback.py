"""Opinions on answers and insights: given, changed, withdrawn, and nobody else's business."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.config import Settings
from app.db import Database
from app.models import Conversation, Message, User
from app.schemas.feedback import MAX_EDITED_CHARS
from app.services.feedback import MAX_PER_HOUR
from tests.builders import auth_headers, insight, make_portfolio, make_user, scope_of


class Said:
    """A person with a question, two answers to it and an insight."""

    def __init__(self, user: User, ids: dict[str, UUID]) -> None:
        self.user = user
        self.ids = ids

    def path(self, what: str) -> str:
        kind = "insights" if what == "insight" else "agent/messages"
        return f"/api/v1/{kind}/{self.ids[what]}/feedback"


@pytest.fixture
async def said(database: Database) -> Said:
    user = await make_user(database)
    portfolio = await make_portfolio(database, user)
    conversation = Conversation(user_id=user.id, tenant_id=user.tenant_id, title="Beta")
    async with database.session(scope_of(user)) as session:
        session.add(conversation)
        await session.flush()
        rows = {
            "question": _message(conversation, "user"),
            "answer": _message(conversation, "assistant"),
            "second": _message(conversation, "assistant"),
            "insight": insight(user.id, portfolio.id, id=uuid4()),
        }
        session.add_all(rows.values())
        await session.flush()
        ids = {name: row.id for name, row in rows.items()}
    return Said(user, ids | {"conversation": conversation.id, "portfolio": portfolio.id})


@pytest.fixture
async def http(app: FastAPI, said: Said, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    headers = auth_headers(said.user, settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as opened:
        yield opened


def _message(conversation: Conversation, role: str) -> Message:
    return Message(
        id=uuid4(), user_id=conversation.user_id, conversation_id=conversation.id, role=role, content="What is said."
    )


async def _messages(http: httpx.AsyncClient, said: Said) -> dict[str, Any]:
    answer = await http.get(f"/api/v1/chat/conversations/{said.ids['conversation']}/messages")
    assert answer.status_code == 200, answer.text
    return {item["id"]: item["feedback"] for item in answer.json()["items"]}


@pytest.mark.parametrize("target", ["answer", "insight"])
async def test_an_opinion_replaces_the_former_one(http: httpx.AsyncClient, said: Said, target: str) -> None:
    down = {"rating": "down", "reason": "wrong_figure", "comment": "Beta is 0.8.", "edited_text": "Your beta is 0.8."}
    first = await http.post(said.path(target), json=down)
    second = await http.post(said.path(target), json={"rating": "up"})

    assert first.status_code == second.status_code == 200, first.text
    assert {key: first.json()[key] for key in down} == down
    assert second.json()["id"] == first.json()["id"]
    assert second.json()["rating"] == "up"
    assert [second.json()[key] for key in ("reason", "comment", "edited_text")] == [None, None, None]


async def test_opinions_stand_beside_what_they_are_about(http: httpx.AsyncClient, said: Said) -> None:
    await http.post(said.path("answer"), json={"rating": "down", "reason": "missing"})
    await http.post(said.path("insight"), json={"rating": "up"})

    shown = await _messages(http, said)
    insight = await http.get(f"/api/v1/insights/{said.ids['insight']}")
    listed = await http.get(f"/api/v1/insights/portfolio/{said.ids['portfolio']}")

    assert shown[str(said.ids["answer"])]["reason"] == "missing"
    assert shown[str(said.ids["second"])] is None
    assert insight.json()["feedback"]["rating"] == "up"
    assert listed.json()["items"][0]["feedback"]["rating"] == "up"


@pytest.mark.parametrize("target", ["answer", "insight"])
async def test_an_opinion_can_be_withdrawn_and_withdrawing_twice_is_no_error(
    http: httpx.AsyncClient, said: Said, target: str
) -> None:
    await http.post(said.path(target), json={"rating": "up"})

    assert [(await http.delete(said.path(target))).status_code for _ in range(2)] == [204, 204]
    assert (await _messages(http, said))[str(said.ids["answer"])] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "rating"),
        ({"rating": "sideways"}, "rating"),
        ({"rating": "down", "reason": "it rained"}, "reason"),
        ({"rating": "up", "reason": "missing"}, "reason"),
        ({"rating": "down", "comment": ""}, "comment"),
        ({"rating": "down", "comment": "a\x00b"}, "comment"),
        ({"rating": "down", "edited_text": "x" * (MAX_EDITED_CHARS + 1)}, "edited_text"),
        ({"rating": "down", "edited_text": "x" * 1_000_000}, "edited_text"),
        ({"rating": "up", "user_id": str(uuid4())}, "user_id"),
    ],
    ids=["empty", "rating", "reason", "reason-of-up", "blank", "nul", "long", "a-megabyte", "foreign-field"],
)
async def test_what_cannot_be_meant_names_its_field(
    http: httpx.AsyncClient, said: Said, body: dict[str, Any], field: str
) -> None:
    answer = await http.post(said.path("answer"), json=body)

    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == field
    assert (await _messages(http, said))[str(said.ids["answer"])] is None


async def test_a_question_takes_no_feedback(http: httpx.AsyncClient, said: Said) -> None:
    answer = await http.post(said.path("question"), json={"rating": "up"})

    assert (answer.status_code, answer.json()["error"]) == (422, "not_an_answer")


async def test_somebody_elses_answer_is_not_there(
    app: FastAPI, database: Database, said: Said, settings: Settings
) -> None:
    eve = await make_user(database, tenant_id=said.user.tenant_id)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers=auth_headers(eve, settings)
    ) as http:
        answers = [
            await http.request(method, said.path(target), json={"rating": "down"} if method == "POST" else None)
            for method in ("POST", "DELETE")
            for target in ("answer", "insight")
        ]

    assert [answer.status_code for answer in answers] == [404] * 4


async def test_a_flood_is_held_back(http: httpx.AsyncClient, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_PER_HOUR >= 60
    monkeypatch.setattr("app.services.feedback.MAX_PER_HOUR", 2)
    answers = [await http.post(said.path(target), json={"rating": "up"}) for target in ("answer", "second", "insight")]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
