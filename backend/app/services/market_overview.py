"""The market as the person's prices show it: indexes, style funds, sectors and breadth on the newest day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.analytics.arrays import FloatArray
from app.analytics.factors import STYLE_PROXIES, TREASURIES_PROXY
from app.analytics.market import above_average, breadth, trailing_returns
from app.analytics.returns import simple_returns
from app.analytics.volatility import annualized_volatility
from app.models import Instrument
from app.repositories import instrument as instrument_repository
from app.repositories import price as price_repository
from app.repositories import price_refresh as price_refresh_repository
from app.repositories.price import PricePanel
from app.schemas.market import BreadthLine, MarketLine, MarketOverview, SectorLine

# What a reader takes in, and what one process reads at once: above it breadth is that of the first by symbol
MAX_INDEXES, MAX_EQUITIES = 5, 500
HORIZONS = (1, 5, 21, 63)
VOLATILITY_WINDOWS = (21, 63)
TREND_DAYS = 200
_STYLES: dict[str, str] = {symbol: name for name, symbol in {**STYLE_PROXIES, "treasuries": TREASURIES_PROXY}.items()}
_METHOD = (
    "Total returns of adjusted closes over trading days up to the newest one; volatility is the sample standard "
    "deviation of daily returns times the square root of 252; a sector is the plain mean of its equities"
)


async def market_overview(session: AsyncSession) -> MarketOverview:
    indexes = await instrument_repository.list_of_class(session, "index", MAX_INDEXES)
    styles = await instrument_repository.list_named(session, _STYLES)
    equities = await instrument_repository.list_of_class(session, "equity", MAX_EQUITIES + 1)
    is_cut = len(equities) > MAX_EQUITIES
    equities = equities[:MAX_EQUITIES]
    symbols = [instrument.symbol for instrument in (*indexes, *styles, *equities)]
    panel = await price_repository.price_panel(session, symbols, await price_refresh_repository.market_version(session))
    market = _Market(panel)
    return MarketOverview(
        as_of=panel.dates[-1].item() if len(panel.dates) else None,
        method=_METHOD,
        indexes=[market.line(index, None) for index in indexes],
        styles=[market.line(fund, _STYLES[fund.symbol]) for fund in styles],
        sectors=market.sectors(equities),
        breadth=market.breadth(equities),
        above_200d=market.above_trend(equities),
        equities=len(equities),
        warnings=[f"Breadth and sectors are those of the first {MAX_EQUITIES} equities by symbol."] if is_cut else [],
    )


class _Market:
    """The panel with the returns of every column worked out once."""

    def __init__(self, panel: PricePanel) -> None:
        self._closes = panel.adjusted_closes
        self._columns = {symbol: column for column, symbol in enumerate(panel.symbols)}
        self._returns = {days: trailing_returns(panel.adjusted_closes, days) for days in HORIZONS}

    def line(self, instrument: Instrument, stands_for: str | None) -> MarketLine:
        column = self._columns[instrument.symbol]
        volatilities = {f"volatility_{window}d": self._volatility(column, window) for window in VOLATILITY_WINDOWS}
        return MarketLine(
            symbol=instrument.symbol,
            name=instrument.name,
            stands_for=stands_for,
            **self._returns_of([column]),
            **volatilities,
        )

    def sectors(self, equities: Sequence[Instrument]) -> list[SectorLine]:
        members: dict[str, list[int]] = defaultdict(list)
        for equity in equities:
            if equity.sector is not None:
                members[equity.sector].append(self._columns[equity.symbol])
        lines = [
            SectorLine(sector=sector, instruments=len(columns), **self._returns_of(columns))
            for sector, columns in members.items()
        ]
        return sorted(lines, key=lambda line: (-_known_first(line.return_21d), line.sector))

    def breadth(self, equities: Sequence[Instrument]) -> list[BreadthLine]:
        columns = self._of(equities)
        counted = {days: breadth(self._returns[days][columns]) for days in HORIZONS}
        return [
            BreadthLine(
                trading_days=days,
                known=found.known,
                rising=found.rising,
                falling=found.falling,
                share_rising=found.share_rising,
            )
            for days, found in counted.items()
        ]

    def above_trend(self, equities: Sequence[Instrument]) -> float | None:
        above = above_average(self._closes[:, self._of(equities)], TREND_DAYS)
        return float(above.mean()) if above.size else None

    def _of(self, instruments: Sequence[Instrument]) -> list[int]:
        return [self._columns[instrument.symbol] for instrument in instruments]

    def _returns_of(self, columns: Sequence[int]) -> Mapping[str, Any]:
        return {f"return_{days}d": _mean(returns[columns]) for days, returns in self._returns.items()}

    def _volatility(self, column: int, window: int) -> float | None:
        returns = simple_returns(self._closes[-window - 1 :, column])
        is_complete = len(returns) == window and bool(np.isfinite(returns).all())
        return annualized_volatility(returns) if is_complete else None


def _mean(returns: FloatArray) -> float | None:
    known = returns[np.isfinite(returns)]
    return float(known.mean()) if known.size else None


def _known_first(figure: float | None) -> float:
    return -np.inf if figure is None else figure
