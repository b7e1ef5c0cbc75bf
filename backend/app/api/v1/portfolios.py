from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.api.deps import ScopeDep, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.page import Page, PageQuery
from app.schemas.portfolio import PortfolioIn, PortfolioOut, PortfolioPatch, PortfolioSummary
from app.services import portfolio

router = APIRouter(prefix="/portfolios", tags=["portfolios"], responses=SIGNED_IN_ERRORS)


@router.get("")
async def list_portfolios(session: SessionDep, page: Annotated[PageQuery, Query()]) -> Page[PortfolioSummary]:
    """One's own portfolios with their newest figures, oldest first."""
    return await portfolio.list_page(session, page)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_portfolio(session: SessionDep, scope: ScopeDep, wanted: PortfolioIn) -> PortfolioOut:
    return PortfolioOut.model_validate(await portfolio.create(session, scope, wanted))


@router.get("/{portfolio_id}", responses=errors(404))
async def get_portfolio(session: SessionDep, portfolio_id: UUID) -> PortfolioOut:
    return PortfolioOut.model_validate(await portfolio.find(session, portfolio_id))


@router.patch("/{portfolio_id}", responses=errors(404))
async def change_portfolio(session: SessionDep, portfolio_id: UUID, wanted: PortfolioPatch) -> PortfolioOut:
    """Only the fields that are sent change."""
    return PortfolioOut.model_validate(await portfolio.change(session, portfolio_id, wanted))


@router.delete("/{portfolio_id}", status_code=status.HTTP_204_NO_CONTENT, responses=errors(404))
async def delete_portfolio(session: SessionDep, portfolio_id: UUID) -> None:
    await portfolio.delete(session, portfolio_id)
