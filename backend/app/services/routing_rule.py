"""An administrator's rules on which model answers."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.llm_client import ClientSource
from app.db import Scope
from app.errors import Conflict, InvalidField, NotFound
from app.models import RoutingRule
from app.repositories import routing_rule as routing_rule_repository
from app.schemas.routing_rule import ModelOut, ModelPrice, Models, RoutingRuleIn, RoutingRuleOut, RoutingRules

# They are read for each turn, and no one can keep more of them in mind
MAX_RULES = 50


class RoutingRuleNotFound(NotFound):
    code = "routing_rule_not_found"
    detail = "There is no such routing rule."


class TooManyRoutingRules(Conflict):
    code = "too_many_routing_rules"
    detail = f"There are {MAX_RULES} routing rules already. Delete one first."


async def list_all(session: AsyncSession) -> RoutingRules:
    rows = await routing_rule_repository.list_all(session)
    return RoutingRules(items=[RoutingRuleOut.model_validate(row) for row in rows])


async def create(session: AsyncSession, clients: ClientSource, scope: Scope, wanted: RoutingRuleIn) -> RoutingRuleOut:
    _check_model(clients, wanted)
    if await routing_rule_repository.count(session) >= MAX_RULES:
        raise TooManyRoutingRules
    rule = RoutingRule(tenant_id=scope.tenant_id, updated_by=scope.user_id, **wanted.model_dump())
    await routing_rule_repository.add(session, rule)
    return RoutingRuleOut.model_validate(rule)


async def find(session: AsyncSession, rule_id: UUID) -> RoutingRuleOut:
    return RoutingRuleOut.model_validate(await _find(session, rule_id))


async def replace(
    session: AsyncSession, clients: ClientSource, scope: Scope, rule_id: UUID, wanted: RoutingRuleIn
) -> RoutingRuleOut:
    rule = await _find(session, rule_id)
    _check_model(clients, wanted)
    for name, value in wanted.model_dump().items():
        setattr(rule, name, value)
    rule.updated_by = scope.user_id
    await routing_rule_repository.update(session, rule)
    return RoutingRuleOut.model_validate(rule)


async def delete(session: AsyncSession, rule_id: UUID) -> None:
    await routing_rule_repository.delete(session, await _find(session, rule_id))


def models(clients: ClientSource) -> Models:
    return Models(
        items=[
            ModelOut(
                provider=choice.client.provider,
                model=choice.model,
                price=None if choice.price is None else ModelPrice.model_validate(choice.price),
            )
            for choice in clients.choices
        ]
    )


async def _find(session: AsyncSession, rule_id: UUID) -> RoutingRule:
    rule = await routing_rule_repository.find(session, rule_id)
    if rule is None:
        raise RoutingRuleNotFound
    return rule


def _check_model(clients: ClientSource, wanted: RoutingRuleIn) -> None:
    offered = [(choice.client.provider, choice.model) for choice in clients.choices]
    if wanted.provider not in [provider for provider, _ in offered]:
        names = ", ".join(dict.fromkeys(provider for provider, _ in offered))
        raise InvalidField("provider", f"is not configured here. There are: {names}")
    if (wanted.provider, wanted.model) not in offered:
        names = ", ".join(dict.fromkeys(model for provider, model in offered if provider == wanted.provider))
        raise InvalidField("model", f"is not one that {wanted.provider} offers here. There are: {names}")
