from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.errors import Conflict, InvalidField, NotFound
from app.models import TargetPrice
from app.repositories import instrument as instrument_repository
from app.repositories import price as price_repository
from app.repositories import target_price as target_price_repository
from app.repositories.price import PriceRow
from app.schemas.page import Cursor, Page, PageQuery
from app.schemas.target_price import TargetPriceIn, TargetPriceOut, TargetPricePatch
from app.services import field, portfolio

CASES = ("bear", "base", "bull")
_cursor: Cursor[str] = Cursor(str)


class TargetPriceNotFound(NotFound):
    code = "target_price_not_found"
    detail = "There is no such target price."


class TargetPriceExists(Conflict):
    code = "target_price_exists"
    detail = "This portfolio has a target price for that symbol already. Change it instead."


async def list_page(session: AsyncSession, portfolio_id: UUID, page: PageQuery) -> Page[TargetPriceOut]:
    await portfolio.find(session, portfolio_id)
    after = _cursor.decode(page.cursor)
    rows = await target_price_repository.list_page(session, portfolio_id, after=after, limit=page.limit + 1)
    shown = rows[: page.limit]
    return Page(
        items=await _with_closes(session, shown),
        next_cursor=_cursor.encode(shown[-1].symbol) if len(rows) > page.limit else None,
    )


async def create(session: AsyncSession, scope: Scope, portfolio_id: UUID, wanted: TargetPriceIn) -> TargetPriceOut:
    await portfolio.find(session, portfolio_id)
    if await instrument_repository.find(session, wanted.symbol) is None:
        raise InvalidField("symbol", f"there are no prices of {wanted.symbol}")
    if await target_price_repository.find_of_symbol(session, portfolio_id, wanted.symbol) is not None:
        raise TargetPriceExists
    target = TargetPrice(user_id=scope.user_id, portfolio_id=portfolio_id, **_stored(wanted.model_dump()))
    _check_cases(target)
    try:
        await target_price_repository.add(session, target)
    except IntegrityError as error:
        # Two at once: the second has not seen the first
        raise TargetPriceExists from error
    return await _with_close(session, target)


async def change(session: AsyncSession, target_price_id: UUID, wanted: TargetPricePatch) -> TargetPriceOut:
    target = await _find(session, target_price_id)
    for name, value in _stored(wanted.model_dump(exclude_unset=True)).items():
        if name == "note" and value is None:
            raise InvalidField("note", "must not be null; an empty text clears it")
        setattr(target, name, value)
    _check_cases(target)
    await session.flush()
    return await _with_close(session, target)


async def delete(session: AsyncSession, target_price_id: UUID) -> None:
    await target_price_repository.delete(session, await _find(session, target_price_id))


async def _find(session: AsyncSession, target_price_id: UUID) -> TargetPrice:
    target = await target_price_repository.find(session, target_price_id)
    if target is None:
        raise TargetPriceNotFound
    return target


def _stored(fields: dict[str, Any]) -> dict[str, Any]:
    stated = {name: field.amount(name, fields[name]) for name in CASES if fields.get(name) is not None}
    return {**fields, **stated}


def _check_cases(target: TargetPrice) -> None:
    stated = [(case, value) for case in CASES if (value := getattr(target, case)) is not None]
    if not stated:
        raise InvalidField("base", "state at least one of bear, base and bull")
    for (lower, low), (higher, high) in pairwise(stated):
        if low > high:
            raise InvalidField(higher, f"must not be below {lower}")


async def _with_close(session: AsyncSession, target: TargetPrice) -> TargetPriceOut:
    (shown,) = await _with_closes(session, [target])
    return shown


async def _with_closes(session: AsyncSession, targets: Sequence[TargetPrice]) -> list[TargetPriceOut]:
    closes = await price_repository.newest_closes(session, [target.symbol for target in targets])
    return [_out(target, closes.get(target.symbol)) for target in targets]


def _out(target: TargetPrice, newest: PriceRow | None) -> TargetPriceOut:
    cases: dict[str, Decimal | None] = {case: getattr(target, case) for case in CASES}
    return TargetPriceOut(
        id=target.id,
        portfolio_id=target.portfolio_id,
        symbol=target.symbol,
        horizon=target.horizon,
        note=target.note,
        last_close=newest.close if newest else None,
        last_close_date=newest.date if newest else None,
        **{case: None if value is None else float(value) for case, value in cases.items()},
        **{f"{case}_change": _change(value, newest) for case, value in cases.items()},
    )


def _change(case: Decimal | None, newest: PriceRow | None) -> float | None:
    return None if case is None or newest is None else float(case) / newest.close - 1
