"""What an import asks of the database, each in one statement however long the file is."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import CashFlow, Instrument, Portfolio, Position

# How share classes are set off, in the spelling of any exchange: BRK.B, BRK-B, BRK/B, BRK B
CLASS_SEPARATORS = "[./ _]+"


async def instruments_spelled(session: AsyncSession, keys: Collection[str]) -> Sequence[Instrument]:
    """Instruments whose symbol is one of these, with a hyphen for whatever sets off a share class."""
    key = func.regexp_replace(func.upper(Instrument.symbol), CLASS_SEPARATORS, "-", "g")
    statement = select(Instrument).where(key.in_(keys)).order_by(Instrument.symbol)
    return (await session.scalars(statement)).all()


async def portfolio_names(session: AsyncSession) -> set[str]:
    return set((await session.scalars(select(Portfolio.name).where(Portfolio.deleted_at.is_(None)))).all())


async def add_all(session: AsyncSession, rows: Sequence[Position | CashFlow]) -> None:
    session.add_all(rows)
    await session.flush()
