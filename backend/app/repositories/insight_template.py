import datetime as dt
from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import InsightTemplate

Key = tuple[dt.datetime, UUID]


async def find(session: AsyncSession, template_id: UUID) -> InsightTemplate | None:
    """None for what does not exist or is another tenant's."""
    return await session.scalar(select(InsightTemplate).where(InsightTemplate.id == template_id))


async def list_page(
    session: AsyncSession, *, insight_type: str | None, before: Key | None, limit: int
) -> Sequence[InsightTemplate]:
    """The tenant's own and those that ship, newest first."""
    order = (InsightTemplate.created_at, InsightTemplate.id)
    statement = select(InsightTemplate).order_by(*(column.desc() for column in order)).limit(limit)
    if insight_type is not None:
        statement = statement.where(InsightTemplate.insight_type == insight_type)
    if before is not None:
        statement = statement.where(tuple_(*order) < before)
    return (await session.scalars(statement)).all()


async def list_used(session: AsyncSession) -> Sequence[InsightTemplate]:
    """Of each type the one that insights are written by: the tenant's own, else the one that ships."""
    statement = (
        select(InsightTemplate)
        .where(InsightTemplate.is_active)
        .ext(distinct_on(InsightTemplate.insight_type))
        .order_by(InsightTemplate.insight_type, InsightTemplate.tenant_id.nulls_last())
    )
    return (await session.scalars(statement)).all()


async def find_used(session: AsyncSession, insight_type: str) -> InsightTemplate | None:
    statement = (
        select(InsightTemplate)
        .where(InsightTemplate.is_active, InsightTemplate.insight_type == insight_type)
        .order_by(InsightTemplate.tenant_id.nulls_last())
        .limit(1)
    )
    return await session.scalar(statement)


async def newest_version(session: AsyncSession, tenant_id: UUID, insight_type: str) -> int:
    """Of the tenant's own; 0 where there is none."""
    statement = select(func.max(InsightTemplate.version)).where(
        InsightTemplate.tenant_id == tenant_id, InsightTemplate.insight_type == insight_type
    )
    return await session.scalar(statement) or 0


async def add(session: AsyncSession, template: InsightTemplate) -> None:
    session.add(template)
    await session.flush()
    await session.refresh(template)


async def activate_only(session: AsyncSession, tenant_id: UUID, insight_type: str, template_id: UUID | None) -> None:
    """Of the tenant's own of a type this one is active, or none."""
    own = (InsightTemplate.tenant_id == tenant_id, InsightTemplate.insight_type == insight_type)
    # First none: there is never a moment with two
    await session.execute(update(InsightTemplate).where(*own, InsightTemplate.is_active).values(is_active=False))
    if template_id is not None:
        await session.execute(
            update(InsightTemplate).where(*own, InsightTemplate.id == template_id).values(is_active=True)
        )


def ship(connection: Connection, insight_type: str, prompt: str) -> bool:
    """As the schema's owner: make this text the one that ships. False where it is so already."""
    shipped = (InsightTemplate.tenant_id.is_(None), InsightTemplate.insight_type == insight_type)
    newest = connection.execute(
        select(InsightTemplate.version, InsightTemplate.prompt)
        .where(*shipped)
        .order_by(InsightTemplate.version.desc())
        .limit(1)
    ).one_or_none()
    if newest is not None and newest.prompt == prompt:
        return False
    connection.execute(update(InsightTemplate).where(*shipped).values(is_active=False))
    version = newest.version + 1 if newest is not None else 1
    connection.execute(
        insert(InsightTemplate).values(
            id=uuid4(), insight_type=insight_type, version=version, prompt=prompt, is_active=True
        )
    )
    return True
