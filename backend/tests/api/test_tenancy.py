"""Every endpoint that takes an identifier, asked with somebody else's: the list of them comes from OpenAPI itself."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func

from app.config import Settings
from app.db import Database
from app.main import create_app
from app.models import (
    AssistantToken,
    Conversation,
    InsightTemplate,
    LearningProposal,
    LearningReport,
    Message,
    Run,
    User,
)
from tests.agent.knowledge_base import make_document
from tests.builders import (
    auth_headers,
    insight,
    make_cash_flow,
    make_instrument,
    make_memory,
    make_portfolio,
    make_position,
    make_routing_rule,
    make_target_price,
    make_user,
    scope_of,
)

METHODS = {"get", "post", "put", "patch", "delete"}
# A symbol is nobody's, a topic's number is its report's; what `foreign_ids` does not know must be named here, with its
# reason
PUBLIC_PARAMETERS = {"symbol", "number"}


@cache
def _description() -> dict[str, Any]:
    return create_app(Settings(_env_file=None, environment="test")).openapi()


def _path_parameters(path: str) -> list[str]:
    return [part.strip("{}") for part in path.split("/") if part.startswith("{")]


def _endpoints() -> list[tuple[str, str]]:
    return [
        (method, path)
        for path, item in _description()["paths"].items()
        for method in item
        if method in METHODS and set(_path_parameters(path)) - PUBLIC_PARAMETERS
    ]


def _example(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """The least that passes validation, so that an answer of 422 cannot hide a leak."""
    if "$ref" in schema:
        return _example(components[schema["$ref"].rsplit("/", 1)[-1]], components)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _example(schema[choice][0], components)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        wanted = schema.get("required") or list(properties)[:1]
        return {name: _example(properties[name], components) for name in wanted}
    return _plain_example(schema)


def _plain_example(schema: dict[str, Any]) -> Any:
    by_format = {"uuid": str(uuid4()), "date": "2022-01-03", "date-time": "2022-01-03T00:00:00Z"}
    if schema.get("format") in by_format:
        return by_format[schema["format"]]
    by_type: dict[str, Any] = {"number": 1.0, "integer": 1, "boolean": True, "array": [], "null": None}
    return by_type.get(schema.get("type", ""), "ACME")


@pytest.fixture
async def user(database: Database) -> User:
    """An administrator: who may do most among their own must still find nothing of another tenant's."""
    return await make_user(database, role="admin")


@pytest.fixture
async def foreign_ids(database: Database) -> dict[str, UUID]:
    """One of everything, all of it somebody else's."""
    eve = await make_user(database)
    await make_instrument(database, "SP500", [100.0, 101.0])
    await make_instrument(database, "ACME", [10.0, 11.0])
    portfolio = await make_portfolio(database, eve)
    position = await make_position(database, portfolio, symbol="ACME")
    cash_flow = await make_cash_flow(database, portfolio)
    target_price = await make_target_price(database, portfolio, symbol="ACME")
    conversation = Conversation(user_id=eve.id, tenant_id=eve.tenant_id, title="Eve's", portfolio_id=portfolio.id)
    message_id, run_id, insight_id = uuid4(), uuid4(), uuid4()
    async with database.session(scope_of(eve)) as session:
        session.add(conversation)
        await session.flush()
        session.add(
            Message(
                id=message_id, user_id=eve.id, conversation_id=conversation.id, role="user", content="Eve's question"
            )
        )
        session.add(_run(run_id, eve, conversation.id))
        session.add(insight(eve.id, portfolio.id, id=insight_id, title="Eve's"))
    document = await make_document(database, scope_of(eve), "Eve's secret.", knowledge_scope=f"user:{eve.id}")
    return {
        "token_id": await _token_id(database, eve),
        "document_id": document.id,
        "memory_id": (await make_memory(database, eve, content="Eve's")).id,
        "portfolio_id": portfolio.id,
        "position_id": position.id,
        "cash_flow_id": cash_flow.id,
        "target_price_id": target_price.id,
        "conversation_id": conversation.id,
        "message_id": message_id,
        "run_id": run_id,
        "insight_id": insight_id,
        "template_id": await _template(database, eve),
        **await _learned(database, eve),
        "rule_id": (await make_routing_rule(database, eve, variant="Eve's")).id,
    }


async def _template(database: Database, owner: User) -> UUID:
    template = InsightTemplate(tenant_id=owner.tenant_id, insight_type="performance", version=1, prompt="Eve's")
    async with database.session(scope_of(owner)) as session:
        session.add(template)
        await session.flush()
    return template.id


async def _learned(database: Database, owner: User) -> dict[str, UUID]:
    """Of the owner's tenant: only an administrator of it may have them."""
    administrator = await make_user(database, tenant_id=owner.tenant_id, role="admin")
    now = datetime.now(UTC)
    report = LearningReport(tenant_id=owner.tenant_id, since=now - timedelta(days=1), until=now)
    proposal = LearningProposal(
        tenant_id=owner.tenant_id, topic="t", kind="tool", title="t", content="c", evidence=[], drafted_by="template"
    )
    async with database.session(scope_of(administrator)) as session:
        session.add_all([report, proposal])
        await session.flush()
    return {"report_id": report.id, "proposal_id": proposal.id}


async def _token_id(database: Database, owner: User) -> UUID:
    expires_at = datetime.now(UTC) + timedelta(days=1)
    token = AssistantToken(
        name="Eve's", user_id=owner.id, tenant_id=owner.tenant_id, token_hash=b"", expires_at=expires_at
    )
    async with database.session(scope_of(owner)) as session:
        session.add(token)
        await session.flush()
    return token.id


def _run(run_id: UUID, owner: User, conversation_id: UUID) -> Run:
    return Run(
        id=run_id,
        user_id=owner.id,
        tenant_id=owner.tenant_id,
        conversation_id=conversation_id,
        user_message_id=uuid4(),
        assistant_message_id=uuid4(),
        status="completed",
        mode="standard",
        request_hash="",
        lease_owner="",
        lease_expires_at=func.now(),
    )


async def _ask(
    client: httpx.AsyncClient, method: str, path: str, operation: dict[str, Any], components: dict[str, Any]
) -> httpx.Response:
    content = operation.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    if body is not None:
        return await client.request(method, path, json=_example(body, components))
    if "multipart/form-data" in content:
        return await client.request(method, path, files={"file": ("positions.csv", b"symbol,quantity\nACME,1\n")})
    return await client.request(method, path)


async def test_somebody_elses_identifiers_are_not_found(
    signed_in: httpx.AsyncClient, foreign_ids: dict[str, UUID]
) -> None:
    description = _description()
    components = description["components"]["schemas"]
    answers = {}
    known = {**foreign_ids, "number": 1}
    for method, path in _endpoints():
        concrete = path.format(**{name: known[name] for name in _path_parameters(path)})
        operation = description["paths"][path][method]
        answer = await _ask(signed_in, method, concrete, operation, components)
        answers[f"{method.upper()} {path}"] = answer.status_code
        assert "Eve" not in answer.text

    assert len(answers) > 20
    assert {endpoint: status for endpoint, status in answers.items() if status != 404} == {}


async def test_nothing_but_signing_in_is_answered_without_a_token(
    client: httpx.AsyncClient, foreign_ids: dict[str, UUID]
) -> None:
    description = _description()
    components = description["components"]["schemas"]
    open_to_all = {}
    for path, item in description["paths"].items():
        for method in METHODS & set(item):
            names = _path_parameters(path)
            concrete = path.format(**{name: foreign_ids.get(name, "ACME") for name in names})
            answer = await _ask(client, method, concrete, item[method], components)
            if answer.status_code != 401:
                open_to_all[path] = answer.status_code

    assert set(open_to_all) == {
        "/api/v1/health/live",
        "/api/v1/health/ready",
        "/api/v1/auth/register",
        "/api/v1/auth/logout",
    } | ({"/api/v1/auth/login"} & set(open_to_all))


async def test_every_endpoint_lists_its_errors(settings: Settings) -> None:
    unlisted = [
        f"{method.upper()} {path}"
        for method, path in _endpoints()
        if not {"401", "404"} <= set(_description()["paths"][path][method]["responses"])
    ]

    assert unlisted == []


async def test_the_people_of_the_tests_are_there(signed_in: httpx.AsyncClient, user: User, settings: Settings) -> None:
    """Guards the two tests above: with a broken token everything would be refused for the wrong reason."""
    assert (await signed_in.get("/api/v1/auth/me", headers=auth_headers(user, settings))).status_code == 200
