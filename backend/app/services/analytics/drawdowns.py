from app.analytics.drawdown import Drawdown as Fall
from app.analytics.drawdown import drawdown_series, max_drawdown
from app.analytics.drawdown import drawdowns as falls_of
from app.analytics.performance import linked_growth
from app.schemas.analytics import Drawdown, Drawdowns
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of
from app.services.analytics.performance import METHOD, every_day

DEFAULT_SHOWN = 10


def drawdowns(book: Book, limit: int) -> Drawdowns:
    reasons = Reasons()
    falls = reasons.attempt("worst", lambda: falls_of(linked_growth(every_day(book)))) or ()
    return Drawdowns(
        **envelope(
            book,
            method=f"{METHOD}; each fall from its peak to the first day back at it, in calendar days",
            window=window_of(book.history.days),
            covered=coverage_of_valued(book),
            reasons=reasons,
        ),
        max_drawdown=reasons.attempt("max_drawdown", lambda: deepest(book)),
        current_drawdown=reasons.attempt("current_drawdown", lambda: current(book)),
        worst=[_drawdown(book, fall) for fall in falls[:limit]],
    )


def deepest(book: Book) -> float:
    return max_drawdown(linked_growth(every_day(book)))


def current(book: Book) -> float:
    return float(drawdown_series(linked_growth(every_day(book)))[-1])


def _drawdown(book: Book, fall: Fall) -> Drawdown:
    # A fall on the very first day starts at the value paid in that morning
    days = [book.history.days[row].item() for row in (max(fall.start, 0), fall.trough)]
    recovery = None if fall.recovery is None else book.history.days[fall.recovery].item()
    return Drawdown(
        start=days[0],
        trough=days[1],
        recovery=recovery,
        depth=fall.depth,
        days_to_trough=(days[1] - days[0]).days,
        days_to_recovery=None if recovery is None else (recovery - days[1]).days,
    )
