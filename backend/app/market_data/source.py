"""Where instruments and prices come from: one protocol for what is bundled, imported or fetched."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    symbol: str
    name: str
    sector: str | None
    industry: str | None
    asset_class: str
    currency: str


@dataclass(frozen=True, slots=True)
class PriceRow:
    """`adjusted_close` has splits and dividends taken out; where a source gives one of the two, both are that one."""

    symbol: str
    date: dt.date
    close: float
    adjusted_close: float


class MarketDataSource(Protocol):
    @property
    def name(self) -> str:
        """Stands beside each price."""
        ...

    def instruments(self) -> Sequence[InstrumentRow]: ...

    def prices(self) -> Iterable[PriceRow]: ...
