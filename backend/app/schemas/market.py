"""The market as a whole, from the instruments whose prices are known here."""

from datetime import date

from app.schemas.base import Schema


class MarketReturns(Schema):
    """Total returns as fractions over that many trading days, and annualised volatility; null where unknown."""

    return_1d: float | None
    return_5d: float | None
    return_21d: float | None
    return_63d: float | None
    volatility_21d: float | None
    volatility_63d: float | None


class MarketLine(MarketReturns):
    """One index or fund. `stands_for` is the style that a fund is a proxy of; None for an index."""

    symbol: str
    name: str
    stands_for: str | None


class SectorLine(Schema):
    """The plain mean over the sector's equities with both prices."""

    sector: str
    instruments: int
    return_1d: float | None
    return_5d: float | None
    return_21d: float | None
    return_63d: float | None


class BreadthLine(Schema):
    trading_days: int
    known: int
    rising: int
    falling: int
    share_rising: float | None


class MarketOverview(Schema):
    """As of the newest day of the market data. Breadth counts equities; `above_200d` is the share of those with 200
    closes that stand above their mean."""

    as_of: date | None
    method: str
    indexes: list[MarketLine]
    styles: list[MarketLine]
    sectors: list[SectorLine]
    breadth: list[BreadthLine]
    above_200d: float | None
    equities: int
    warnings: list[str] = []
