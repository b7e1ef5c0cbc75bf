from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.models import AssistantToken, User


@dataclass(frozen=True, slots=True)
class Owner:
    token_id: UUID
    scope: Scope


async def find_owner(session: AsyncSession, token_hash: bytes) -> Owner | None:
    """Of a token that still holds, by way of a door through row-level security."""
    found = await session.execute(
        text("select token_id, user_id, tenant_id from auth_assistant_token_owner(:token_hash)"),
        {"token_hash": token_hash},
    )
    row = found.one_or_none()
    return None if row is None else Owner(row.token_id, Scope(row.user_id, row.tenant_id))


async def note_use(session: AsyncSession, token_id: UUID, *, at_most_every: timedelta) -> None:
    await session.execute(
        update(AssistantToken)
        .where(
            AssistantToken.id == token_id,
            or_(AssistantToken.last_used_at.is_(None), AssistantToken.last_used_at < func.now() - at_most_every),
        )
        .values(last_used_at=func.now())
    )


async def list_all(session: AsyncSession) -> Sequence[AssistantToken]:
    """A person's own, the newest first."""
    query = select(AssistantToken).order_by(AssistantToken.created_at.desc(), AssistantToken.id)
    return (await session.scalars(query)).all()


async def lock_owner(session: AsyncSession, user_id: UUID) -> None:
    """One person's are made one transaction after the other: else two at once would pass the limit."""
    await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


async def delete_expired(session: AsyncSession) -> None:
    await session.execute(delete(AssistantToken).where(AssistantToken.expires_at <= func.now()))


async def count(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(AssistantToken)) or 0


async def add(session: AsyncSession, token: AssistantToken) -> None:
    session.add(token)
    await session.flush()
    await session.refresh(token)


async def delete_by_id(session: AsyncSession, token_id: UUID) -> bool:
    """Whether there was one."""
    gone = await session.execute(delete(AssistantToken).where(AssistantToken.id == token_id))
    return isinstance(gone, CursorResult) and gone.rowcount > 0
