"""Where instruments and prices come from: protocols for what is bundled, read from files or fetched."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.errors import Invalid
from app.market_data.problem import PriceProblem


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
    """`adjusted_close` has splits and dividends taken out; where a source gives one of the two, both are that one.

    What is stored is in shares of the newest day: also `close` has splits taken out.
    """

    symbol: str
    date: dt.date
    close: float
    adjusted_close: float


@dataclass(frozen=True, slots=True)
class SplitRow:
    """From `date` on, a share is `ratio` shares: 4 where one became four, 0.125 where eight became one."""

    symbol: str
    date: dt.date
    ratio: float


class MarketDataSource(Protocol):
    """A trusted set that is loaded whole."""

    @property
    def name(self) -> str:
        """Stands beside each price."""
        ...

    def instruments(self) -> Sequence[InstrumentRow]: ...

    def prices(self) -> Iterable[PriceRow]: ...

    def splits(self) -> Sequence[SplitRow]: ...


@dataclass(frozen=True, slots=True)
class History:
    """What a source says about one symbol, unchecked: in any order, with repeated days, with impossible figures.

    `instrument` is None where the source knows only prices. `splits` are those that it knows of, within the same days.
    """

    rows: Sequence[PriceRow]
    instrument: InstrumentRow | None = None
    problems: Sequence[PriceProblem] = ()
    splits: Sequence[SplitRow] = ()


class PriceSource(Protocol):
    """Asked symbol by symbol, again and again."""

    @property
    def name(self) -> str:
        """Stands beside each price."""
        ...

    @property
    def concurrency(self) -> int:
        """How many symbols may be asked for at a time."""
        ...

    @property
    def recheck(self) -> dt.timedelta | None:
        """How far back of the newest stored day a refresh reads again; None for everything that the source has."""
        ...

    @property
    def problems(self) -> Sequence[PriceProblem]:
        """What is wrong with the source as a whole."""
        ...

    def symbols(self) -> Sequence[str] | None:
        """All that the source has; None where it has to be told."""
        ...

    async def history(self, symbol: str, since: dt.date | None) -> History:
        """The days from `since` on, or all there are.

        Raises
        ------
        SymbolFailed
            There are none, or they could not be had.
        """
        ...


class SymbolFailed(Exception):
    """One symbol got no prices; the others are not concerned."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{reason} {remedy}")


class SourceExhausted(SymbolFailed):
    """The provider will refuse whatever is asked next."""


class SourceUnusable(Invalid):
    code = "market_data_source_unusable"
