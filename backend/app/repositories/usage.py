"""The ledger of model calls, and reservations in it.

A person's reservations are made one after the other: each sees the ones before it, so that many turns at once cannot
pass a budget together.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Row,
    String,
    cast,
    column,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Read, together
from app.models import ModelUsage, User
from app.repositories.insertion import into

OPEN = "open"
ANSWERED = "answered"
# What a call is that nobody has ended
BROKEN_OFF = "broken_off"
_CALL = (
    "user_id", "provider", "model", "created_at", "outcome", "input_tokens", "cached_input_tokens", "output_tokens",
    "reasoning_tokens", "cost_usd",
)  # fmt: skip
_FIXED = {"id", "tenant_id", "user_id"}
_COLUMNS = ModelUsage.__table__.c
_TODAY = func.date_trunc("day", func.now(), "UTC")


async def write(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await together(session, [entry(row) for row in rows])


def entry(row: dict[str, Any]) -> Read:
    """Again with the same row does nothing more; a row that was a reservation becomes what came of it."""
    return Read(_entry(tuple(row)), row)


@lru_cache(maxsize=10)
def _entry(names: tuple[str, ...]) -> Insert:
    statement = into(ModelUsage, names)
    settled = {name: statement.excluded[name] for name in names if name not in _FIXED}
    return statement.on_conflict_do_update(index_elements=["id"], set_=settled)


async def settle_lost(session: AsyncSession, run_id: UUID) -> int:
    """Calls of a run whose process died: how many are known. One that was under way has taken nobody knows what."""
    lost = update(ModelUsage).where(ModelUsage.run_id == run_id, ModelUsage.outcome == OPEN)
    await session.execute(lost.values(outcome=BROKEN_OFF))
    return await session.scalar(select(func.count()).where(ModelUsage.run_id == run_id)) or 0


async def settle_expired(session: AsyncSession) -> int:
    """Anybody's calls that have been open for longer than any takes, of whose process nobody else knows: how many."""
    return int(await session.scalar(text("select settle_expired_calls()")) or 0)


async def reserve(session: AsyncSession, row: dict[str, Any], budget: Decimal, lasts: timedelta) -> bool:
    """Whether today's budget has room for the row's charge; if so, it is taken up for a while."""
    user_id: UUID = row["user_id"]
    await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    # A statement of its own: only one that begins after the lock was given sees what its former holder wrote
    spent = select(_spent()).where(*_counts_today(user_id)).scalar_subquery()
    given: dict[str, Any] = {name: literal(value, _COLUMNS[name].type) for name, value in row.items()}
    given["reserved_until"] = func.now() + lasts
    fitting = select(*given.values()).where(spent + row["charged_usd"] <= budget)
    statement = insert(ModelUsage).from_select(list(given), fitting).returning(ModelUsage.id)
    return await session.scalar(statement) is not None


async def spent_today(session: AsyncSession, user_id: UUID) -> tuple[Decimal, Decimal]:
    """(spent, reserved) by this person since midnight UTC."""
    is_open = ModelUsage.outcome == OPEN
    reserved = func.coalesce(func.sum(ModelUsage.charged_usd).filter(is_open), 0)
    row = (await session.execute(select(_spent() - reserved, reserved).where(*_counts_today(user_id)))).one()
    return row[0], row[1]


def own_calls(user_id: UUID, since: datetime, until: datetime) -> FromClause:
    """This person's settled calls of a time, without a name beside them."""
    query = select(*(getattr(ModelUsage, name) for name in _CALL), null().cast(String).label("display_name")).where(
        ModelUsage.user_id == user_id,
        ModelUsage.created_at >= since,
        ModelUsage.created_at < until,
        ModelUsage.outcome != OPEN,
    )
    return query.subquery("used")


def tenant_calls(since: datetime, until: datetime) -> FromClause:
    """The settled calls of everybody in the caller's tenant; none for who is no administrator of it."""
    columns = [column(name, _COLUMNS[name].type) for name in _CALL]
    return func.tenant_usage(since, until).table_valued(*columns, column("display_name", String), name="used")


async def summarize(session: AsyncSession, calls: FromClause) -> Sequence[Row[Any]]:
    """One row for all, one for each day, each model and each person: what a row is not about is null in it."""
    used = calls.c
    # Not a parameter: two of them would be two expressions, and a grouping is by one
    day = cast(func.timezone(literal_column("'UTC'"), used.created_at), Date)
    model = tuple_(used.provider, used.model)
    person = tuple_(used.user_id, used.display_name)
    query = (
        select(day.label("day"), used.provider, used.model, used.user_id, used.display_name, *_sums(used))
        .group_by(func.grouping_sets(tuple_(), tuple_(day), model, person))
        .order_by(day, func.sum(used.cost_usd).desc().nulls_last(), used.provider, used.model, used.user_id)
    )
    return (await session.execute(query)).all()


def _sums(used: Any) -> list[ColumnElement[Any]]:
    tokens = [func.coalesce(func.sum(used[name]), 0).label(name) for name in _CALL if name.endswith("_tokens")]
    return [
        func.count().label("calls"),
        func.count().filter(used.outcome != ANSWERED).label("failed_calls"),
        func.count().filter(used.cost_usd.is_(None)).label("calls_of_unknown_cost"),
        func.coalesce(func.sum(used.cost_usd), 0).label("cost_usd"),
        *tokens,
    ]


def _spent() -> ColumnElement[Decimal]:
    return func.coalesce(func.sum(ModelUsage.charged_usd), 0)


def _counts_today(user_id: UUID) -> list[ColumnElement[bool]]:
    is_settled = or_(ModelUsage.outcome != OPEN, ModelUsage.reserved_until > func.now())
    return [ModelUsage.user_id == user_id, ModelUsage.created_at >= _TODAY, is_settled]
