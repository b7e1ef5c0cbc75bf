"""Insights: what detectors found in a portfolio, worded by a model or by templates."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from app.agent.limits import Limits
from app.agent.llm_client import ClientSource
from app.api.deps import Caller, DatabaseDep, SessionDep, SettingsDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.insight import GenerateInsightIn, InsightOut
from app.schemas.page import Page, PageQuery
from app.services import insight

router = APIRouter(prefix="/insights", tags=["insights"], responses=SIGNED_IN_ERRORS | errors(404))


async def clients(request: Request) -> ClientSource:
    found: ClientSource = request.app.state.clients
    return found


ClientsDep = Annotated[ClientSource, Depends(clients)]


@router.post("/generate", responses=errors(429, 502))
async def generate(
    database: DatabaseDep, clients: ClientsDep, settings: SettingsDep, caller: Caller, wanted: GenerateInsightIn
) -> InsightOut:
    """Look at a portfolio as of the newest prices, and store what stands out.

    Where the AI provider fails, nothing is stored: 503 may go better in a moment, 502 will not by itself.
    """
    return await insight.generate(database, clients, caller.scope, wanted, Limits.of(settings))


@router.get("/portfolio/{portfolio_id}")
async def list_of_portfolio(
    session: SessionDep, portfolio_id: UUID, page: Annotated[PageQuery, Query()]
) -> Page[InsightOut]:
    """Newest first."""
    return await insight.list_page(session, portfolio_id, page)


@router.get("/{insight_id}")
async def read(session: SessionDep, insight_id: UUID) -> InsightOut:
    return await insight.find(session, insight_id)
