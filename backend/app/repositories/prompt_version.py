"""What a tenant adds to the rules of every answer."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Read
from app.models import PromptVersion, Tenant


async def find_active(session: AsyncSession) -> PromptVersion | None:
    return await session.scalar(select(PromptVersion).where(PromptVersion.is_active))


_ACTIVE = select(PromptVersion.id, PromptVersion.content).where(PromptVersion.is_active)


def read_active() -> Read:
    """Its identifier and content; no row where there is none."""
    return Read(_ACTIVE, {})


async def add_active(session: AsyncSession, tenant_id: UUID, content: str, created_by: UUID) -> PromptVersion:
    """The next version, in use from now on. Two at once come one after the other."""
    await session.execute(select(Tenant.id).where(Tenant.id == tenant_id).with_for_update(key_share=True))
    newest = await session.scalar(select(func.max(PromptVersion.version)))
    await use(session, None)
    version = PromptVersion(
        tenant_id=tenant_id, version=(newest or 0) + 1, content=content, created_by=created_by, is_active=True
    )
    session.add(version)
    await session.flush()
    return version


async def use(session: AsyncSession, version_id: UUID | None) -> None:
    """This one and no other; None for none."""
    await session.execute(update(PromptVersion).where(PromptVersion.is_active).values(is_active=False))
    if version_id is not None:
        await session.execute(update(PromptVersion).where(PromptVersion.id == version_id).values(is_active=True))
