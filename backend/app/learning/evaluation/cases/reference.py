"""The bundled market and the demo portfolios in plain numpy: what the figures of the cases are worked out from.

Shares nothing with the code under test but the files it reads. Closes of the bundled set are adjusted already.
"""

import csv
import gzip
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FOLDER = Path(__file__).parents[3] / "market_data" / "bundled"
MARKET = "SP500"
YEAR = 252


@dataclass(frozen=True, eq=False)
class Prices:
    """(T, N) closes, one column a symbol."""

    days: list[str]
    symbols: list[str]
    closes: Floats

    def of(self, symbol: str) -> Floats:
        return self.closes[:, self.symbols.index(symbol)]

    def on_or_before(self, day: str) -> int:
        return max(i for i, known in enumerate(self.days) if known <= day)


@cache
def prices() -> Prices:
    with gzip.open(FOLDER / "prices_daily.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    days = sorted({row["date"] for row in rows})
    symbols = sorted({row["symbol"] for row in rows})
    place = {day: i for i, day in enumerate(days)}, {symbol: j for j, symbol in enumerate(symbols)}
    closes = np.full((len(days), len(symbols)), np.nan)
    for row in rows:
        closes[place[0][row["date"]], place[1][row["symbol"]]] = float(row["close"])
    return Prices(days, symbols, closes)


@cache
def sectors() -> dict[str, str]:
    with (FOLDER / "instruments.csv").open(encoding="utf-8") as file:
        return {row["symbol"]: row["sector"] for row in csv.DictReader(file)}


def returns_of(symbol: str, window: int) -> Floats:
    closes = prices().of(symbol)
    return (closes[1:] / closes[:-1] - 1.0)[-window:]


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Bought in one day and held since."""

    cash: float
    symbols: tuple[str, ...]
    quantities: Floats
    entries: Floats
    entry_day: str

    @cached_property
    def _closes(self) -> Floats:
        return np.column_stack([prices().of(symbol) for symbol in self.symbols])

    @property
    def values(self) -> Floats:
        """Signed market values of the newest day."""
        return np.asarray(self.quantities * self._closes[-1])

    @property
    def nav(self) -> float:
        return float(self.cash + self.values.sum())

    @property
    def weights(self) -> Floats:
        return self.values / self.nav

    @property
    def gross(self) -> float:
        return float(np.abs(self.values).sum())

    @property
    def profit(self) -> Floats:
        return np.asarray(self.quantities * (self._closes[-1] - self.entries))

    @property
    def day_profit(self) -> Floats:
        return np.asarray(self.quantities * (self._closes[-1] - self._closes[-2]))

    def value(self, symbol: str) -> float:
        return float(self.values[self.symbols.index(symbol)])

    def history(self) -> Floats:
        """Net asset value of each day since the purchase."""
        start = prices().days.index(self.entry_day)
        return np.asarray(self.cash + self._closes[start:] @ self.quantities)

    def returns(self, window: int) -> Floats:
        """Today's weights over past days."""
        daily = (self._closes[1:] / self._closes[:-1] - 1.0)[-window:]
        return np.asarray(daily @ self.weights)

    def traded(self, symbol: str, quantity: float) -> "Portfolio":
        """After a trade at the newest close, paid for from cash."""
        price = float(prices().of(symbol)[-1])
        symbols = self.symbols if symbol in self.symbols else (*self.symbols, symbol)
        old = dict(zip(self.symbols, self.quantities, strict=True))
        entries = dict(zip(self.symbols, self.entries, strict=True))
        quantities = np.array([old.get(name, 0.0) + (quantity if name == symbol else 0.0) for name in symbols])
        kept = np.array([entries.get(name, price) for name in symbols])
        return Portfolio(self.cash - quantity * price, symbols, quantities, kept, self.entry_day)


@cache
def portfolio(name: str) -> Portfolio:
    with (FOLDER / "demo_portfolios.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["portfolio"] == name]
    lots = [row for row in rows if row["symbol"] != "CASH"]
    return Portfolio(
        cash=sum(float(row["quantity"]) for row in rows if row["symbol"] == "CASH"),
        symbols=tuple(row["symbol"] for row in lots),
        quantities=np.array([float(row["quantity"]) for row in lots]),
        entries=np.array([float(row["entry_price"]) for row in lots]),
        entry_day=lots[0]["entry_date"],
    )


def volatility(returns: Floats) -> float:
    return float(returns.std(ddof=1) * np.sqrt(YEAR))


def beta(returns: Floats, market: Floats) -> float:
    return float(np.cov(returns, market)[0, 1] / market.var(ddof=1))


def r_squared(returns: Floats, market: Floats) -> float:
    return float(np.corrcoef(returns, market)[0, 1] ** 2)


def value_at_risk(returns: Floats, confidence: float, days: int = 1) -> float:
    return float(-np.quantile(returns, 1 - confidence) * np.sqrt(days))


def expected_shortfall(returns: Floats, confidence: float, days: int = 1) -> float:
    tail = returns[returns <= np.quantile(returns, 1 - confidence)]
    return float(-tail.mean() * np.sqrt(days))


def deepest_drawdown(values: Floats) -> float:
    return float((values / np.maximum.accumulate(values) - 1.0).min())


def current_drawdown(values: Floats) -> float:
    return float(values[-1] / values.max() - 1.0)


def gross_weights(held: Portfolio) -> Floats:
    return np.asarray(np.sort(np.abs(held.values))[::-1] / held.gross)


def correlation(first: str, second: str, window: int = YEAR) -> float:
    return float(np.corrcoef(returns_of(first, window), returns_of(second, window))[0, 1])


def average_correlation(held: Portfolio, window: int = YEAR) -> float:
    matrix = np.atleast_2d(np.corrcoef(np.column_stack([returns_of(symbol, window) for symbol in held.symbols]).T))
    return float(matrix[np.triu_indices_from(matrix, k=1)].mean())


def risk_shares(held: Portfolio, window: int = YEAR) -> dict[str, float]:
    daily = np.column_stack([returns_of(symbol, window) for symbol in held.symbols])
    covariance = np.atleast_2d(np.cov(daily.T))
    variance = held.weights @ covariance @ held.weights
    return dict(zip(held.symbols, held.weights * (covariance @ held.weights) / variance, strict=True))


def sector_weight(held: Portfolio, sector: str) -> float:
    """Net, of net asset value."""
    return sum(
        float(weight) for symbol, weight in zip(held.symbols, held.weights, strict=True) if sectors()[symbol] == sector
    )


def calendar_return(values: Floats, days: list[str], since: str) -> float:
    """From the last close on or before a day."""
    start = max(i for i, day in enumerate(days) if day <= since)
    return float(values[-1] / values[start] - 1.0)


def replayed(held: Portfolio, start: str, end: str) -> float:
    """Today's values moved as their closes moved between two days."""
    market = prices()
    first, last = market.on_or_before(start), market.on_or_before(end)
    moves = np.array([market.of(symbol)[last] / market.of(symbol)[first] - 1.0 for symbol in held.symbols])
    return float(held.values @ moves)
