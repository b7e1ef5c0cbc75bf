"""What an import asks of the database, each in one statement however long the file is."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import CashFlow, Instrument, Portfolio, Position
from app.symbols import ROOT_CHARS, SEPARATORS

# Between two batches other requests have their turn on the event loop
BATCH_ROWS = 500


async def instruments_spelled(session: AsyncSession, keys: Collection[str]) -> Sequence[Instrument]:
    """Instruments of which one of these is the `symbol_key`."""
    key = func.regexp_replace(func.upper(Instrument.symbol), SEPARATORS, "-", "g")
    statement = select(Instrument).where(key.in_(keys)).order_by(Instrument.symbol)
    return (await session.scalars(statement)).all()


async def instruments_rooted(session: AsyncSession, roots: Collection[str]) -> Sequence[Instrument]:
    """Instruments of which one of these is the `occ_root`."""
    letters = func.regexp_replace(func.upper(Instrument.symbol), "[^A-Z0-9]", "", "g")
    statement = select(Instrument).where(func.left(letters, ROOT_CHARS).in_(roots)).order_by(Instrument.symbol)
    return (await session.scalars(statement)).all()


async def portfolio_names(session: AsyncSession) -> set[str]:
    return set((await session.scalars(select(Portfolio.name).where(Portfolio.deleted_at.is_(None)))).all())


async def add_positions(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    await _insert(session, Position, rows)


async def add_cash_flows(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    await _insert(session, CashFlow, rows)


async def _insert(session: AsyncSession, table: type[Position | CashFlow], rows: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH_ROWS):
        await session.execute(insert(table), rows[start : start + BATCH_ROWS])
