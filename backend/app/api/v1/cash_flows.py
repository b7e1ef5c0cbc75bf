from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.api.deps import ScopeDep, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.cash_flow import CashFlowIn, CashFlowOut
from app.schemas.page import Page, PageQuery
from app.services import cash_flow

router = APIRouter(tags=["cash flows"], responses=SIGNED_IN_ERRORS | errors(404))


@router.get("/portfolios/{portfolio_id}/cash-flows")
async def list_cash_flows(
    session: SessionDep, portfolio_id: UUID, page: Annotated[PageQuery, Query()]
) -> Page[CashFlowOut]:
    """Oldest first. Opening cash is the portfolio's own field and is not among them."""
    return await cash_flow.list_page(session, portfolio_id, page)


@router.post("/portfolios/{portfolio_id}/cash-flows", status_code=status.HTTP_201_CREATED)
async def create_cash_flow(session: SessionDep, scope: ScopeDep, portfolio_id: UUID, wanted: CashFlowIn) -> CashFlowOut:
    return CashFlowOut.model_validate(await cash_flow.create(session, scope, portfolio_id, wanted))


@router.delete("/cash-flows/{cash_flow_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_cash_flow(session: SessionDep, cash_flow_id: UUID) -> None:
    await cash_flow.delete(session, cash_flow_id)
