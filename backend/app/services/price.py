import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import InvalidField, NotFound
from app.repositories import instrument as instrument_repository
from app.repositories import price as price_repository
from app.schemas.analytics import PriceSeries

# Ten years of trading days, with room for a few more
MAXIMUM_ROWS = 2_600


class SymbolNotFound(NotFound):
    code = "symbol_not_found"

    def __init__(self, symbol: str) -> None:
        super().__init__(f"There is no instrument {symbol}.")


async def series(session: AsyncSession, symbol: str, start: dt.date | None, end: dt.date | None) -> PriceSeries:
    """Closes as quoted, oldest first. Of a range longer than `MAXIMUM_ROWS` days the newest are given."""
    if start is not None and end is not None and start > end:
        raise InvalidField("start", "lies after end")
    instrument = await instrument_repository.find(session, symbol)
    if instrument is None:
        raise SymbolNotFound(symbol)
    rows = await price_repository.closes_of(session, symbol, start, end, MAXIMUM_ROWS + 1)
    shown = rows[-MAXIMUM_ROWS:]
    return PriceSeries(
        symbol=symbol,
        name=instrument.name,
        currency=instrument.currency,
        dates=[row.date for row in shown],
        closes=[row.close for row in shown],
        source=", ".join(sorted({row.source for row in shown})),
        truncated=len(rows) > len(shown),
    )
