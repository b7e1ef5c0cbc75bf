from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import RoutingRule

# The order in which rules are asked; the identifier decides between equals, so that it is the same every time
_ORDER = (RoutingRule.priority, RoutingRule.id)


async def list_all(session: AsyncSession) -> Sequence[RoutingRule]:
    """The tenant's, in the order in which they are asked."""
    return (await session.scalars(select(RoutingRule).order_by(*_ORDER))).all()


async def list_enabled(session: AsyncSession) -> Sequence[RoutingRule]:
    query = select(RoutingRule).where(RoutingRule.is_enabled).order_by(*_ORDER)
    return (await session.scalars(query)).all()


async def count(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(RoutingRule)) or 0


async def find(session: AsyncSession, rule_id: UUID) -> RoutingRule | None:
    return await session.get(RoutingRule, rule_id)


async def add(session: AsyncSession, rule: RoutingRule) -> None:
    session.add(rule)
    await session.flush()
    await session.refresh(rule)


async def update(session: AsyncSession, rule: RoutingRule) -> None:
    await session.flush()
    await session.refresh(rule)


async def delete(session: AsyncSession, rule: RoutingRule) -> None:
    await session.delete(rule)
    await session.flush()
