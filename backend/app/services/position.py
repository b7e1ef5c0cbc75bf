from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.errors import InvalidField, NotFound
from app.models import Position
from app.repositories import instrument as instrument_repository
from app.repositories import position as position_repository
from app.schemas.page import Cursor, Page, PageQuery
from app.schemas.position import PositionIn, PositionOut, PositionPatch
from app.services import field, portfolio, snapshot

_cursor: Cursor[position_repository.Key] = Cursor(position_repository.Key)
# An exit can be taken back; the rest of a position is always known
_MAY_BE_CLEARED = {"exit_date", "exit_price"}


class PositionNotFound(NotFound):
    code = "position_not_found"
    detail = "There is no such position."


async def list_page(session: AsyncSession, portfolio_id: UUID, page: PageQuery) -> Page[PositionOut]:
    await portfolio.find(session, portfolio_id)
    after = _cursor.decode(page.cursor)
    rows = await position_repository.list_page(session, portfolio_id, after=after, limit=page.limit + 1)
    shown = rows[: page.limit]
    last = shown[-1] if len(rows) > page.limit else None
    return Page(
        items=[PositionOut.model_validate(row) for row in shown],
        next_cursor=None if last is None else _cursor.encode((last.entry_date, last.symbol, last.id)),
    )


async def create(session: AsyncSession, scope: Scope, portfolio_id: UUID, wanted: PositionIn) -> Position:
    await portfolio.find(session, portfolio_id)
    if await instrument_repository.find(session, wanted.symbol) is None:
        raise InvalidField("symbol", f"there is no instrument {wanted.symbol!r} here")
    position = Position(
        user_id=scope.user_id,
        portfolio_id=portfolio_id,
        symbol=wanted.symbol,
        quantity=field.nonzero_amount("quantity", wanted.quantity),
        entry_date=wanted.entry_date,
        entry_price=field.amount("entry_price", wanted.entry_price),
        notes=wanted.notes,
    )
    _check_dates(position)
    await position_repository.add(session, position)
    await snapshot.recompute(session, portfolio_id)
    return position


async def change(session: AsyncSession, position_id: UUID, wanted: PositionPatch) -> Position:
    position = await _find(session, position_id)
    for name, value in wanted.model_dump(exclude_unset=True).items():
        setattr(position, name, _stored(name, value))
    _check_dates(position)
    if (position.exit_date is None) != (position.exit_price is None):
        missing = "exit_price" if position.exit_price is None else "exit_date"
        raise InvalidField(missing, "an exit has both a date and a price")
    await session.flush()
    await snapshot.recompute(session, position.portfolio_id)
    return position


async def delete(session: AsyncSession, position_id: UUID) -> None:
    position = await _find(session, position_id)
    await position_repository.delete(session, position)
    await snapshot.recompute(session, position.portfolio_id)


async def _find(session: AsyncSession, position_id: UUID) -> Position:
    position = await position_repository.find(session, position_id)
    if position is None:
        raise PositionNotFound
    return position


def _stored(name: str, value: Any) -> Any:
    if value is None and name not in _MAY_BE_CLEARED:
        raise InvalidField(name, "must not be null")
    if name == "quantity":
        return field.nonzero_amount(name, value)
    if name in ("entry_price", "exit_price") and value is not None:
        return field.amount(name, value)
    return value


def _check_dates(position: Position) -> None:
    field.not_in_future("entry_date", position.entry_date)
    field.not_in_future("exit_date", position.exit_date)
    if position.exit_date is not None and position.exit_date < position.entry_date:
        raise InvalidField("exit_date", "lies before entry_date")
