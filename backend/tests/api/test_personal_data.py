"""What a person has said: exported whole, forgotten whole, and purged when it is kept no longer."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from app.config import Settings
from app.db import Database
from app.models import Conversation, Feedback, LearningProposal, LearningReport, Memory, Message, Run, User
from app.repositories import personal_data
from app.services import personal_data as personal_data_service
from tests.builders import PASSWORD, auth_headers, make_memory, make_user, scope_of
from tests.learning.answered import make_answer, make_conversation, tool

FORGET = "/api/v1/auth/me/forget"
SAID = (Conversation, Message, Run, Feedback, Memory)


async def say(database: Database, user: User, question: str = "What is my beta?") -> UUID:
    conversation = await make_conversation(database, user)
    await make_memory(database, user, content="I am careful.")
    return await make_answer(database, user, conversation, question, rating="down", tools=[tool("get_beta", window=90)])


async def counts(database: Database, user: User) -> list[int]:
    """Rows of each table that are the person's."""
    async with database.session(scope_of(user)) as session:
        return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in SAID]


async def test_an_export_has_all_that_is_kept_of_ones_own_and_nothing_else(
    signed_in: httpx.AsyncClient, user: User, database: Database
) -> None:
    answer_id = await say(database, user)
    colleague = await make_user(database, tenant_id=user.tenant_id)
    await say(database, colleague, "A colleague's question")
    gone = await make_conversation(database, user, deleted_at=datetime.now(UTC))
    await make_answer(database, user, gone, "A deleted question")

    exported = await signed_in.get("/api/v1/chat/export")

    assert exported.headers["content-type"] == "application/x-ndjson"
    question, answer = [json.loads(line) for line in exported.text.splitlines()]
    assert (question["role"], question["content"]) == ("user", "What is my beta?")
    assert (answer["message_id"], answer["rating"], answer["provider"]) == (str(answer_id), "down", "offline")
    assert (answer["tools"][0]["tool_name"], answer["tools"][0]["duration_ms"]) == ("get_beta", 20)
    assert (answer["timings"]["first_token_ms"], answer["grounding"]["traced"]) == (300, 1)


async def test_a_long_export_comes_in_pages(
    signed_in: httpx.AsyncClient, user: User, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal_data_service, "ROWS_AT_ONCE", 2)
    conversation = await make_conversation(database, user)
    for number in range(3):
        await make_answer(database, user, conversation, f"Question {number}")

    lines = (await signed_in.get("/api/v1/chat/export")).text.splitlines()

    assert [json.loads(line)["content"] for line in lines[::2]] == ["Question 0", "Question 1", "Question 2"]


async def test_who_is_forgotten_leaves_nothing_that_they_said(
    signed_in: httpx.AsyncClient, user: User, database: Database
) -> None:
    admin = await make_user(database, tenant_id=user.tenant_id, role="admin")
    colleague = await make_user(database, tenant_id=user.tenant_id)
    mine, other = await say(database, user), await say(database, colleague)
    await _learn(database, admin, mine, other)

    assert (await signed_in.post(FORGET, json={"password": PASSWORD})).status_code == 204

    assert await counts(database, user) == [0] * len(SAID)
    assert await counts(database, colleague) == [1, 2, 1, 1, 1]
    async with database.session(scope_of(admin)) as session:
        assert (await session.scalars(select(LearningReport))).all() == []
        (proposal,) = (await session.scalars(select(LearningProposal))).all()
    assert [each["message_id"] for each in proposal.evidence] == [str(other)]
    assert proposal.proof is None
    assert (await signed_in.get("/api/v1/auth/me")).status_code == 200


async def _learn(database: Database, admin: User, *message_ids: UUID) -> None:
    now = datetime.now(UTC)
    evidence: list[dict[str, Any]] = [{"message_id": str(each), "question": "q"} for each in message_ids]
    async with database.session(scope_of(admin)) as session:
        session.add(LearningReport(tenant_id=admin.tenant_id, since=now - timedelta(days=9), until=now))
        session.add(
            LearningProposal(
                tenant_id=admin.tenant_id, topic="t", kind="tool", title="t", content="c", evidence=evidence,
                drafted_by="template", proof={"before": {"held_out": evidence, "unrelated": []}},
            )
        )  # fmt: skip


async def test_without_the_right_password_nothing_is_forgotten(
    signed_in: httpx.AsyncClient, user: User, database: Database
) -> None:
    await say(database, user)

    refused = await signed_in.post(FORGET, json={"password": "somebody else's"})

    assert (refused.status_code, refused.json()["error"]) == (403, "wrong_password")
    assert await counts(database, user) == [1, 2, 1, 1, 1]


async def test_it_is_forgotten_whole_or_not_at_all(
    user: User, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(database, user)

    async def fail(*_: Any) -> None:
        raise RuntimeError("the database went away")

    forget = personal_data.forget

    async def half(session: Any, user_id: UUID) -> None:
        await forget(session, user_id)
        await fail()

    monkeypatch.setattr(personal_data, "forget", half)
    with pytest.raises(RuntimeError, match="went away"):
        await personal_data_service.forget(database, scope_of(user))

    assert await counts(database, user) == [1, 2, 1, 1, 1]


async def test_conversations_are_purged_after_their_time(user: User, database: Database) -> None:
    now = datetime.now(UTC)
    kept = await make_conversation(database, user, updated_at=now - timedelta(days=5))
    await make_conversation(database, user, updated_at=now - timedelta(days=50))
    await make_conversation(database, user, deleted_at=now - timedelta(days=31))
    hidden = await make_conversation(database, user, deleted_at=now - timedelta(days=3))

    async with database.session() as session:
        by_default = await personal_data.purge_conversations(session, None)
        by_time = await personal_data.purge_conversations(session, timedelta(days=10))

    assert (by_default, by_time) == (1, 1)
    async with database.session(scope_of(user)) as session:
        assert set(await session.scalars(select(Conversation.id))) == {kept, hidden}


async def test_an_export_needs_somebody_signed_in(client: httpx.AsyncClient, settings: Settings, user: User) -> None:
    assert (await client.get("/api/v1/chat/export")).status_code == 401
    assert (await client.get("/api/v1/chat/export", headers=auth_headers(user, settings))).text == ""
