from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Instrument


async def find(session: AsyncSession, symbol: str) -> Instrument | None:
    return await session.get(Instrument, symbol)


async def list_of_class(session: AsyncSession, asset_class: str, limit: int) -> Sequence[Instrument]:
    """By symbol."""
    statement = select(Instrument).where(Instrument.asset_class == asset_class).order_by(Instrument.symbol).limit(limit)
    return (await session.scalars(statement)).all()


async def list_named(session: AsyncSession, symbols: Collection[str]) -> Sequence[Instrument]:
    """Those that are known, by symbol."""
    statement = select(Instrument).where(Instrument.symbol.in_(symbols)).order_by(Instrument.symbol)
    return (await session.scalars(statement)).all()


async def sectors(session: AsyncSession, symbols: Collection[str]) -> dict[str, str | None]:
    """Of those that are known, in the order of their symbols."""
    return {found.symbol: found.sector for found in await list_named(session, symbols)}
