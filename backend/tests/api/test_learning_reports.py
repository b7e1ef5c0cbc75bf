"""Reports over HTTP: ordered, made by a worker, read by administrators of the tenant and nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.config import Settings
from app.db import Database
from app.jobs import app as job_app
from app.models import User
from app.repositories import learning_report as report_repository
from tests.builders import auth_headers, make_user, scope_of
from tests.jobs.test_tasks import defer
from tests.learning.answered import make_answer, make_conversation, tool

REPORTS = "/api/v1/agent/learning/reports"
BETA = ["What is my beta?", "Is my beta high?", "Why is my beta above one?", "beta of my portfolio", "Explain my beta"]


@pytest.fixture
async def user(database: Database) -> User:
    return await make_user(database, role="admin")


async def made(signed_in: httpx.AsyncClient, settings: Settings, **body: Any) -> dict[str, Any]:
    ordered = await signed_in.post(REPORTS, json=body)
    assert ordered.status_code == 202, ordered.text
    await job_app.work(settings, until_idle=True)
    answer = await signed_in.get(f"{REPORTS}/{ordered.json()['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def ask_of_beta(database: Database, user: User, *, rating: str = "down") -> list[UUID]:
    conversation = await make_conversation(database, user)
    beta = [tool("get_beta", window=252)]
    return [
        await make_answer(database, user, conversation, text, rating=rating, tools=beta, untraced=1) for text in BETA
    ]


async def test_a_report_is_about_everybody_of_the_tenant(
    signed_in: httpx.AsyncClient, user: User, database: Database, settings: Settings
) -> None:
    colleague = await make_user(database, tenant_id=user.tenant_id)
    asked = {*await ask_of_beta(database, user), *await ask_of_beta(database, colleague)}

    report = await made(signed_in, settings)

    assert (report["status"], report["answers"], report["topics"]) == ("ready", 10, 1)
    (topic,) = report["body"]["topics"]
    assert "beta" in topic["name"]
    assert (topic["figures"]["people"], topic["figures"]["down"]["count"]) == (2, 10)
    assert topic["weaknesses"] == ["thumbs_down", "untraced_figures"]
    assert topic["tools"][0]["name"] == "get_beta"
    assert {UUID(each) for each in topic["message_ids"]} == asked
    assert "## Topic 1" in report["markdown"]
    listed = (await signed_in.get(REPORTS)).json()["items"]
    assert [row["id"] for row in listed] == [report["id"]]
    assert (await signed_in.delete(f"{REPORTS}/{report['id']}")).status_code == 204
    assert (await signed_in.get(f"{REPORTS}/{report['id']}")).status_code == 404


async def test_nothing_of_another_tenant_and_of_another_time_is_in_it(
    signed_in: httpx.AsyncClient, user: User, database: Database, settings: Settings
) -> None:
    stranger = await make_user(database, role="admin")
    await ask_of_beta(database, stranger)
    conversation = await make_conversation(database, user)
    await make_answer(database, user, conversation, "An old question", days_ago=40)
    gone = await make_conversation(database, user, deleted_at=datetime.now(UTC))
    await make_answer(database, user, gone, "A deleted question")

    report = await made(signed_in, settings, days=30)

    assert (report["status"], report["answers"]) == ("ready", 0)
    assert "Nothing was asked" in report["markdown"]


async def test_who_is_no_administrator_reads_nothing(
    http_of_colleague: httpx.AsyncClient, signed_in: httpx.AsyncClient, user: User, settings: Settings
) -> None:
    report = await made(signed_in, settings)

    for method, path in (("POST", REPORTS), ("GET", REPORTS), ("GET", f"{REPORTS}/{report['id']}")):
        assert (await http_of_colleague.request(method, path)).status_code == 403


async def test_the_database_gives_a_colleague_no_row(
    signed_in: httpx.AsyncClient, user: User, database: Database, settings: Settings
) -> None:
    """Whatever the routes do: neither the reports nor the answers behind them."""
    await ask_of_beta(database, user)
    await made(signed_in, settings)
    colleague = await make_user(database, tenant_id=user.tenant_id)

    async with database.session(scope_of(colleague)) as session:
        assert await report_repository.list_page(session, before=None, limit=10) == []
        until = datetime.now(UTC)
        assert await report_repository.list_answered(session, until - timedelta(days=9), until, most=10) == []


async def test_one_report_is_made_at_a_time(signed_in: httpx.AsyncClient) -> None:
    assert (await signed_in.post(REPORTS)).status_code == 202

    second = await signed_in.post(REPORTS)
    assert (second.status_code, second.json()["error"]) == (409, "learning_report_under_way")


@pytest.mark.parametrize("days", [0, 367, "many"])
async def test_a_span_that_cannot_be_is_named(signed_in: httpx.AsyncClient, days: Any) -> None:
    refused = await signed_in.post(REPORTS, json={"days": days})

    assert refused.status_code == 422
    assert "days" in refused.text


@pytest.fixture
async def http_of_colleague(signed_in: httpx.AsyncClient, user: User, database: Database, settings: Settings) -> Any:
    colleague = await make_user(database, tenant_id=user.tenant_id)
    transport = signed_in._transport
    headers = auth_headers(colleague, settings)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as opened:
        yield opened


async def test_every_week_each_tenant_with_an_administrator_gets_a_report(
    signed_in: httpx.AsyncClient, user: User, database: Database, settings: Settings
) -> None:
    await make_user(database)
    other = await make_user(database, role="admin")

    await defer(settings, "order_learning_reports")
    # The job that orders them, and then one report after the other: a worker that is to stop does not wait for a lock
    for _ in range(4):
        await job_app.work(settings, until_idle=True)

    listed = (await signed_in.get(REPORTS)).json()["items"]
    assert [(row["status"], row["requested_by"]) for row in listed] == [("ready", str(user.id))]
    async with database.session(scope_of(other)) as session:
        assert len(await report_repository.list_page(session, before=None, limit=10)) == 1
