from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Instrument


async def find(session: AsyncSession, symbol: str) -> Instrument | None:
    return await session.get(Instrument, symbol)
