from datetime import date, timedelta
from decimal import Decimal
from typing import Any, assert_never
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.errors import Conflict, InvalidField, NotFound
from app.importing.symbols import OptionContract
from app.models import Position
from app.models.portfolio import PositionClass
from app.repositories import instrument as instrument_repository
from app.repositories import position as position_repository
from app.schemas.page import Cursor, Page, PageQuery
from app.schemas.position import (
    ClosedPosition,
    OptionPositionIn,
    PositionCloseIn,
    PositionIn,
    PositionOut,
    PositionPatch,
    PrivatePositionIn,
    PublicPositionIn,
)
from app.services import field, portfolio, snapshot

_cursor: Cursor[position_repository.Key] = Cursor(position_repository.Key)
# An exit can be taken back and a volatility left to the market; the rest of a position is always known
_MAY_BE_CLEARED = {"exit_date", "exit_price", "volatility"}
_ONLY_OF: dict[str, PositionClass] = {"volatility": "OPTIONS", "stated_value": "PRIVATE", "stated_on": "PRIVATE"}
# The OCC symbol of a contract has room for strikes in thousandths
_STRIKE_STEP = Decimal("0.001")

# The year of an OCC symbol has two digits
LONGEST_LIFE = timedelta(days=50 * 365)


# What both parts of a lot have in common
_SPLIT = (
    "user_id", "portfolio_id", "symbol", "position_class", "entry_date", "entry_price", "notes", "underlying_symbol",
    "option_type", "strike", "expiry", "multiplier", "volatility", "name", "stated_value", "stated_on",
)  # fmt: skip


class PositionClosed(Conflict):
    code = "position_closed"
    detail = "This lot is closed already. Take its exit back to close it otherwise."


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
    position = Position(
        user_id=scope.user_id,
        portfolio_id=portfolio_id,
        position_class=wanted.position_class,
        quantity=field.nonzero_amount("quantity", wanted.quantity),
        entry_date=wanted.entry_date,
        entry_price=field.amount("entry_price", wanted.entry_price),
        notes=wanted.notes,
        **await _terms(session, wanted),
    )
    _check_dates(position)
    await position_repository.add(session, position)
    await snapshot.recompute(session, portfolio_id)
    return position


async def change(session: AsyncSession, position_id: UUID, wanted: PositionPatch) -> Position:
    position = await _find(session, position_id)
    for name, value in wanted.model_dump(exclude_unset=True).items():
        if position.position_class != _ONLY_OF.get(name, position.position_class):
            raise InvalidField(name, f"is of {_ONLY_OF[name]} positions only")
        setattr(position, name, _stored(name, value))
    _check_dates(position)
    if (position.exit_date is None) != (position.exit_price is None):
        missing = "exit_price" if position.exit_price is None else "exit_date"
        raise InvalidField(missing, "an exit has both a date and a price")
    await session.flush()
    await snapshot.recompute(session, position.portfolio_id)
    return position


async def close(session: AsyncSession, position_id: UUID, wanted: PositionCloseIn) -> ClosedPosition:
    """All of a lot or a part of it. A part becomes a lot of its own, so that what was held before stays true."""
    position = await position_repository.lock(session, position_id)
    if position is None:
        raise PositionNotFound
    if position.exit_date is not None:
        raise PositionClosed
    units = abs(position.quantity) if wanted.quantity is None else field.amount("quantity", wanted.quantity)
    if units > abs(position.quantity):
        raise InvalidField("quantity", f"is more than the lot has, {abs(position.quantity).normalize():f}")
    closed = position if units == abs(position.quantity) else _split_off(position, units)
    closed.exit_date, closed.exit_price = wanted.exit_date, field.amount("exit_price", wanted.exit_price)
    _check_dates(closed)
    await position_repository.add(session, closed)
    await snapshot.recompute(session, position.portfolio_id)
    remaining = None if closed is position else PositionOut.model_validate(position)
    return ClosedPosition(closed=PositionOut.model_validate(closed), remaining=remaining)


def _split_off(position: Position, units: Decimal) -> Position:
    """A lot of so many units of this one, with the same entry and terms."""
    terms = {name: getattr(position, name) for name in _SPLIT}
    part = Position(**terms, quantity=units.copy_sign(position.quantity))
    position.quantity -= part.quantity
    return part


async def delete(session: AsyncSession, position_id: UUID) -> None:
    position = await _find(session, position_id)
    await position_repository.delete(session, position)
    await snapshot.recompute(session, position.portfolio_id)


async def _find(session: AsyncSession, position_id: UUID) -> Position:
    position = await position_repository.find(session, position_id)
    if position is None:
        raise PositionNotFound
    return position


async def _terms(session: AsyncSession, wanted: PositionIn) -> dict[str, Any]:
    """What only this class of position states."""
    match wanted:
        case PublicPositionIn():
            await _check_instrument(session, "symbol", wanted.symbol)
            return {"symbol": wanted.symbol}
        case OptionPositionIn():
            await _check_instrument(session, "underlying_symbol", wanted.underlying_symbol)
            return _option_terms(wanted)
        case PrivatePositionIn():
            if await instrument_repository.find(session, wanted.symbol) is not None:
                raise InvalidField("symbol", f"{wanted.symbol!r} is an instrument with prices; use another label")
            return _private_terms(wanted)
        case _:
            assert_never(wanted)


async def _check_instrument(session: AsyncSession, name: str, symbol: str) -> None:
    if await instrument_repository.find(session, symbol) is None:
        raise InvalidField(name, f"there is no instrument {symbol!r} here")


def _option_terms(wanted: OptionPositionIn) -> dict[str, Any]:
    strike = field.nonzero_amount("strike", wanted.strike)
    if strike % _STRIKE_STEP:
        raise InvalidField("strike", f"is not a multiple of {_STRIKE_STEP}")
    contract = OptionContract(wanted.underlying_symbol, wanted.expiry, wanted.option_type, strike)
    return {
        "symbol": contract.occ_symbol,
        "underlying_symbol": wanted.underlying_symbol,
        "option_type": wanted.option_type,
        "strike": strike,
        "expiry": wanted.expiry,
        "multiplier": wanted.multiplier,
        "volatility": wanted.volatility,
    }


def _private_terms(wanted: PrivatePositionIn) -> dict[str, Any]:
    """Without a statement the entry is the first one."""
    value = wanted.entry_price if wanted.stated_value is None else wanted.stated_value
    return {
        "symbol": wanted.symbol,
        "name": wanted.name,
        "stated_value": field.amount("stated_value", value),
        "stated_on": wanted.stated_on or wanted.entry_date,
    }


def _stored(name: str, value: Any) -> Any:
    if value is None and name not in _MAY_BE_CLEARED:
        raise InvalidField(name, "must not be null")
    if name == "quantity":
        return field.nonzero_amount(name, value)
    if name in ("entry_price", "exit_price", "stated_value") and value is not None:
        return field.amount(name, value)
    return value


def _check_dates(position: Position) -> None:
    field.not_in_future("entry_date", position.entry_date)
    field.not_in_future("exit_date", position.exit_date)
    if position.exit_date is not None and position.exit_date < position.entry_date:
        raise InvalidField("exit_date", "lies before entry_date")
    if position.expiry is not None:
        _check_expiry(position, position.expiry)
    if position.stated_on is not None:
        field.not_in_future("stated_on", position.stated_on)
        if position.stated_on < position.entry_date:
            raise InvalidField("stated_on", "lies before entry_date")


def _check_expiry(position: Position, expiry: date) -> None:
    if expiry < position.entry_date:
        raise InvalidField("expiry", "lies before entry_date")
    if expiry > position.entry_date + LONGEST_LIFE:
        raise InvalidField("expiry", "lies more than 50 years after entry_date")
    if position.exit_date is not None and position.exit_date > expiry:
        raise InvalidField("exit_date", "lies after expiry")
