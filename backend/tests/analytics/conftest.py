"""The bundled prices as arrays: every reference test runs on real data."""

import csv
import gzip
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from app import market_data
from app.analytics.arrays import DateArray, FloatArray

BUNDLED = Path(market_data.__file__).parent / "bundled"


@dataclass(frozen=True)
class Market:
    days: DateArray
    symbols: list[str]
    closes: FloatArray

    def close(self, symbol: str) -> FloatArray:
        return self.closes[:, self.symbols.index(symbol)]


@dataclass(frozen=True)
class DemoLot:
    portfolio: str
    symbol: str
    quantity: float
    entry_date: date
    entry_price: float


@pytest.fixture(scope="session")
def market() -> Market:
    with gzip.open(BUNDLED / "prices_daily.csv.gz", "rt") as file:
        rows = [(row["date"], row["symbol"], float(row["close"])) for row in csv.DictReader(file)]
    days = sorted({day for day, _, _ in rows})
    symbols = sorted({symbol for _, symbol, _ in rows})
    row_of, column_of = {day: i for i, day in enumerate(days)}, {symbol: i for i, symbol in enumerate(symbols)}
    closes = np.full((len(days), len(symbols)), np.nan)
    for day, symbol, close in rows:
        closes[row_of[day], column_of[symbol]] = close
    return Market(np.array(days, dtype="datetime64[D]"), symbols, closes)


@pytest.fixture(scope="session")
def demo_lots() -> list[DemoLot]:
    with (BUNDLED / "demo_portfolios.csv").open() as file:
        return [
            DemoLot(
                row["portfolio"],
                row["symbol"],
                float(row["quantity"]),
                date.fromisoformat(row["entry_date"]),
                float(row["entry_price"]),
            )
            for row in csv.DictReader(file)
        ]
