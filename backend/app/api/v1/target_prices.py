from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.api.deps import ScopeDep, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.page import Page, PageQuery
from app.schemas.target_price import TargetPriceIn, TargetPriceOut, TargetPricePatch
from app.services import target_price

router = APIRouter(tags=["target prices"], responses=SIGNED_IN_ERRORS | errors(404))


@router.get("/portfolios/{portfolio_id}/target-prices")
async def list_target_prices(
    session: SessionDep, portfolio_id: UUID, page: Annotated[PageQuery, Query()]
) -> Page[TargetPriceOut]:
    """By symbol, each with the change from the newest close to it."""
    return await target_price.list_page(session, portfolio_id, page)


@router.post("/portfolios/{portfolio_id}/target-prices", status_code=status.HTTP_201_CREATED, responses=errors(409))
async def create_target_price(
    session: SessionDep, scope: ScopeDep, portfolio_id: UUID, wanted: TargetPriceIn
) -> TargetPriceOut:
    """What its owner expects: bear, base and bull case. The symbol need not be held."""
    return await target_price.create(session, scope, portfolio_id, wanted)


@router.patch("/target-prices/{target_price_id}")
async def change_target_price(session: SessionDep, target_price_id: UUID, wanted: TargetPricePatch) -> TargetPriceOut:
    """Only the fields that are sent change; null takes a case or the horizon back."""
    return await target_price.change(session, target_price_id, wanted)


@router.delete("/target-prices/{target_price_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_target_price(session: SessionDep, target_price_id: UUID) -> None:
    await target_price.delete(session, target_price_id)
