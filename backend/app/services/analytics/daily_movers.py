from dataclasses import dataclass

from app.analytics.valuation import position_value
from app.schemas.analytics import DailyMovers, Mover
from app.schemas.position import Side
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.performance import day_base, newest_pnl
from app.services.analytics.positions import day_pnl, side_of, start_of_day_price

DEFAULT_MOVERS = 5


@dataclass(slots=True)
class _Line:
    name: str
    pnl: float = 0.0
    start_value: float = 0.0


def daily_movers(book: Book, limit: int) -> DailyMovers:
    reasons = Reasons()
    movers = _movers(book)
    return DailyMovers(
        **envelope(
            book,
            method=(
                "Profit of the newest trading day by symbol and side of the open positions; returns from the holder's "
                "side; contribution to the portfolio's return of the day"
            ),
            window=window_of(book.panel.dates[-2:]),
            covered=coverage_of_valued(book),
            reasons=reasons,
        ),
        previous_date=book.day(-2) if len(book.panel.dates) > 1 else None,
        day_pnl=reasons.attempt("day_pnl", lambda: newest_pnl(book)),
        gainers=[mover for mover in movers if mover.day_pnl > 0][:limit],
        losers=[mover for mover in movers[::-1] if mover.day_pnl < 0][:limit],
    )


def _movers(book: Book) -> list[Mover]:
    """Largest gain first."""
    base = day_base(book)
    movers = [
        Mover(
            symbol=symbol,
            name=line.name,
            side=side,
            day_return=line.pnl / line.start_value,
            day_pnl=line.pnl,
            contribution=line.pnl / base if base is not None else None,
        )
        for (symbol, side), line in _lines(book).items()
    ]
    return sorted(movers, key=lambda mover: (-mover.day_pnl, mover.symbol))


def _lines(book: Book) -> dict[tuple[str, Side], _Line]:
    lines: dict[tuple[str, Side], _Line] = {}
    for lot in book.open_lots:
        pnl, reference = day_pnl(book, lot), start_of_day_price(book, lot)
        if pnl is None or not reference:
            continue
        line = lines.setdefault((lot.symbol, side_of(lot)), _Line(lot.name))
        line.pnl += pnl
        line.start_value += abs(float(position_value(lot.units, reference)))
    return lines
