"""Importing a file: read it, see what of it can be held here, and (unless it is a dry run) keep it."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.errors import Invalid
from app.importing import ParsedFile, parse
from app.importing.parsed import RejectedRow
from app.importing.symbols import CONTRACT_SHARES
from app.models import Portfolio
from app.repositories import importing as importing_repository
from app.repositories import portfolio as portfolio_repository
from app.schemas.importing import ImportedCash, ImportedPortfolio, ImportedPosition, ImportReport, RejectedRowOut
from app.services import field as field_check
from app.services import snapshot
from app.services.import_plan import DatedCash, DatedLot, ImportOptions, Plan, Target, plan_import

CASH_NOTE = "Cash stated by the imported file"
ROWS_NAMED_IN_AN_ERROR = 3

# A file of the largest size takes about a second to read: off the event loop, one after another
_reader = ThreadPoolExecutor(1, thread_name_prefix="importing")


class RowsRejected(Invalid):
    code = "rows_rejected"

    def __init__(self, rejected: Sequence[RejectedRow]) -> None:
        named = "; ".join(_named(row) for row in rejected[:ROWS_NAMED_IN_AN_ERROR])
        more = len(rejected) - ROWS_NAMED_IN_AN_ERROR
        super().__init__(
            f"Nothing was imported, because {len(rejected)} of the rows cannot be: {named}"
            f"{f'; and {more} more' if more > 0 else ''}. Correct the file, or accept a partial import."
        )


class NothingToImport(Invalid):
    code = "nothing_to_import"
    detail = "The file has no position and no cash that could be imported."


async def import_file(session: AsyncSession, scope: Scope, data: bytes, options: ImportOptions) -> ImportReport:
    """Everything or nothing, unless a partial import is accepted. The caller's transaction keeps it.

    Raises
    ------
    FileRefused, RowsRejected, NothingToImport, InvalidField, PortfolioNotFound
    """
    field_check.not_in_future("as_of", options.as_of)
    latest = (datetime.now(UTC) + field_check.FURTHEST_AHEAD).date()
    loop = asyncio.get_running_loop()
    parsed = await loop.run_in_executor(_reader, parse, data, latest)
    plan = await plan_import(session, parsed, options)
    if not options.is_dry_run:
        await _carry_out(session, scope, plan, options)
    return await loop.run_in_executor(_reader, _report, plan, options)


async def _carry_out(session: AsyncSession, scope: Scope, plan: Plan, options: ImportOptions) -> None:
    targets = plan.distinct_targets()
    if plan.rejected and not options.accepts_partial:
        raise RowsRejected(plan.rejected)
    if not targets:
        raise NothingToImport
    for target in targets:
        await _store(session, scope, target)


async def _store(session: AsyncSession, scope: Scope, target: Target) -> None:
    later_cash = target.cash
    if target.stored is None:
        target.stored, later_cash = _opened(scope, target)
        await portfolio_repository.add(session, target.stored)
    owner = {"user_id": scope.user_id, "portfolio_id": target.stored.id}
    await importing_repository.add_positions(session, [_position(dated) | owner for dated in target.lots])
    flows = [{"date": cash.day, "amount": cash.amount, "note": CASH_NOTE} for cash in later_cash if cash.amount]
    await importing_repository.add_cash_flows(session, [flow | owner for flow in flows])
    await snapshot.recompute(session, target.stored.id)


def _position(dated: DatedLot) -> dict[str, Any]:
    return {
        "symbol": dated.symbol,
        "position_class": dated.lot.position_class,
        "quantity": dated.lot.quantity,
        "entry_date": dated.entry_date,
        "entry_price": dated.lot.entry_price,
        **_terms(dated),
    }


def _terms(dated: DatedLot) -> dict[str, Any]:
    """The same columns for every lot: rows that are inserted together have all of them."""
    contract, is_private = dated.contract, dated.instrument is None
    return {
        "underlying_symbol": dated.instrument.symbol if contract and dated.instrument else None,
        "option_type": contract.option_type if contract else None,
        "strike": contract.strike if contract else None,
        "expiry": contract.expiry if contract else None,
        "multiplier": CONTRACT_SHARES if contract else None,
        "name": dated.name if is_private else None,
        "stated_value": dated.lot.entry_price if is_private else None,
        "stated_on": dated.entry_date if is_private else None,
    }


def _opened(scope: Scope, target: Target) -> tuple[Portfolio, list[DatedCash]]:
    """A portfolio that begins on the first day of anything in it, and the cash that came to it later."""
    inception = min([dated.entry_date for dated in target.lots] + [cash.day for cash in target.cash])
    opening = sum((cash.amount for cash in target.cash if cash.day == inception), Decimal(0))
    opened = Portfolio(
        tenant_id=scope.tenant_id,
        user_id=scope.user_id,
        name=target.name,
        opening_cash=opening,
        inception_date=inception,
        # One transaction has one now(): the file's own order would be lost in the list
        created_at=datetime.now(UTC),
    )
    return opened, [cash for cash in target.cash if cash.day != inception]


def _report(plan: Plan, options: ImportOptions) -> ImportReport:
    targets = plan.distinct_targets()
    is_dated_by_us = any(item is None for item in _stated_dates(plan.parsed))
    return ImportReport(
        is_dry_run=options.is_dry_run,
        format=plan.parsed.format,
        format_label=plan.parsed.label,
        as_of=plan.as_of if is_dated_by_us else None,
        portfolios=[_reported(target) for target in targets],
        position_count=sum(len(target.lots) for target in targets),
        rejected_rows=[RejectedRowOut.model_validate(row) for row in plan.rejected],
        unknown_symbols=sorted(plan.unknown_symbols),
        warnings=plan.warnings,
    )


def _stated_dates(parsed: ParsedFile) -> list[date | None]:
    return [lot.entry_date for lot in parsed.lots] + [balance.day for balance in parsed.cash]


def _reported(target: Target) -> ImportedPortfolio:
    return ImportedPortfolio(
        portfolio_id=target.stored.id if target.stored is not None else None,
        name=target.name,
        is_new=target.is_new,
        positions=[_reported_position(dated) for dated in target.lots],
        cash=[ImportedCash(row=cash.row, amount=float(cash.amount), date=cash.day) for cash in target.cash],
    )


def _reported_position(dated: DatedLot) -> ImportedPosition:
    return ImportedPosition(
        row=dated.lot.row,
        symbol=dated.symbol,
        name=dated.name,
        position_class=dated.lot.position_class,
        quantity=float(dated.lot.quantity),
        entry_date=dated.entry_date,
        entry_price=float(dated.lot.entry_price),
    )


def _named(row: RejectedRow) -> str:
    where = f"row {row.row}" + (f", {row.column}" if row.column else "")
    return f"{where}: {row.reason} ({row.value})" if row.value else f"{where}: {row.reason}"
