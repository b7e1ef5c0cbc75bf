from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.api.deps import ScopeDep, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.page import Page, PageQuery
from app.schemas.position import ClosedPosition, PositionCloseIn, PositionIn, PositionOut, PositionPatch
from app.services import position

router = APIRouter(tags=["positions"], responses=SIGNED_IN_ERRORS | errors(404))


@router.get("/portfolios/{portfolio_id}/positions")
async def list_positions(
    session: SessionDep, portfolio_id: UUID, page: Annotated[PageQuery, Query()]
) -> Page[PositionOut]:
    """All lots, open and closed, in order of entry."""
    return await position.list_page(session, portfolio_id, page)


@router.post("/portfolios/{portfolio_id}/positions", status_code=status.HTTP_201_CREATED)
async def create_position(session: SessionDep, scope: ScopeDep, portfolio_id: UUID, wanted: PositionIn) -> PositionOut:
    """The portfolio's daily history is worked out anew before this answers."""
    return PositionOut.model_validate(await position.create(session, scope, portfolio_id, wanted))


@router.patch("/positions/{position_id}")
async def change_position(session: SessionDep, position_id: UUID, wanted: PositionPatch) -> PositionOut:
    """Only the fields that are sent change; null takes an exit back."""
    return PositionOut.model_validate(await position.change(session, position_id, wanted))


@router.post("/positions/{position_id}/close", responses=errors(409))
async def close_position(session: SessionDep, position_id: UUID, wanted: PositionCloseIn) -> ClosedPosition:
    """Sell a lot, or buy a short back, whole or in part, on a day and at a price."""
    return await position.close(session, position_id, wanted)


@router.delete("/positions/{position_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_position(session: SessionDep, position_id: UUID) -> None:
    """As if it had never been. To sell, close it instead."""
    await position.delete(session, position_id)
