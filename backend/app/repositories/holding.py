"""A portfolio with everything that its figures rest on, read in one statement."""

import datetime as dt
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Double, Row, Text, bindparam, case, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import ScalarSelect

from app.analytics.options import OptionType
from app.analytics.splits import Split
from app.db import Read
from app.models import CashFlow, Instrument, MarketDataState, Portfolio, Position
from app.models import Split as SplitRow
from app.models.portfolio import PositionClass

# How many portfolios' rows are kept as they were put together
KEPT_ROWS = 32

_EMPTY: ColumnElement[Any] = literal_column("'[]'::jsonb", JSONB)


@dataclass(frozen=True, slots=True)
class OptionRow:
    """`multiplier` is how many shares a contract is on; `volatility` is None where none was stated."""

    underlying_symbol: str
    option_type: OptionType
    strike: float
    expiry: dt.date
    multiplier: int
    volatility: float | None


@dataclass(frozen=True, slots=True)
class StatementRow:
    """What a unit of a private position was said to be worth, and when."""

    value: float
    day: dt.date


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot and what is known of its instrument, an option's being its underlying. A negative quantity is a short.

    `option` is there for OPTIONS only and `statement` for PRIVATE only. `split_factor` is by how much its units were
    multiplied, and its prices divided, to be in shares of today; None where nothing tells in which it was stated.
    """

    id: UUID
    symbol: str
    name: str
    sector: str | None
    asset_class: str
    quantity: float
    entry_date: dt.date
    entry_price: float
    exit_date: dt.date | None
    exit_price: float | None
    option: OptionRow | None = None
    statement: StatementRow | None = None
    split_factor: float | None = 1.0

    @property
    def position_class(self) -> PositionClass:
        if self.option is not None:
            return "OPTIONS"
        return "PUBLIC" if self.statement is None else "PRIVATE"

    @property
    def units(self) -> float:
        """What a price is for: shares, also those that contracts are on."""
        return self.quantity if self.option is None else self.quantity * self.option.multiplier

    @property
    def moves_with(self) -> str | None:
        """The instrument whose prices decide its value; None for a private position."""
        if self.option is not None:
            return self.option.underlying_symbol
        return self.symbol if self.statement is None else None


@dataclass(frozen=True, slots=True)
class FlowRow:
    date: dt.date
    amount: float


@dataclass(frozen=True, slots=True)
class HoldingsRow:
    """A portfolio, its lots in order of entry as they were entered, its cash flows, the splits of what its lots move
    with, by symbol, and the version of the prices to value them with.

    Two equal rows have the same figures: results may be kept by it.
    """

    id: UUID
    user_id: UUID
    name: str
    base_currency: str
    benchmark: str
    opening_cash: float
    inception_date: dt.date | None
    lots: tuple[LotRow, ...]
    flows: tuple[FlowRow, ...]
    market_version: int
    splits: tuple[tuple[str, Split], ...] = ()

    def __hash__(self) -> int:
        # Thousands of lots need not be hashed to tell portfolios apart
        return hash((self.id, self.market_version))

    @property
    def instruments(self) -> frozenset[str]:
        """Everything whose prices decide what the lots are worth."""
        return frozenset(symbol for lot in self.lots if (symbol := lot.moves_with) is not None)

    @property
    def opening_flow(self) -> FlowRow:
        """Opening cash on the inception date, else on the day of the first entry or flow."""
        events = [lot.entry_date for lot in self.lots] + [flow.date for flow in self.flows]
        return FlowRow(self.inception_date or min(events, default=dt.date.max), self.opening_cash)


async def find(session: AsyncSession, portfolio_id: UUID) -> HoldingsRow | None:
    """None for what does not exist, was deleted or belongs to somebody else: row-level security hides it."""
    row = (await session.execute(_ONE, {"portfolio_id": portfolio_id})).one_or_none()
    return None if row is None else holdings(row)


async def find_all(session: AsyncSession) -> list[HoldingsRow]:
    """Every portfolio of the person whom the transaction names, oldest first."""
    return [holdings(row) for row in await session.execute(_ALL)]


def read(portfolio_id: UUID) -> Read:
    """What `find` reads; `holdings` makes of its row what `find` gives."""
    return Read(_ONE, {"portfolio_id": portfolio_id})


def read_all() -> Read:
    return Read(_ALL, {})


async def lock(session: AsyncSession, portfolio_id: UUID) -> None:
    """Until the end of the transaction nobody else locks this portfolio."""
    await session.execute(select(Portfolio.id).where(Portfolio.id == portfolio_id).with_for_update(key_share=True))


def _lots() -> ScalarSelect[Any]:
    """One JSON array a lot: its fields in the order in which `_lot` takes them."""
    fields = func.jsonb_build_array(
        Position.id,
        Position.symbol,
        func.coalesce(Instrument.name, Position.name),
        Instrument.sector,
        Instrument.asset_class,
        cast(Position.quantity, Double),
        Position.entry_date,
        cast(Position.entry_price, Double),
        Position.exit_date,
        cast(Position.exit_price, Double),
        _option(),
        _statement(),
    )
    ordered = aggregate_order_by(fields, Position.entry_date, Position.symbol, Position.id)
    return (
        select(cast(func.coalesce(func.jsonb_agg(ordered), _EMPTY), Text))
        .outerjoin(Instrument, Instrument.symbol == Position.instrument_symbol)
        .where(Position.portfolio_id == Portfolio.id)
        .correlate(Portfolio)
        .scalar_subquery()
    )


def _option() -> ColumnElement[Any]:
    """Null for everything else."""
    terms = func.jsonb_build_array(
        Position.underlying_symbol,
        Position.option_type,
        cast(Position.strike, Double),
        Position.expiry,
        Position.multiplier,
        Position.volatility,
    )
    return case((Position.position_class == "OPTIONS", terms))


def _statement() -> ColumnElement[Any]:
    """Null for what is not private."""
    stated = func.jsonb_build_array(cast(Position.stated_value, Double), Position.stated_on)
    return case((Position.position_class == "PRIVATE", stated))


def _flows() -> ScalarSelect[Any]:
    fields = func.jsonb_build_array(CashFlow.date, cast(CashFlow.amount, Double))
    return (
        select(
            cast(func.coalesce(func.jsonb_agg(aggregate_order_by(fields, CashFlow.date, CashFlow.id)), _EMPTY), Text)
        )
        .where(CashFlow.portfolio_id == Portfolio.id)
        .correlate(Portfolio)
        .scalar_subquery()
    )


def _splits() -> ScalarSelect[Any]:
    held = select(Position.instrument_symbol).where(Position.portfolio_id == Portfolio.id).correlate(Portfolio)
    fields = func.jsonb_build_array(SplitRow.symbol, SplitRow.date, SplitRow.ratio)
    ordered = aggregate_order_by(fields, SplitRow.symbol, SplitRow.date)
    return (
        select(cast(func.coalesce(func.jsonb_agg(ordered), _EMPTY), Text))
        .where(SplitRow.symbol.in_(held))
        .scalar_subquery()
    )


_STATEMENT = select(
    Portfolio.id,
    Portfolio.user_id,
    Portfolio.name,
    Portfolio.base_currency,
    Portfolio.benchmark,
    cast(Portfolio.opening_cash, Double).label("opening_cash"),
    Portfolio.inception_date,
    _lots().label("lots"),
    _flows().label("flows"),
    select(MarketDataState.version).scalar_subquery().label("market_version"),
    _splits().label("splits"),
).where(Portfolio.deleted_at.is_(None))
_ONE = _STATEMENT.where(Portfolio.id == bindparam("portfolio_id"))
_ALL = _STATEMENT.order_by(Portfolio.created_at, Portfolio.id)


def holdings(row: Row[Any]) -> HoldingsRow:
    """The same object for the same row, so that what was kept for it is found without comparing lot by lot."""
    return _holdings(*row)


@lru_cache(maxsize=KEPT_ROWS)
def _holdings(
    id_: UUID,
    user_id: UUID,
    name: str,
    base_currency: str,
    benchmark: str,
    opening_cash: float,
    inception_date: dt.date | None,
    lots: str,
    flows: str,
    market_version: int,
    splits: str,
) -> HoldingsRow:
    """`lots`, `flows` and `splits` are JSON: a row that is known needs no parsing."""
    return HoldingsRow(
        id=id_,
        user_id=user_id,
        name=name,
        base_currency=base_currency,
        benchmark=benchmark,
        opening_cash=opening_cash,
        inception_date=inception_date,
        lots=tuple(_lot(fields) for fields in json.loads(lots)),
        flows=tuple(FlowRow(dt.date.fromisoformat(day), amount) for day, amount in json.loads(flows)),
        market_version=market_version,
        splits=tuple((symbol, Split(dt.date.fromisoformat(day), ratio)) for symbol, day, ratio in json.loads(splits)),
    )


def _lot(fields: list[Any]) -> LotRow:
    id_, symbol, name, sector, asset_class, quantity, entry_date, entry_price, exit_date, exit_price, *terms = fields
    lot = LotRow(
        id=UUID(id_),
        symbol=symbol,
        name=name,
        sector=sector,
        asset_class=asset_class or "private",
        quantity=quantity,
        entry_date=dt.date.fromisoformat(entry_date),
        entry_price=entry_price,
        exit_date=None if exit_date is None else dt.date.fromisoformat(exit_date),
        exit_price=exit_price,
    )
    return _with_terms(lot, *terms)


def contract_name(underlying: str, terms: OptionRow) -> str:
    return f"{underlying} {terms.strike:g} {terms.option_type} {terms.expiry}"


def _with_terms(lot: LotRow, option: list[Any] | None, statement: list[Any] | None) -> LotRow:
    if option is not None:
        underlying, option_type, strike, expiry, multiplier, volatility = option
        terms = OptionRow(underlying, option_type, strike, dt.date.fromisoformat(expiry), multiplier, volatility)
        return replace(lot, name=contract_name(lot.name, terms), asset_class="option", option=terms)
    if statement is not None:
        value, day = statement
        return replace(lot, statement=StatementRow(value, dt.date.fromisoformat(day)))
    return lot
