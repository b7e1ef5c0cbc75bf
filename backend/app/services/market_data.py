from sqlalchemy.ext.asyncio import AsyncSession

from app.market_data.source import MarketDataSource
from app.repositories import market_data as market_data_repository


async def load(session: AsyncSession, source: MarketDataSource) -> int:
    """Bring instruments and prices up to the source. Returns how many prices changed.

    Where nothing did, the version stays as it is.
    """
    await market_data_repository.upsert_instruments(session, source.instruments())
    changed = await market_data_repository.merge_prices(session, source.prices(), source.name)
    if changed + await market_data_repository.merge_splits(session, source.splits(), source.name):
        await market_data_repository.advance_version(session)
    return changed
