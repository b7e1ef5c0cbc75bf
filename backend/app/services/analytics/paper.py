"""The book as it is and as trades on paper would leave it.

Shares are netted, one lot a symbol, and bought or sold at the stated price or the newest close. Contracts close those
of the other side first, the oldest before the others; what is left over is a lot of its own, entered today: worth its
stated price by the volatility that this implies, or without one by the volatility of the contracts that are held, else
by the underlying's own. Private positions stay as they are.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np

from app.analytics import valuation
from app.analytics.what_if import Holdings, Trade, simulate_trades
from app.analytics.what_if import WhatIf as Simulation
from app.errors import InvalidField
from app.importing.symbols import CONTRACT_SHARES, OptionContract, option_contract
from app.repositories.holding import LotRow, OptionRow
from app.schemas.what_if import Trade as WantedTrade
from app.services.analytics.book import Book
from app.symbols import occ_root

# A lot of shares on paper is no row of the database; contracts on paper are counted from here
_ON_PAPER = UUID(int=0)


@dataclass(frozen=True)
class Paper:
    simulation: Simulation
    before: Book
    after: Book
    traded_value: float


@dataclass(frozen=True)
class _ContractTrade:
    """Contracts bought, or sold where the lot's quantity is negative, at a price a share."""

    lot: LotRow
    price: float

    @property
    def value(self) -> float:
        return float(valuation.position_value(self.lot.units, self.price))


def symbols_traded(wanted: Iterable[WantedTrade]) -> frozenset[str]:
    """Whose prices the trades need."""
    named = ((trade.symbol, option_contract(trade.symbol)) for trade in wanted)
    return frozenset(symbol if contract is None else contract.underlying for symbol, contract in named)


def on_paper(book: Book, wanted: Sequence[WantedTrade], sectors: Mapping[str, str | None]) -> Paper:
    """Of a book that was loaded with `symbols_traded`; `sectors` are those of what is traded and not held.

    Raises
    ------
    InvalidField
        A trade in a symbol without prices, of a quantity of zero, or in a contract that has expired or has no value.
    """
    shares, contracts = [], []
    for index, trade in enumerate(wanted):
        if trade.quantity == 0:
            raise InvalidField(f"trades.{index}.quantity", "must not be 0")
        contract = option_contract(trade.symbol)
        if contract is None:
            shares.append(_share_trade(book, index, trade))
        else:
            contracts.append(_contract_trade(book, index, trade, contract))
    simulation = simulate_trades(_held(book, shares), shares)
    sectors = {**sectors, **{lot.moves_with or lot.symbol: lot.sector for lot in book.open_lots}}
    return Paper(
        simulation=simulation,
        before=_rewritten(book, simulation.before, (), sectors),
        after=_rewritten(book, simulation.after, contracts, sectors),
        traded_value=simulation.traded_value + sum(abs(trade.value) for trade in contracts),
    )


def _held(book: Book, trades: Iterable[Trade]) -> Holdings:
    """All shares that can be valued, by symbol, with what is to be traded at its newest close."""
    units = {holding.symbol: 0.0 for holding in book.holdings if holding.moves_with == holding.symbol}
    units |= {trade.symbol: 0.0 for trade in trades}
    for lot in book.open_lots:
        if lot.position_class == "PUBLIC" and lot.symbol in units:
            units[lot.symbol] += lot.quantity
    prices = [book.close(symbol) for symbol in units]
    return Holdings(
        symbols=tuple(units),
        quantities=np.array(list(units.values()), dtype=np.float64),
        prices=np.array([np.nan if price is None else price for price in prices], dtype=np.float64),
        cash=book.value.cash,
    )


def _share_trade(book: Book, index: int, wanted: WantedTrade) -> Trade:
    close = book.close(wanted.symbol)
    if close is None:
        raise InvalidField(f"trades.{index}.symbol", f"there is no price of {wanted.symbol}")
    return Trade(wanted.symbol, wanted.quantity, wanted.price if wanted.price is not None else close)


def _contract_trade(book: Book, index: int, wanted: WantedTrade, contract: OptionContract) -> _ContractTrade:
    terms = _terms(book, index, wanted, contract)
    if book.as_of is not None and terms.expiry <= book.as_of:
        raise InvalidField(f"trades.{index}.symbol", f"the contract's last day was {terms.expiry}")
    lot = LotRow(
        id=UUID(int=index + 1),
        symbol=contract.occ_symbol,
        name=contract.occ_symbol,
        sector=None,
        asset_class="",
        quantity=wanted.quantity,
        entry_date=book.as_of or date.min,
        entry_price=wanted.price or 0.0,
        exit_date=None,
        exit_price=None,
        option=terms,
    )
    if wanted.price is not None:
        return _ContractTrade(lot, wanted.price)
    value = Book(replace(book.row, lots=(lot,), flows=()), book.panel).unit_value(lot)
    if value is None:
        raise InvalidField(f"trades.{index}.price", "is needed: nothing tells what the contract is worth")
    return _ContractTrade(lot, value)


def _terms(book: Book, index: int, wanted: WantedTrade, contract: OptionContract) -> OptionRow:
    held = next((lot for lot in book.open_lots if lot.option and lot.symbol == contract.occ_symbol), None)
    if held is not None and held.option is not None:
        volatility = book.options[held.id].volatility
        is_known = wanted.price is None and math.isfinite(volatility)
        return replace(held.option, volatility=volatility if is_known else None)
    listed = (symbol for symbol in book.columns if occ_root(symbol) == contract.underlying)
    underlying = next((symbol for symbol in listed if book.close(symbol) is not None), None)
    if underlying is None:
        raise InvalidField(f"trades.{index}.symbol", f"there is no price of {contract.underlying}")
    return OptionRow(
        underlying, contract.option_type, float(contract.strike), contract.expiry, CONTRACT_SHARES, volatility=None
    )


def _rewritten(
    book: Book, holdings: Holdings, contracts: Sequence[_ContractTrade], sectors: Mapping[str, str | None]
) -> Book:
    """A book of these holdings, entered at the newest close, so that each measure can be taken of it."""
    today = book.as_of or date.min
    shares = tuple(
        LotRow(_ON_PAPER, symbol, symbol, sectors.get(symbol), "", float(quantity), today, float(price), None, None)
        for symbol, quantity, price in zip(holdings.symbols, holdings.quantities, holdings.prices, strict=True)
        if quantity != 0 and np.isfinite(price)
    )
    others = [lot for lot in book.open_lots if lot.position_class != "PUBLIC"]
    for trade in contracts:
        lot = replace(trade.lot, sector=sectors.get(trade.lot.moves_with or ""))
        others = list(_after(others, lot))
    cash = holdings.cash - sum(trade.value for trade in contracts)
    row = replace(book.row, lots=(*shares, *others), flows=(), opening_cash=cash, inception_date=today)
    return Book(row, book.panel)


def _after(lots: Iterable[LotRow], traded: LotRow) -> Iterator[LotRow]:
    left = traded.quantity
    for lot in lots:
        closed = 0.0
        if lot.symbol == traded.symbol and lot.quantity * left < 0:
            closed = math.copysign(min(abs(lot.quantity), abs(left)), left)
            left -= closed
        if lot.quantity + closed != 0:
            yield replace(lot, quantity=lot.quantity + closed)
    if left != 0:
        yield replace(traded, quantity=left)
