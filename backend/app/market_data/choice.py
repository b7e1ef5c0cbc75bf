"""From a source's name to the source."""

import asyncio
from pathlib import Path
from typing import Literal

from app.market_data import csv_files
from app.market_data.bundled import BundledMarketData
from app.market_data.held import HeldPrices
from app.market_data.source import PriceSource, SourceUnusable
from app.market_data.yahoo import YahooPrices

SourceName = Literal["bundled", "csv", "yahoo"]


async def open_source(name: SourceName, path: Path | None) -> PriceSource:
    """Raises `SourceUnusable`. What lies on disk is read whole, off the event loop."""
    match name:
        case "bundled":
            return await asyncio.to_thread(lambda: HeldPrices.of(BundledMarketData()))
        case "csv":
            if path is None:
                raise SourceUnusable(
                    "No place of the CSV files is given. Name a file or a folder with --path, or with "
                    "SIGMASIGHT_MARKET_DATA_PATH for the nightly job."
                )
            return await asyncio.to_thread(csv_files.read, path)
        case "yahoo":
            return await asyncio.to_thread(YahooPrices)
