"""A set of prices that is at hand whole, asked symbol by symbol."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from app.market_data.problem import PriceProblem
from app.market_data.source import History, InstrumentRow, MarketDataSource, PriceRow, SplitRow, SymbolFailed

OfSymbol = TypeVar("OfSymbol", PriceRow, PriceProblem, SplitRow)


class HeldPrices:
    # Nothing is waited for
    concurrency = 1
    recheck = None

    def __init__(
        self,
        name: str,
        rows: Iterable[PriceRow],
        instruments: Iterable[InstrumentRow] = (),
        problems: Iterable[PriceProblem] = (),
        splits: Iterable[SplitRow] = (),
    ) -> None:
        """A problem that names no symbol is the source's own."""
        self.name = name
        self._series: Mapping[str | None, list[PriceRow]] = _by_symbol(rows)
        self._instruments = {row.symbol: row for row in instruments}
        self._problems: Mapping[str | None, list[PriceProblem]] = _by_symbol(problems)
        self._splits: Mapping[str | None, list[SplitRow]] = _by_symbol(splits)

    @classmethod
    def of(cls, source: MarketDataSource) -> "HeldPrices":
        return cls(source.name, source.prices(), source.instruments(), splits=source.splits())

    @property
    def problems(self) -> Sequence[PriceProblem]:
        return self._problems.get(None, [])

    def symbols(self) -> list[str]:
        return sorted(symbol for symbol in {*self._series, *self._problems} if symbol is not None)

    async def history(self, symbol: str, since: dt.date | None) -> History:
        problems, splits = self._problems.get(symbol, []), self._splits.get(symbol, [])
        if symbol not in self._series and not problems:
            raise SymbolFailed("The source has no such symbol.", "Check its spelling, or add its prices to the source.")
        rows = self._series.get(symbol, [])
        if since is not None:
            rows = [row for row in rows if row.date >= since]
            problems = [problem for problem in problems if problem.date is None or problem.date >= since]
            splits = [split for split in splits if split.date >= since]
        return History(rows, self._instruments.get(symbol), problems, splits)


def _by_symbol(rows: Iterable[OfSymbol]) -> dict[str | None, list[OfSymbol]]:
    found: dict[str | None, list[OfSymbol]] = defaultdict(list)
    for row in rows:
        found[row.symbol].append(row)
    return dict(found)
