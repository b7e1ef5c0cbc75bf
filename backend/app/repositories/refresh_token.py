from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.models import RefreshToken


async def find_owner(session: AsyncSession, token_hash: bytes) -> Scope | None:
    """By way of a door through row-level security: the token is all there is to tell whose it is."""
    found = await session.execute(
        text("select user_id, tenant_id from auth_refresh_token_owner(:token_hash)"), {"token_hash": token_hash}
    )
    row = found.one_or_none()
    return None if row is None else Scope(row.user_id, row.tenant_id)


async def lock(session: AsyncSession, token_hash: bytes) -> RefreshToken | None:
    """Two uses of one link at the same time wait for each other here."""
    return await session.scalar(select(RefreshToken).where(RefreshToken.token_hash == token_hash).with_for_update())


async def add(session: AsyncSession, token: RefreshToken) -> None:
    session.add(token)
    await session.flush()


async def end_chain(session: AsyncSession, chain_id: UUID) -> None:
    # First wait for whoever is adding a link: the update then sees that link too
    await session.execute(select(RefreshToken.id).where(RefreshToken.chain_id == chain_id).with_for_update())
    await session.execute(
        update(RefreshToken)
        .where(RefreshToken.chain_id == chain_id, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )


async def delete_expired(session: AsyncSession) -> None:
    """Of the person whom the transaction is bound to."""
    await session.execute(delete(RefreshToken).where(RefreshToken.expires_at < func.now()))
