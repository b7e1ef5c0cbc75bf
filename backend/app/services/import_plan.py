"""What of a file can be held here, and in which portfolio."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Invalid, InvalidField
from app.importing import ParsedFile
from app.importing.display import shown
from app.importing.numbers import MAX_AMOUNT
from app.importing.parsed import CashBalance, Lot, RejectedRow, RowProblem
from app.importing.portfolio_name import portfolio_name
from app.importing.symbols import OptionContract, option_contract
from app.models import Instrument, Portfolio
from app.repositories import importing as importing_repository
from app.services import portfolio
from app.symbols import occ_root, symbol_key

UNKNOWN_UNDERLYING = "an option contract whose underlying is not in the market data"
UNKNOWN_SYMBOL = "no instrument with this symbol is in the market data"
NO_EXCHANGE_RATES = "Remove the row: there are no exchange rates here."
DEFAULT_NAME = "Imported portfolio"
# Each gets a history of its own: more than anybody has accounts, and a bound on the work that one file makes
MAX_PORTFOLIOS = 50


class TooManyPortfolios(Invalid):
    code = "too_many_portfolios"
    detail = f"The file names more than {MAX_PORTFOLIOS} portfolios. Split it, or give one name for all of it."


class TooMuchCash(Invalid):
    code = "too_much_cash"
    detail = f"The cash of one portfolio adds up to more than {MAX_AMOUNT:,.0f}. Correct the amounts."


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
class DatedLot:
    """`instrument` is an option's underlying, and None for what is private; only options have a `contract`."""

    lot: Lot
    instrument: Instrument | None
    entry_date: date
    contract: OptionContract | None

    @property
    def symbol(self) -> str:
        return self.lot.symbol if self.contract or self.instrument is None else self.instrument.symbol

    @property
    def name(self) -> str:
        if self.instrument is None:
            return self.lot.name
        if self.contract is None:
            return self.instrument.name
        terms = self.contract
        return f"{self.instrument.name} {terms.strike.normalize():f} {terms.option_type} {terms.expiry}"


@dataclass(frozen=True, slots=True)
class DatedCash:
    row: int
    amount: Decimal
    day: date


@dataclass(slots=True)
class Target:
    """One portfolio to be: `stored` is it, once there is one."""

    name: str
    stored: Portfolio | None
    is_new: bool
    lots: list[DatedLot] = field(default_factory=list)
    cash: list[DatedCash] = field(default_factory=list)

    @property
    def total_cash(self) -> Decimal:
        return sum((cash.amount for cash in self.cash), Decimal(0))


@dataclass(slots=True)
class Plan:
    parsed: ParsedFile
    as_of: date
    targets: dict[str | None, Target]
    rejected: list[RejectedRow]
    unknown_symbols: set[str]
    warnings: list[str]

    def distinct_targets(self) -> list[Target]:
        """The portfolios that anything goes into. Several of the file's own may be one."""
        return list({id(target): target for target in self.targets.values() if target.lots or target.cash}.values())


async def plan_import(session: AsyncSession, parsed: ParsedFile, options: ImportOptions) -> Plan:
    as_of = options.as_of or parsed.as_of or datetime.now(UTC).date()
    plan = Plan(parsed, as_of, {}, list(parsed.rejected), set(), list(parsed.warnings))
    lots = await _resolved(session, parsed.lots, plan)
    cash = [balance for balance in parsed.cash if _is_in_valued_currency(balance, plan)]
    named = [lot.portfolio for lot in parsed.lots] + [balance.portfolio for balance in parsed.cash]
    plan.targets = await _targets(session, named, options)
    for dated in lots:
        plan.targets[dated.lot.portfolio].lots.append(dated)
    for balance in cash:
        plan.targets[balance.portfolio].cash.append(DatedCash(balance.row, balance.amount, balance.day or as_of))
    if any(abs(target.total_cash) > MAX_AMOUNT for target in plan.targets.values()):
        raise TooMuchCash
    plan.rejected.sort(key=lambda row: row.row)
    plan.warnings += await _warnings(session, plan, options)
    return plan


async def _resolved(session: AsyncSession, lots: Sequence[Lot], plan: Plan) -> list[DatedLot]:
    """The lots whose instrument is known; the others are rejected."""
    contracts = {lot.symbol: option_contract(lot.symbol) for lot in lots if lot.position_class == "OPTIONS"}
    keys = {lot.symbol for lot in lots if lot.position_class != "OPTIONS"}
    roots = {contract.underlying for contract in contracts.values() if contract is not None}
    spelled = await importing_repository.instruments_spelled(session, keys | roots)
    known = await _underlyings(session, roots) | {symbol_key(found.symbol): found for found in spelled}
    resolved = []
    for lot in lots:
        try:
            resolved.append(_dated(lot, contracts.get(lot.symbol), known, plan))
        except RowProblem as problem:
            plan.rejected.append(problem.at(lot.row))
    return resolved


async def _underlyings(session: AsyncSession, roots: set[str]) -> dict[str, Instrument]:
    """Instruments by the root of their contracts, where only one has it: `BRKB` is `BRK-B`."""
    found: dict[str, list[Instrument]] = {}
    for instrument in await importing_repository.instruments_rooted(session, roots):
        found.setdefault(occ_root(instrument.symbol), []).append(instrument)
    return {root: instruments[0] for root, instruments in found.items() if len(instruments) == 1}


def _dated(lot: Lot, contract: OptionContract | None, known: dict[str, Instrument], plan: Plan) -> DatedLot:
    entry_date = lot.entry_date or plan.as_of
    if contract is not None and contract.expiry < entry_date:
        reason = f"an option contract that expired before the day of its lot, {entry_date}"
        raise RowProblem("symbol", shown(lot.symbol), reason, "Remove the row, or send the day of the file as as_of.")
    if lot.position_class == "PRIVATE":
        _check_private(lot, known)
        return DatedLot(lot, None, entry_date, None)
    symbol = contract.underlying if contract else lot.symbol
    return DatedLot(lot, _instrument(lot, symbol, known, plan), entry_date, contract)


def _check_private(lot: Lot, known: dict[str, Instrument]) -> None:
    if lot.symbol in known:
        remedy = "Give the asset another symbol where it comes from, or take prices from a market."
        raise RowProblem("symbol", shown(lot.symbol), "an asset of one's own under the symbol of an instrument", remedy)
    if lot.currency not in (None, portfolio.VALUED_CURRENCY):
        reason = f"valued in another currency than {portfolio.VALUED_CURRENCY}"
        raise RowProblem("currency", shown(lot.currency or ""), reason, NO_EXCHANGE_RATES)


def _instrument(lot: Lot, symbol: str, known: dict[str, Instrument], plan: Plan) -> Instrument:
    found = known.get(symbol)
    if found is None:
        plan.unknown_symbols.add(symbol)
        remedy = "Correct the symbol, load its prices, or accept a partial import."
        reason = UNKNOWN_SYMBOL if symbol == lot.symbol else UNKNOWN_UNDERLYING
        raise RowProblem("symbol", shown(lot.symbol), reason, remedy)
    if lot.currency not in (None, found.currency):
        reason = f"held in another currency than {found.symbol} has in the market data, {found.currency}"
        raise RowProblem("currency", shown(lot.currency or ""), reason, NO_EXCHANGE_RATES)
    if found.currency != portfolio.VALUED_CURRENCY:
        reason = f"{found.symbol} is quoted in another currency than {portfolio.VALUED_CURRENCY}"
        raise RowProblem("currency", found.currency, reason, NO_EXCHANGE_RATES)
    return found


def _is_in_valued_currency(balance: CashBalance, plan: Plan) -> bool:
    if balance.currency in (None, portfolio.VALUED_CURRENCY):
        return True
    reason = f"cash in another currency than {portfolio.VALUED_CURRENCY}"
    problem = RowProblem("currency", shown(balance.currency or ""), reason, NO_EXCHANGE_RATES)
    plan.rejected.append(problem.at(balance.row))
    return False


async def _targets(
    session: AsyncSession, named: Sequence[str | None], options: ImportOptions
) -> dict[str | None, Target]:
    """Which portfolio each of the file's own becomes."""
    names = list(dict.fromkeys(named))
    if options.portfolio_id is not None:
        stored = await portfolio.find(session, options.portfolio_id)
        return dict.fromkeys(names, Target(stored.name, stored, is_new=False))
    if options.name is not None:
        return dict.fromkeys(names, Target(_checked_name(options.name), None, is_new=True))
    if len(names) > MAX_PORTFOLIOS:
        raise TooManyPortfolios
    return {name: Target(name or DEFAULT_NAME, None, is_new=True) for name in names}


def _checked_name(name: str) -> str:
    try:
        return portfolio_name(name, "name")
    except RowProblem as problem:
        raise InvalidField("name", problem.reason) from problem


async def _warnings(session: AsyncSession, plan: Plan, options: ImportOptions) -> list[str]:
    warnings = []
    targets = plan.distinct_targets()
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
