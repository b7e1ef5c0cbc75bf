"""The bundled prices and demo portfolios as arrays, read without the code under test."""

import csv
import gzip
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from app.analytics.arrays import DateArray, FloatArray
from app.market_data.bundled import FOLDER


@dataclass(frozen=True)
class Market:
    days: DateArray
    symbols: list[str]
    closes: FloatArray

    def close(self, symbol: str) -> FloatArray:
        return self.closes[:, self.symbols.index(symbol)]

    def returns(self, symbol: str) -> FloatArray:
        return self.close(symbol)[1:] / self.close(symbol)[:-1] - 1.0


@dataclass(frozen=True)
class DemoLot:
    portfolio: str
    symbol: str
    quantity: float
    entry_date: date
    entry_price: float


@cache
def read_market() -> Market:
    with gzip.open(FOLDER / "prices_daily.csv.gz", "rt") as file:
        rows = [(row["date"], row["symbol"], float(row["close"])) for row in csv.DictReader(file)]
    days = sorted({day for day, _, _ in rows})
    symbols = sorted({symbol for _, symbol, _ in rows})
    row_of, column_of = {day: i for i, day in enumerate(days)}, {symbol: i for i, symbol in enumerate(symbols)}
    closes = np.full((len(days), len(symbols)), np.nan)
    for day, symbol, close in rows:
        closes[row_of[day], column_of[symbol]] = close
    return Market(np.array(days, dtype="datetime64[D]"), symbols, closes)


@cache
def read_demo_lots() -> list[DemoLot]:
    """Cash is a lot of the symbol CASH."""
    with (FOLDER / "demo_portfolios.csv").open() as file:
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
