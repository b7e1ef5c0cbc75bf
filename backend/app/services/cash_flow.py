from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.errors import NotFound
from app.models import CashFlow
from app.repositories import cash_flow as cash_flow_repository
from app.schemas.cash_flow import CashFlowIn, CashFlowOut
from app.schemas.page import Cursor, Page, PageQuery
from app.services import field, portfolio, snapshot

_cursor: Cursor[cash_flow_repository.Key] = Cursor(cash_flow_repository.Key)


class CashFlowNotFound(NotFound):
    code = "cash_flow_not_found"
    detail = "There is no such cash flow."


async def list_page(session: AsyncSession, portfolio_id: UUID, page: PageQuery) -> Page[CashFlowOut]:
    await portfolio.find(session, portfolio_id)
    after = _cursor.decode(page.cursor)
    rows = await cash_flow_repository.list_page(session, portfolio_id, after=after, limit=page.limit + 1)
    shown = rows[: page.limit]
    last = shown[-1] if len(rows) > page.limit else None
    return Page(
        items=[CashFlowOut.model_validate(row) for row in shown],
        next_cursor=None if last is None else _cursor.encode((last.date, last.id)),
    )


async def create(session: AsyncSession, scope: Scope, portfolio_id: UUID, wanted: CashFlowIn) -> CashFlow:
    await portfolio.find(session, portfolio_id)
    field.not_in_future("date", wanted.date)
    cash_flow = CashFlow(
        user_id=scope.user_id,
        portfolio_id=portfolio_id,
        date=wanted.date,
        amount=field.nonzero_amount("amount", wanted.amount),
        note=wanted.note,
    )
    await cash_flow_repository.add(session, cash_flow)
    await snapshot.recompute(session, portfolio_id)
    return cash_flow


async def delete(session: AsyncSession, cash_flow_id: UUID) -> None:
    cash_flow = await cash_flow_repository.find(session, cash_flow_id)
    if cash_flow is None:
        raise CashFlowNotFound
    await cash_flow_repository.delete(session, cash_flow)
    await snapshot.recompute(session, cash_flow.portfolio_id)
