"""Importing a file: read it, see what of it can be held here, and (unless it is a dry run) keep it."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.errors import Invalid, InvalidField
from app.importing import ParsedFile, parse
from app.importing.display import shown
from app.importing.parsed import CashBalance, Lot, RejectedRow, RowProblem
from app.importing.portfolio_name import portfolio_name
from app.importing.symbols import symbol_key
from app.models import CashFlow, Instrument, Portfolio, Position
from app.repositories import importing as importing_repository
from app.repositories import portfolio as portfolio_repository
from app.schemas.importing import ImportedCash, ImportedPortfolio, ImportedPosition, ImportReport, RejectedRowOut
from app.services import field as field_check
from app.services import portfolio, snapshot

UNKNOWN_SYMBOL = "no instrument with this symbol is in the market data"
DEFAULT_NAME = "Imported portfolio"
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


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`portfolio_id` adds to a portfolio, `name` makes one; with neither, each that the file names becomes its own."""

    portfolio_id: UUID | None = None
    name: str | None = None
    as_of: date | None = None
    is_dry_run: bool = True
    accepts_partial: bool = False

    def __post_init__(self) -> None:
        if self.portfolio_id is not None and self.name is not None:
            raise InvalidField("name", "is for a new portfolio; leave it out to add to portfolio_id")


@dataclass(frozen=True, slots=True)
class _DatedLot:
    lot: Lot
    instrument: Instrument
    entry_date: date


@dataclass(frozen=True, slots=True)
class _DatedCash:
    row: int
    amount: Decimal
    day: date


@dataclass(slots=True)
class _Target:
    """One portfolio to be: `stored` is it, once there is one."""

    name: str
    stored: Portfolio | None
    is_new: bool
    lots: list[_DatedLot] = field(default_factory=list)
    cash: list[_DatedCash] = field(default_factory=list)


@dataclass(slots=True)
class _Plan:
    parsed: ParsedFile
    as_of: date
    targets: dict[str | None, _Target]
    rejected: list[RejectedRow]
    unknown_symbols: set[str]
    warnings: list[str]


async def import_file(session: AsyncSession, scope: Scope, data: bytes, options: ImportOptions) -> ImportReport:
    """Everything or nothing, unless a partial import is accepted. The caller's transaction keeps it.

    Raises
    ------
    FileRefused, RowsRejected, NothingToImport, InvalidField, PortfolioNotFound
    """
    field_check.not_in_future("as_of", options.as_of)
    latest = (datetime.now(UTC) + field_check.FURTHEST_AHEAD).date()
    parsed = await asyncio.get_running_loop().run_in_executor(_reader, parse, data, latest)
    plan = await _plan(session, parsed, options)
    if not options.is_dry_run:
        await _carry_out(session, scope, plan, options)
    return _report(plan, options)


async def _plan(session: AsyncSession, parsed: ParsedFile, options: ImportOptions) -> _Plan:
    as_of = options.as_of or parsed.as_of or datetime.now(UTC).date()
    plan = _Plan(parsed, as_of, {}, list(parsed.rejected), set(), list(parsed.warnings))
    lots = await _resolved(session, parsed.lots, plan)
    cash = [balance for balance in parsed.cash if _is_in_valued_currency(balance, plan)]
    named = [lot.portfolio for lot in parsed.lots] + [balance.portfolio for balance in parsed.cash]
    plan.targets = await _targets(session, named, options)
    for lot, instrument in lots:
        dated = _DatedLot(lot, instrument, lot.entry_date or as_of)
        plan.targets[lot.portfolio].lots.append(dated)
    for balance in cash:
        plan.targets[balance.portfolio].cash.append(_DatedCash(balance.row, balance.amount, balance.day or as_of))
    plan.rejected.sort(key=lambda row: row.row)
    plan.warnings += await _warnings(session, plan, options)
    return plan


async def _resolved(session: AsyncSession, lots: Sequence[Lot], plan: _Plan) -> list[tuple[Lot, Instrument]]:
    """The lots whose instrument is known; the others are rejected."""
    keys = {symbol_key(lot.symbol) for lot in lots if lot.position_class == "PUBLIC"}
    known = {symbol_key(found.symbol): found for found in await importing_repository.instruments_spelled(session, keys)}
    resolved = []
    for lot in lots:
        try:
            resolved.append((lot, _instrument(lot, known, plan)))
        except RowProblem as problem:
            plan.rejected.append(problem.at(lot.row))
    return resolved


def _instrument(lot: Lot, known: dict[str, Instrument], plan: _Plan) -> Instrument:
    found = known.get(symbol_key(lot.symbol))
    if lot.position_class == "OPTIONS":
        reason = "an option contract, and the market data has no prices of option contracts"
        raise RowProblem("symbol", shown(lot.symbol), reason, "Remove the row, or accept a partial import.")
    if found is None:
        plan.unknown_symbols.add(lot.symbol)
        remedy = "Correct the symbol, load its prices, or accept a partial import."
        raise RowProblem("symbol", shown(lot.symbol), UNKNOWN_SYMBOL, remedy)
    if lot.currency is not None and lot.currency != found.currency:
        reason = f"held in another currency than {found.symbol} has in the market data, {found.currency}"
        raise RowProblem("currency", shown(lot.currency), reason, "Remove the row: there are no exchange rates here.")
    return found


def _is_in_valued_currency(balance: CashBalance, plan: _Plan) -> bool:
    if balance.currency in (None, portfolio.VALUED_CURRENCY):
        return True
    reason = f"cash in another currency than {portfolio.VALUED_CURRENCY}"
    remedy = "Remove the row: there are no exchange rates here."
    plan.rejected.append(RejectedRow(balance.row, "currency", shown(balance.currency or ""), reason, remedy))
    return False


async def _targets(
    session: AsyncSession, named: Sequence[str | None], options: ImportOptions
) -> dict[str | None, _Target]:
    """Which portfolio each of the file's own becomes."""
    names = list(dict.fromkeys(named))
    if options.portfolio_id is not None:
        stored = await portfolio.find(session, options.portfolio_id)
        return dict.fromkeys(names, _Target(stored.name, stored, is_new=False))
    if options.name is not None:
        return dict.fromkeys(names, _Target(_checked_name(options.name), None, is_new=True))
    return {name: _Target(name or DEFAULT_NAME, None, is_new=True) for name in names}


def _checked_name(name: str) -> str:
    try:
        return portfolio_name(name, "name")
    except RowProblem as problem:
        raise InvalidField("name", problem.reason) from problem


def _distinct(plan: _Plan) -> list[_Target]:
    """The portfolios that anything goes into. Several of the file's own may be one."""
    return list({id(target): target for target in plan.targets.values() if target.lots or target.cash}.values())


async def _warnings(session: AsyncSession, plan: _Plan, options: ImportOptions) -> list[str]:
    warnings = []
    targets = _distinct(plan)
    if undated := sum(dated.lot.entry_date is None for target in targets for dated in target.lots):
        warnings.append(
            f"Lots without a purchase date ({undated}) are dated {plan.as_of}, and their gain up to then counts on "
            "that day. Send as_of for another day, or use the CSV template to give each its own."
        )
    if len(plan.targets) > 1 and (options.name is not None or options.portfolio_id is not None):
        warnings.append(f"{len(plan.targets)} portfolios of the file are put together into one.")
    taken = await importing_repository.portfolio_names(session)
    warnings += [
        f"There is a portfolio named {target.name} already: this makes a second one."
        for target in targets
        if target.is_new and target.name in taken
    ]
    return warnings


async def _carry_out(session: AsyncSession, scope: Scope, plan: _Plan, options: ImportOptions) -> None:
    targets = _distinct(plan)
    if plan.rejected and not options.accepts_partial:
        raise RowsRejected(plan.rejected)
    if not targets:
        raise NothingToImport
    for target in targets:
        await _store(session, scope, target)


async def _store(session: AsyncSession, scope: Scope, target: _Target) -> None:
    later_cash = target.cash
    if target.stored is None:
        target.stored, later_cash = _opened(scope, target)
        await portfolio_repository.add(session, target.stored)
    owner = {"user_id": scope.user_id, "portfolio_id": target.stored.id}
    positions = [
        Position(
            **owner,
            symbol=dated.instrument.symbol,
            position_class=dated.lot.position_class,
            quantity=dated.lot.quantity,
            entry_date=dated.entry_date,
            entry_price=dated.lot.entry_price,
        )
        for dated in target.lots
    ]
    flows = [CashFlow(**owner, date=cash.day, amount=cash.amount, note=CASH_NOTE) for cash in later_cash if cash.amount]
    await importing_repository.add_all(session, [*positions, *flows])
    await snapshot.recompute(session, target.stored.id)


def _opened(scope: Scope, target: _Target) -> tuple[Portfolio, list[_DatedCash]]:
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


def _report(plan: _Plan, options: ImportOptions) -> ImportReport:
    targets = _distinct(plan)
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


def _reported(target: _Target) -> ImportedPortfolio:
    return ImportedPortfolio(
        portfolio_id=target.stored.id if target.stored is not None else None,
        name=target.name,
        is_new=target.is_new,
        positions=[_reported_position(dated) for dated in target.lots],
        cash=[ImportedCash(row=cash.row, amount=float(cash.amount), date=cash.day) for cash in target.cash],
    )


def _reported_position(dated: _DatedLot) -> ImportedPosition:
    return ImportedPosition(
        row=dated.lot.row,
        symbol=dated.instrument.symbol,
        name=dated.instrument.name,
        position_class=dated.lot.position_class,
        quantity=float(dated.lot.quantity),
        entry_date=dated.entry_date,
        entry_price=float(dated.lot.entry_price),
    )


def _named(row: RejectedRow) -> str:
    where = f"row {row.row}" + (f", {row.column}" if row.column else "")
    return f"{where}: {row.reason} ({row.value})" if row.value else f"{where}: {row.reason}"
