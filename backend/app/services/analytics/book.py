"""A portfolio with its prices, loaded once, and what every measure takes from it."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, lru_cache
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.analytics import prices, snapshots, valuation
from app.analytics.arrays import FloatArray, IntArray
from app.analytics.errors import NoExposure
from app.analytics.returns import simple_returns
from app.errors import NotFound
from app.repositories import holding as holding_repository
from app.repositories import price as price_repository
from app.repositories.holding import HoldingsRow, LotRow
from app.repositories.price import PricePanel

# A page asks for eight measures of one portfolio at a time; each kept book may hold several copies of its price panel
KEPT_BOOKS = 16


class PortfolioNotFound(NotFound):
    code = "portfolio_not_found"
    detail = "There is no such portfolio."


@dataclass(frozen=True, slots=True)
class Holding:
    """All open lots of one symbol together. `value` is signed."""

    symbol: str
    name: str
    sector: str | None
    value: float


@dataclass(frozen=True, eq=False)
class Book:
    """A portfolio at the newest prices. Symbols without a price appear only in `unpriced`."""

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
        known = np.isfinite(self.panel.closes)
        rows = np.arange(known.shape[0])[:, None]
        return np.asarray(np.where(known, rows, -1).max(axis=0, initial=-1), dtype=np.intp)

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
    def open_lots(self) -> tuple[LotRow, ...]:
        return tuple(lot for lot in self.row.lots if lot.exit_date is None)

    @cached_property
    def unpriced(self) -> tuple[str, ...]:
        return tuple(sorted({lot.symbol for lot in self.open_lots if self.close(lot.symbol) is None}))

    @cached_property
    def holdings(self) -> tuple[Holding, ...]:
        """The open lots that can be valued, by symbol, largest first."""
        found: dict[str, Holding] = {}
        for lot in self.open_lots:
            price = self.close(lot.symbol)
            if price is None:
                continue
            before = found[lot.symbol].value if lot.symbol in found else 0.0
            value = before + float(valuation.position_value(lot.quantity, price))
            found[lot.symbol] = Holding(lot.symbol, lot.name, lot.sector, value)
        return tuple(sorted(found.values(), key=lambda holding: (-abs(holding.value), holding.symbol)))

    @property
    def largest(self) -> Holding:
        if not self.holdings:
            raise NoExposure
        return self.holdings[0]

    @cached_property
    def history(self) -> snapshots.DailySnapshots:
        if not len(self.panel.dates):
            return snapshots.daily_snapshots(self.panel.dates, self.panel.closes, [], [])
        return snapshots.daily_snapshots(self.panel.dates, self.filled.closes, self.lots, self.cash_flows)

    @cached_property
    def lots(self) -> list[snapshots.Lot]:
        """All lots, sold ones too, in the order of `row.lots`."""
        return [
            snapshots.Lot(
                asset=self.columns[lot.symbol],
                quantity=lot.quantity,
                entry_date=lot.entry_date,
                entry_price=lot.entry_price,
                exit_date=lot.exit_date,
                exit_price=lot.exit_price,
            )
            for lot in self.row.lots
        ]

    @cached_property
    def cash_flows(self) -> list[snapshots.CashFlow]:
        """Opening cash and all flows."""
        stated = [snapshots.CashFlow(flow.date, flow.amount) for flow in self.row.flows]
        return [snapshots.CashFlow(self._inception, self.row.opening_cash), *stated]

    @property
    def _inception(self) -> dt.date:
        events = [lot.entry_date for lot in self.row.lots] + [flow.date for flow in self.row.flows]
        return self.row.inception_date or min(events, default=self.as_of or dt.date.max)

    @cached_property
    def value(self) -> valuation.PortfolioValue:
        """Longs and shorts lot by lot, so that a long and a short in one symbol stand on both sides."""
        values = [
            float(valuation.position_value(lot.quantity, price))
            for lot in self.open_lots
            if (price := self.close(lot.symbol)) is not None
        ]
        return valuation.portfolio_value(np.array(values, dtype=np.float64), self._cash)

    @property
    def _cash(self) -> float:
        if len(self.history.days):
            return float(self.history.cash[-1])
        return sum(flow.amount for flow in self.cash_flows)


async def load(session: AsyncSession, portfolio_id: UUID, also: frozenset[str] = frozenset()) -> Book:
    """Two statements at most: the portfolio, and the prices if no earlier request has read them.

    `also` are symbols that are not held but whose prices a measure needs.
    """
    row = await holding_repository.find(session, portfolio_id)
    if row is None:
        raise PortfolioNotFound
    symbols = {lot.symbol for lot in row.lots} | {row.benchmark} | also
    panel = await price_repository.price_panel(session, sorted(symbols), row.market_version)
    return _book(row, panel)


@lru_cache(maxsize=KEPT_BOOKS)
def _book(row: HoldingsRow, panel: PricePanel) -> Book:
    """The same book for the same holdings and prices, with whatever was already worked out from it."""
    return Book(row, panel)
