"""The data set that ships with the product: real daily closes of 26 series, 2014 to 2022. Needs no network."""

import csv
import datetime as dt
import gzip
from collections.abc import Iterator
from pathlib import Path

from app.market_data.source import InstrumentRow, PriceRow, SplitRow

FOLDER = Path(__file__).parent / "bundled"


class BundledMarketData:
    name = "bundled"

    def instruments(self) -> list[InstrumentRow]:
        with (FOLDER / "instruments.csv").open(encoding="utf-8", newline="") as file:
            return [
                InstrumentRow(
                    symbol=row["symbol"],
                    name=row["name"],
                    sector=row["sector"] or None,
                    industry=row["industry"] or None,
                    asset_class=row["asset_class"],
                    currency=row["currency"],
                )
                for row in csv.DictReader(file)
            ]

    def prices(self) -> Iterator[PriceRow]:
        with gzip.open(FOLDER / "prices_daily.csv.gz", "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                # The data set holds adjusted closes only
                close = float(row["close"])
                yield PriceRow(row["symbol"], dt.date.fromisoformat(row["date"]), close, close)

    def splits(self) -> list[SplitRow]:
        with (FOLDER / "splits.csv").open(encoding="utf-8", newline="") as file:
            return [
                SplitRow(row["symbol"], dt.date.fromisoformat(row["date"]), float(row["ratio"]))
                for row in csv.DictReader(file)
            ]
