from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Read, Scope
from app.models import Tenant, User


@dataclass(frozen=True, slots=True)
class Credentials:
    scope: Scope
    password_hash: str


_ACTIVE = select(User.id, User.email, User.display_name, User.role, User.memory_enabled).where(
    User.id == bindparam("user_id"), User.is_active
)


def read_active(user_id: UUID) -> Read:
    """One row, or none for somebody who may not sign in any more."""
    return Read(_ACTIVE, {"user_id": user_id})


async def find_active(session: AsyncSession, user_id: UUID) -> User | None:
    return await session.scalar(select(User).where(User.id == user_id, User.is_active))


async def wants_memory(session: AsyncSession, user_id: UUID) -> bool:
    """Of somebody who is still there."""
    wanted = select(User.id).where(User.id == user_id, User.is_active, User.memory_enabled)
    return await session.scalar(wanted) is not None


async def find_credentials(session: AsyncSession, email: str) -> Credentials | None:
    """By way of a door through row-level security: who signs in is not known yet."""
    found = await session.execute(
        text("select id, tenant_id, password_hash from auth_user_by_email(:email)"), {"email": email}
    )
    row = found.one_or_none()
    return None if row is None else Credentials(Scope(row.id, row.tenant_id), row.password_hash)


async def add_tenant(session: AsyncSession, tenant: Tenant) -> None:
    session.add(tenant)
    await session.flush()


async def add(session: AsyncSession, user: User) -> None:
    session.add(user)
    await session.flush()
