"""A portfolio with its prices, loaded once, and what every measure takes from it."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.analytics import prices, snapshots, valuation
from app.analytics.arrays import FloatArray, IntArray
from app.analytics.errors import NoExposure
from app.analytics.returns import simple_returns
from app.errors import Invalid, NotFound
from app.repositories import holding as holding_repository
from app.repositories import price as price_repository
from app.repositories.holding import HoldingsRow, LotRow
from app.repositories.price import PricePanel
from app.services.analytics.entries import doubtful_entries
from app.services.analytics.lot_values import OptionHistory, option_history, private_values
from app.services.analytics.shares_of_today import in_shares_of_today

# A page asks for eight measures of one portfolio at a time, so books are kept. Each may hold several copies of its
# price panel: with these limits about 300 MB in all; a larger portfolio works its book out anew for each measure
KEPT_BOOKS = 16
LARGEST_KEPT_PANEL = 500_000


# Stands where an answer names its portfolio
ALL_PORTFOLIOS = UUID(int=0)


NO_PRICE = "No price is known."


class PortfolioNotFound(NotFound):
    code = "portfolio_not_found"
    detail = "There is no such portfolio."


class NoPortfolios(NotFound):
    code = "no_portfolios"
    detail = "You have no portfolio yet."


class MixedCurrencies(Invalid):
    code = "mixed_currencies"
    detail = "Your portfolios are in several currencies and there are no exchange rates to join them by."


@dataclass(frozen=True, slots=True)
class Holding:
    """All open lots of one symbol together. `value` is signed.

    `exposure` is what moves with the returns of `moves_with`: the value, or of an option its delta times the value of
    the shares that it is on. `moves_with` is None for a private position. `vega` is currency per 1.00 of volatility.
    """

    symbol: str
    name: str
    sector: str | None
    value: float
    exposure: float
    moves_with: str | None
    vega: float = 0.0

    def and_also(self, other: "Holding") -> "Holding":
        return replace(
            self,
            value=self.value + other.value,
            exposure=self.exposure + other.exposure,
            vega=self.vega + other.vega,
        )


@dataclass(frozen=True, eq=False)
class Book:
    """A portfolio at the newest prices, its lots in shares of today. Symbols without a price are only in `unpriced`."""

    row: HoldingsRow
    panel: PricePanel

    @cached_property
    def filled(self) -> prices.FilledCloses:
        return prices.fill_forward(self.panel.closes)

    @cached_property
    def returns(self) -> FloatArray:
        """(T-1, N) daily returns from adjusted closes; row k belongs to day k + 1."""
        return simple_returns(self.panel.adjusted_closes)

    @cached_property
    def columns(self) -> dict[str, int]:
        return {symbol: column for column, symbol in enumerate(self.panel.symbols)}

    @property
    def as_of(self) -> dt.date | None:
        return self.day(-1) if len(self.panel.dates) else None

    def day(self, row: int) -> dt.date:
        found: dt.date = self.panel.dates[row].item()
        return found

    @cached_property
    def last_rows(self) -> IntArray:
        """Row of each symbol's newest price; -1 for none."""
        newest_first = self.panel.closes[::-1]
        return len(newest_first) - 1 - prices.first_priced_day(newest_first)

    def price_date(self, symbol: str) -> dt.date | None:
        row = int(self.last_rows[self.columns[symbol]])
        return self.day(row) if row >= 0 else None

    def close(self, symbol: str, days_ago: int = 0) -> float | None:
        """The newest close on or before that trading day."""
        if len(self.panel.dates) <= days_ago:
            return None
        value = float(self.filled.closes[-1 - days_ago, self.columns[symbol]])
        return value if np.isfinite(value) else None

    @cached_property
    def options(self) -> dict[UUID, OptionHistory]:
        """Each option lot, settled ones too, by its id."""
        found = {}
        for lot in self.row.lots:
            if lot.option is not None:
                column = self.columns[lot.option.underlying_symbol]
                adjusted = self.panel.adjusted_closes[:, column]
                spots = self.filled.closes[:, column]
                found[lot.id] = option_history(lot, lot.option, self.panel.dates, spots, adjusted)
        return found

    @cached_property
    def own_columns(self) -> dict[UUID, int]:
        """Columns of `unit_values` that belong to one lot: options and private positions."""
        own = [lot.id for lot in self.row.lots if lot.position_class != "PUBLIC"]
        return {id_: len(self.panel.symbols) + i for i, id_ in enumerate(own)}

    @cached_property
    def unit_values(self) -> FloatArray:
        """(T, N + M) what one unit is worth on each day: the closes, then a column for each of `own_columns`."""
        own = [self._own_values(lot) for lot in self.row.lots if lot.id in self.own_columns]
        return np.column_stack([self.filled.closes, *own]) if own else self.filled.closes

    def _own_values(self, lot: LotRow) -> FloatArray:
        if lot.statement is not None:
            return private_values(lot, lot.statement, self.panel.dates)
        return self.options[lot.id].values

    def column_of(self, lot: LotRow) -> int:
        return self.own_columns[lot.id] if lot.id in self.own_columns else self.columns[lot.symbol]

    def unit_value(self, lot: LotRow, days_ago: int = 0) -> float | None:
        """What one unit was worth at the newest close on or before that trading day; None where that is unknown."""
        if len(self.panel.dates) <= days_ago:
            return None
        value = float(self.unit_values[-1 - days_ago, self.column_of(lot)])
        return value if np.isfinite(value) else None

    def unit_value_date(self, lot: LotRow) -> dt.date | None:
        """The day that the newest value of a unit rests on."""
        if lot.statement is not None:
            return lot.statement.day
        return self.price_date(lot.option.underlying_symbol if lot.option else lot.symbol)

    @cached_property
    def lots_by_now(self) -> tuple[LotRow, ...]:
        """All lots; an option past its last day has left at what exercise paid."""
        return tuple(self._by_now(lot) for lot in self.row.lots)

    def _by_now(self, lot: LotRow) -> LotRow:
        if lot.option is None or lot.exit_date is not None:
            return lot
        paid = self.options[lot.id].settled_at
        return lot if paid is None else replace(lot, exit_date=lot.option.expiry, exit_price=paid)

    @cached_property
    def open_lots(self) -> tuple[LotRow, ...]:
        return tuple(lot for lot in self.lots_by_now if lot.exit_date is None)

    @cached_property
    def unpriced(self) -> dict[str, str]:
        """The open lots that cannot be valued, by symbol, and why."""
        missing = [lot for lot in self.open_lots if self.unit_value(lot) is None]
        return {lot.symbol: self._unvalued_because(lot) for lot in sorted(missing, key=lambda lot: lot.symbol)}

    def _unvalued_because(self, lot: LotRow) -> str:
        return self.options[lot.id].unvalued_because if lot.option else NO_PRICE

    @cached_property
    def doubtful_entries(self) -> dict[str, str]:
        """The lots, also sold ones, that do not go with the prices of their day, by symbol, and why."""
        return doubtful_entries(self.row.lots, self.columns, self.filled.closes, self.panel.dates)

    @cached_property
    def holdings(self) -> tuple[Holding, ...]:
        """The open lots that can be valued, by symbol, largest first."""
        found: dict[str, Holding] = {}
        for lot in self.open_lots:
            price = self.unit_value(lot)
            if price is None:
                continue
            holding = self._holding(lot, float(valuation.position_value(lot.units, price)))
            found[lot.symbol] = found[lot.symbol].and_also(holding) if lot.symbol in found else holding
        return tuple(sorted(found.values(), key=lambda holding: (-abs(holding.value), holding.symbol)))

    def _holding(self, lot: LotRow, value: float) -> Holding:
        if lot.option is None:
            return Holding(lot.symbol, lot.name, lot.sector, value, value, lot.moves_with)
        history = self.options[lot.id]
        greeks = history.newest
        shares = float(valuation.position_value(lot.units, history.spot))
        return Holding(
            lot.symbol, lot.name, lot.sector, value, greeks.delta * shares, lot.moves_with, greeks.vega * lot.units
        )

    @property
    def largest(self) -> Holding:
        if not self.holdings:
            raise NoExposure
        return self.holdings[0]

    @cached_property
    def history(self) -> snapshots.DailySnapshots:
        if not len(self.panel.dates):
            return snapshots.daily_snapshots(self.panel.dates, self.panel.closes, [], [])
        return snapshots.daily_snapshots(self.panel.dates, self.unit_values, self.lots, self.cash_flows)

    @cached_property
    def lots(self) -> list[snapshots.Lot]:
        """All lots, sold ones too, in the order of `row.lots`."""
        return [
            snapshots.Lot(
                asset=self.column_of(lot),
                quantity=lot.units,
                entry_date=lot.entry_date,
                entry_price=lot.entry_price,
                exit_date=lot.exit_date,
                exit_price=lot.exit_price,
            )
            for lot in self.lots_by_now
        ]

    @cached_property
    def cash_flows(self) -> list[snapshots.CashFlow]:
        """Opening cash and all flows."""
        flows = (self.row.opening_flow, *self.row.flows)
        return [snapshots.CashFlow(flow.date, flow.amount) for flow in flows]

    @cached_property
    def value(self) -> valuation.PortfolioValue:
        """Longs and shorts lot by lot, so that a long and a short in one symbol stand on both sides."""
        values = [
            float(valuation.position_value(lot.units, price))
            for lot in self.open_lots
            if (price := self.unit_value(lot)) is not None
        ]
        return valuation.portfolio_value(np.array(values, dtype=np.float64), self._cash)

    @property
    def _cash(self) -> float:
        if len(self.history.days):
            return float(self.history.cash[-1])
        return sum(flow.amount for flow in self.cash_flows)


async def load(session: AsyncSession, portfolio_id: UUID | None, also: frozenset[str] = frozenset()) -> Book:
    """Two statements at most: the portfolio, and the prices if no earlier request has read them.

    Without an id all portfolios of the person joined into one. `also` are symbols that are not held but whose prices a
    measure needs.
    """
    row = await holdings(session, portfolio_id)
    return opened(row, await price_repository.price_panel(session, symbols_of(row, also), row.market_version))


async def holdings(session: AsyncSession, portfolio_id: UUID | None) -> HoldingsRow:
    if portfolio_id is None:
        return joined(await holding_repository.find_all(session))
    return found(await holding_repository.find(session, portfolio_id))


def found(row: HoldingsRow | None) -> HoldingsRow:
    if row is None:
        raise PortfolioNotFound
    return row


def symbols_of(row: HoldingsRow, also: frozenset[str]) -> frozenset[str]:
    """Whose prices the book needs."""
    return row.instruments | {row.benchmark} | also


def opened(row: HoldingsRow, panel: PricePanel) -> Book:
    return _book(row, panel) if panel.closes.size <= LARGEST_KEPT_PANEL else _opened(row, panel)


def joined(rows: Sequence[HoldingsRow]) -> HoldingsRow:
    """One portfolio of all lots and flows, beside the benchmark that most of them have.

    Raises
    ------
    NoPortfolios, MixedCurrencies
    """
    if not rows:
        raise NoPortfolios
    if len({row.base_currency for row in rows}) > 1:
        raise MixedCurrencies
    benchmark, _ = Counter(row.benchmark for row in rows).most_common(1)[0]
    return replace(
        rows[0],
        id=ALL_PORTFOLIOS,
        name="All portfolios",
        benchmark=benchmark,
        opening_cash=0.0,
        inception_date=None,
        lots=tuple(lot for row in rows for lot in row.lots),
        flows=tuple(flow for row in rows for flow in (row.opening_flow, *row.flows)),
        splits=tuple(dict.fromkeys(split for row in rows for split in row.splits)),
    )


@lru_cache(maxsize=KEPT_BOOKS)
def _book(row: HoldingsRow, panel: PricePanel) -> Book:
    """The same book for the same holdings and prices, with whatever was already worked out from it."""
    return _opened(row, panel)


def _opened(row: HoldingsRow, panel: PricePanel) -> Book:
    return Book(in_shares_of_today(row, panel), panel)
