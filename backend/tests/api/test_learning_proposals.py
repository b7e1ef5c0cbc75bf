"""From a poor topic to a change that answers are given by, and back."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import httpx
import pytest
from fastapi import FastAPI

from app.agent.context import Assembly, Question
from app.agent.embedding_local import LocalEmbedder
from app.config import Settings
from app.db import Database
from app.jobs import app as job_app
from app.learning.evaluation.cases import ALL
from app.models import User
from app.repositories import learning_proposal as proposal_repository
from app.schemas.learning import ReportIn
from app.services import learning_evaluation, learning_report
from tests.agent.scripted import ScriptedClient, ScriptedClients, answer
from tests.builders import auth_headers, make_user, scope_of
from tests.learning.answered import make_answer, make_conversation

LEARNING = "/api/v1/agent/learning"
QUESTIONS = [
    "When can I sell the private fund?", "Lock-up of my private fund?", "Notice period of the private fund?",
    "private fund redemption terms", "How do I get out of my private fund?", "Can I redeem the private fund early?",
    "notice period private fund", "Exit terms of the private fund?", "How long is my private fund locked up?",
    "Am I able to sell the private fund now?", "private fund: redemption gates?", "What are the private fund's gates?",
]  # fmt: skip
CORRECTION = "Redemption needs a notice of 90 days; gates apply at 25 % a quarter. As of 2025-03-31 you hold $40,000."


@pytest.fixture
async def user(database: Database) -> User:
    return await make_user(database, role="admin")


@pytest.fixture
async def report_id(database: Database, user: User) -> UUID:
    """Of one topic that people were unhappy with. What is held out goes by the identifiers: always the same ones."""
    conversation = await make_conversation(database, user)
    for question in QUESTIONS:
        await make_answer(
            database, user, conversation, question, rating="down", reason="too_long", edited_text=CORRECTION,
            answer="I do not know of any 3 % fund.", message_id=uuid5(NAMESPACE_URL, question),
        )  # fmt: skip
    async with database.session(scope_of(user)) as session:
        ordered = await learning_report.order(session, scope_of(user), ReportIn())
    await learning_report.make(database, LocalEmbedder(), scope_of(user), ordered.id)
    return ordered.id


async def drafted(http: httpx.AsyncClient, report_id: UUID) -> dict[str, dict[str, Any]]:
    """The drafts by their kind."""
    answer = await http.post(f"{LEARNING}/reports/{report_id}/topics/1/proposals")
    assert answer.status_code == 201, answer.text
    return {each["kind"]: each for each in answer.json()["items"]}


async def act(http: httpx.AsyncClient, proposal: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
    answer = await http.post(f"{LEARNING}/proposals/{proposal['id']}/{what}", json=body or None)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_drafts_are_made_of_what_people_said_without_their_figures(
    signed_in: httpx.AsyncClient, report_id: UUID
) -> None:
    drafts = await drafted(signed_in, report_id)

    document = drafts["document"]
    assert (document["status"], document["drafted_by"]) == ("draft", "offline-analyst")
    assert "gates apply at \u2026 a quarter" in document["content"]
    assert "notice of 90 days" in document["content"]
    for figure in ("25 %", "40,000", "2025-03-31"):
        assert figure not in str(document)
    assert "redemption" in document["expects"]
    assert len(document["evidence"]) + document["held_out_questions"] == len(QUESTIONS)
    assert "three sentences" in drafts["rule"]["content"]
    assert [deed["what"] for deed in document["history"]] == ["drafted"]


async def test_an_approved_document_is_the_tenants_and_goes_when_it_is_taken_back(
    signed_in: httpx.AsyncClient, report_id: UUID, user: User
) -> None:
    document = (await drafted(signed_in, report_id))["document"]

    approved = await act(signed_in, document, "approve")

    path = f"/api/v1/agent/kb/documents/{approved['applied']['document_id']}"
    stored = (await signed_in.get(path)).json()
    assert (stored["scope"], stored["tags"]) == (f"tenant:{user.tenant_id}", ["learned"])
    assert stored["body"] == document["content"]
    reverted = await act(signed_in, document, "revert", note="It said too much.")
    assert (await signed_in.get(path)).status_code == 404
    assert (reverted["status"], reverted["applied"]) == ("reverted", None)
    assert [(deed["what"], deed["by"]) for deed in reverted["history"]] == [
        ("drafted", str(user.id)), ("approved", str(user.id)), ("reverted", str(user.id)),
    ]  # fmt: skip
    assert reverted["history"][-1]["note"] == "It said too much."


async def test_an_approved_rule_holds_for_everybody_until_it_is_taken_back(
    signed_in: httpx.AsyncClient, report_id: UUID
) -> None:
    rule = (await drafted(signed_in, report_id))["rule"]

    await act(signed_in, rule, "approve")

    memories = (await signed_in.get("/api/v1/agent/memories?scope=tenant")).json()["items"]
    assert [(each["content"], each["kind"]) for each in memories] == [(rule["content"], "rule")]
    await act(signed_in, rule, "revert")
    assert (await signed_in.get("/api/v1/agent/memories?scope=tenant")).json()["items"] == []


async def sections(database: Database, person: User) -> dict[str, str]:
    """What a model of this person's would be shown."""
    assembly = Assembly(scope_of(person), Question(uuid4(), 1, "What is my beta?", None, None))
    found = await database.look(assembly.scope, assembly.reads())
    given = await assembly.context(database, found, _not_searched_for())
    return {section.name: " ".join(str(each["content"]) for each in section.messages) for section in given.sections}


async def _not_searched_for() -> None:
    return None


async def test_a_prompt_change_is_a_version_that_everybody_of_the_tenant_gets(
    signed_in: httpx.AsyncClient, report_id: UUID, database: Database, user: User
) -> None:
    colleague, stranger = await make_user(database, tenant_id=user.tenant_id), await make_user(database)
    first, second = [await _as_prompt(database, user, each) for each in (await _two(signed_in, report_id))]
    await act(signed_in, first, "approve")
    await act(signed_in, second, "approve")

    assert "First.\nSecond." in (await sections(database, colleague))["tenant_rules"]
    assert "tenant_rules" not in await sections(database, stranger)
    refused = await signed_in.post(f"{LEARNING}/proposals/{first['id']}/revert")
    assert (refused.status_code, refused.json()["error"]) == (409, "later_prompt_version")
    await act(signed_in, second, "revert")
    assert "Second." not in (await sections(database, colleague))["tenant_rules"]
    await act(signed_in, first, "revert")
    assert "tenant_rules" not in await sections(database, colleague)


async def _two(http: httpx.AsyncClient, report_id: UUID) -> list[dict[str, Any]]:
    drafts = list((await drafted(http, report_id)).values())[:2]
    for draft, content in zip(drafts, ("First.", "Second."), strict=True):
        await http.patch(f"{LEARNING}/proposals/{draft['id']}", json={"content": content})
    return drafts


async def _as_prompt(database: Database, user: User, draft: dict[str, Any]) -> dict[str, Any]:
    async with database.session(scope_of(user)) as session:
        proposal = await proposal_repository.find(session, UUID(draft["id"]))
        assert proposal is not None
        proposal.kind = "prompt"
    return draft


async def test_a_draft_is_edited_and_what_is_decided_is_not(signed_in: httpx.AsyncClient, report_id: UUID) -> None:
    drafts = await drafted(signed_in, report_id)
    path = f"{LEARNING}/proposals/{drafts['document']['id']}"

    edited = await signed_in.patch(path, json={"title": "Getting out", "expects": ["gates"]})
    assert (edited.json()["title"], edited.json()["expects"]) == ("Getting out", ["gates"])
    assert (await act(signed_in, drafts["document"], "reject", note="Wrong."))["status"] == "rejected"

    for method, url in (("PATCH", path), ("POST", f"{path}/approve"), ("POST", f"{path}/reject")):
        refused = await signed_in.request(method, url, json={"title": "x"} if method == "PATCH" else None)
        assert (refused.status_code, refused.json()["error"]) == (409, "learning_proposal_decided")
    again = await signed_in.post(f"{path}/revert")
    assert again.json()["error"] == "learning_proposal_not_approved"
    listed = (await signed_in.get(f"{LEARNING}/proposals?status=draft")).json()["items"]
    assert [each["kind"] for each in listed] == ["rule"]


async def test_a_document_that_says_nothing_is_not_approved(
    signed_in: httpx.AsyncClient, database: Database, user: User
) -> None:
    conversation = await make_conversation(database, user)
    for question in QUESTIONS:
        await make_answer(database, user, conversation, question, rating="down")
    async with database.session(scope_of(user)) as session:
        ordered = await learning_report.order(session, scope_of(user), ReportIn())
    await learning_report.make(database, LocalEmbedder(), scope_of(user), ordered.id)
    document = (await drafted(signed_in, ordered.id))["document"]

    refused = await signed_in.post(f"{LEARNING}/proposals/{document['id']}/approve")

    assert document["content"] == ""
    assert (refused.status_code, "content" in refused.text) == (422, True)


async def test_a_model_words_the_document_from_data_that_it_cannot_take_for_orders(
    app: FastAPI, signed_in: httpx.AsyncClient, report_id: UUID
) -> None:
    client = ScriptedClient(answer("## Getting out\n\nAsk for the notice; it was 90 days and 12.5 % in May 2024."))
    app.state.clients = ScriptedClients(client)

    document = (await drafted(signed_in, report_id))["document"]

    assert document["drafted_by"] == "scripted-1"
    assert document["content"].startswith("## Getting out")
    assert "12.5" not in document["content"]
    system, asked = client.asked[0]
    assert system["role"] == "system"
    assert asked["content"].startswith("<data>")
    assert client.metadata[0].task == "proposal"


async def test_who_is_no_administrator_gets_nothing(
    app: FastAPI, signed_in: httpx.AsyncClient, report_id: UUID, user: User, database: Database, settings: Settings
) -> None:
    document = (await drafted(signed_in, report_id))["document"]
    colleague = await make_user(database, tenant_id=user.tenant_id)
    headers = auth_headers(colleague, settings)
    path = f"{LEARNING}/proposals/{document['id']}"

    asked = [("GET", f"{LEARNING}/proposals"), ("GET", path), ("POST", f"{path}/approve"), ("POST", f"{path}/revert")]
    asked.append(("POST", f"{LEARNING}/reports/{report_id}/topics/1/proposals"))
    for method, url in asked:
        assert (await signed_in.request(method, url, headers=headers)).status_code == 403


async def test_a_topic_that_is_not_there_is_named(signed_in: httpx.AsyncClient, report_id: UUID) -> None:
    answer = await signed_in.post(f"{LEARNING}/reports/{report_id}/topics/99/proposals")

    assert (answer.status_code, answer.json()["error"]) == (404, "learning_topic_not_found")


async def test_a_worker_asks_the_held_out_questions_and_leaves_no_conversation(
    signed_in: httpx.AsyncClient, report_id: UUID, settings: Settings
) -> None:
    document = (await drafted(signed_in, report_id))["document"]
    path = f"{LEARNING}/proposals/{document['id']}"
    talks = (await signed_in.get("/api/v1/chat/conversations")).json()["items"]

    accepted = await signed_in.post(f"{path}/measure", json={"with_evaluation": False})
    assert accepted.status_code == 202, accepted.text
    assert (accepted.json()["measuring"]["status"], accepted.json()["measuring"]["done"]) == ("waiting", 0)
    await job_app.work(settings, until_idle=True)

    measured = (await signed_in.get(path)).json()
    assert measured["history"][-1]["what"] == "measured"
    before = measured["proof"]["before"]
    assert (before["provider"], len(before["held_out"])) == ("offline", document["held_out_questions"])
    assert (measured["proof"]["after"], measured["proof"]["verdict"]) == (None, "pending")
    assert before["evaluation"] is None
    asked = document["held_out_questions"] + document["unrelated_questions"]
    state = measured["measuring"]
    assert (state["status"], state["done"], state["total"], state["error"]) == ("done", asked, asked, None)
    assert "without the evaluation" in measured["markdown"]
    assert (await signed_in.get("/api/v1/chat/conversations")).json()["items"] == talks


async def test_it_is_told_beforehand_what_measuring_asks_and_whom(
    signed_in: httpx.AsyncClient, report_id: UUID
) -> None:
    document = (await drafted(signed_in, report_id))["document"]

    plan = (await signed_in.get(f"{LEARNING}/proposals/{document['id']}/measure")).json()

    assert (plan["provider"], plan["model"], plan["is_free"]) == ("offline", "offline-analyst", True)
    assert plan["held_out_questions"] == document["held_out_questions"]
    assert plan["evaluation_questions"] == learning_evaluation.questions(ALL) >= len(ALL)


async def test_a_proposal_is_measured_once_at_a_time(signed_in: httpx.AsyncClient, report_id: UUID) -> None:
    drafts = await drafted(signed_in, report_id)
    path = f"{LEARNING}/proposals/{drafts['document']['id']}"
    assert (await signed_in.post(f"{path}/measure")).status_code == 202

    again = await signed_in.post(f"{path}/measure")

    assert (again.status_code, again.json()["error"]) == (409, "learning_measuring_under_way")
    other = await signed_in.post(f"{LEARNING}/proposals/{drafts['rule']['id']}/measure")
    assert (other.status_code, other.json()["measuring"]["status"]) == (202, "waiting")


async def test_why_it_could_not_be_measured_is_said(
    signed_in: httpx.AsyncClient, report_id: UUID, settings: Settings
) -> None:
    document = (await drafted(signed_in, report_id))["document"]
    path = f"{LEARNING}/proposals/{document['id']}"
    await signed_in.post(f"{path}/measure", json={"with_evaluation": False})
    # Nothing is left to judge an answer by
    assert (await signed_in.patch(path, json={"expects": []})).status_code == 200

    await job_app.work(settings, until_idle=True)

    state = (await signed_in.get(path)).json()["measuring"]
    assert (state["status"], state["error"]["code"]) == ("failed", "learning_nothing_held_out")
    await signed_in.patch(path, json={"expects": ["gates"]})
    assert (await signed_in.post(f"{path}/measure")).status_code == 202
