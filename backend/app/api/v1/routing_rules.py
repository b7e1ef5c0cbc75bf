"""Which model answers: what there is to choose from, and the administrator's rules."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, status

from app.agent.llm_client import ClientSource
from app.api.deps import Administrator, CurrentUser, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.routing_rule import Models, RoutingRuleIn, RoutingRuleOut, RoutingRules
from app.services import routing_rule

router = APIRouter(prefix="/agent", tags=["routing"], responses=SIGNED_IN_ERRORS)


async def clients(request: Request) -> ClientSource:
    found: ClientSource = request.app.state.clients
    return found


ClientsDep = Annotated[ClientSource, Depends(clients)]


@router.get("/models")
async def list_models(_user: CurrentUser, clients: ClientsDep) -> Models:
    """The models that are configured, the default first. One of them may be asked for in `POST /chat/send`."""
    return routing_rule.models(clients)


@router.get("/routing-rules", responses=errors(403))
async def list_routing_rules(session: SessionDep, _admin: Administrator) -> RoutingRules:
    """In the order in which they are asked."""
    return await routing_rule.list_all(session)


@router.post("/routing-rules", status_code=status.HTTP_201_CREATED, responses=errors(403, 409))
async def create_routing_rule(
    session: SessionDep, clients: ClientsDep, admin: Administrator, wanted: RoutingRuleIn
) -> RoutingRuleOut:
    """Holds from the next question on."""
    return await routing_rule.create(session, clients, admin.scope, wanted)


@router.get("/routing-rules/{rule_id}", responses=errors(403, 404))
async def get_routing_rule(session: SessionDep, _admin: Administrator, rule_id: UUID) -> RoutingRuleOut:
    return await routing_rule.find(session, rule_id)


@router.put("/routing-rules/{rule_id}", responses=errors(403, 404))
async def replace_routing_rule(
    session: SessionDep, clients: ClientsDep, admin: Administrator, rule_id: UUID, wanted: RoutingRuleIn
) -> RoutingRuleOut:
    """People stay in its share: that follows from the rule's identifier and theirs."""
    return await routing_rule.replace(session, clients, admin.scope, rule_id, wanted)


@router.delete("/routing-rules/{rule_id}", status_code=status.HTTP_204_NO_CONTENT, responses=errors(403, 404))
async def delete_routing_rule(session: SessionDep, _admin: Administrator, rule_id: UUID) -> None:
    """Turns that it routed keep the name of its variant."""
    await routing_rule.delete(session, rule_id)
