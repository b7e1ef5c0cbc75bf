"""What model calls have cost: a person's own, and for administrators their tenant's."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.errors import InvalidField
from app.repositories import usage as usage_repository
from app.schemas.usage import BudgetOut, UsageOfDay, UsageOfModel, UsageOfUser, UsageOut, UsageQuery, UsageTotals

USUAL_DAYS = 30
MAX_DAYS = 366
# Of a large firm those that cost most
MAX_PEOPLE = 500


async def report(session: AsyncSession, scope: Scope, query: UsageQuery, budget_usd: Decimal | None) -> UsageOut:
    first, last = _days(query, datetime.now(UTC).date())
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    calls = (
        usage_repository.tenant_calls(since, until)
        if query.scope == "tenant"
        else usage_repository.own_calls(scope.user_id, since, until)
    )
    rows = await usage_repository.summarize(session, calls)
    return UsageOut(
        since=first,
        until=last,
        scope=query.scope,
        totals=_totals(rows),
        by_day=[UsageOfDay.model_validate(row) for row in rows if row.day is not None],
        by_model=[UsageOfModel.model_validate(row) for row in rows if row.model is not None],
        by_user=[UsageOfUser.model_validate(row) for row in rows if row.display_name is not None][:MAX_PEOPLE],
        budget=await _budget(session, scope, budget_usd),
    )


def _days(query: UsageQuery, today: date) -> tuple[date, date]:
    last = query.until or today
    first = query.since or last - timedelta(days=USUAL_DAYS - 1)
    if first > last:
        raise InvalidField("from", "lies after `to`")
    if last - first >= timedelta(days=MAX_DAYS):
        raise InvalidField("from", f"more than {MAX_DAYS} days are not summed up at once")
    return first, last


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _totals(rows: Sequence[Row[Any]]) -> UsageTotals:
    whole = next(row for row in rows if row.day is None and row.model is None and row.user_id is None)
    return UsageTotals.model_validate(whole)


async def _budget(session: AsyncSession, scope: Scope, limit_usd: Decimal | None) -> BudgetOut:
    spent, reserved = await usage_repository.spent_today(session, scope.user_id)
    left = None if limit_usd is None else max(limit_usd - spent - reserved, Decimal(0))
    return BudgetOut(
        limit_usd=None if limit_usd is None else float(limit_usd),
        spent_usd=float(spent),
        reserved_usd=float(reserved),
        left_usd=None if left is None else float(left),
        resets_at=_midnight(datetime.now(UTC).date() + timedelta(days=1)),
    )
