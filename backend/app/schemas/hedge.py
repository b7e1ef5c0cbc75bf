"""What the short side does for the portfolio, and what it may cost."""

from app.schemas.analytics import Measure
from app.schemas.base import Schema


class ShortExposure(Schema):
    """`largest_rise_21d` is its largest over 21 days of the window; `squeeze_loss` what that would cost, of NAV."""

    symbol: str
    weight: float
    return_21d: float
    largest_rise_21d: float
    squeeze_loss: float


class HedgeQuality(Measure):
    """`effectiveness` is the share of the long side's volatility that the shorts take away; below 0 they add to it.

    `best_ratio` is how many times today's shorts would leave the least volatility. `correlation` is that of the two
    sides' results: -1 for a perfect hedge.
    """

    long_volatility: float | None
    short_volatility: float | None
    volatility: float | None
    correlation: float | None
    effectiveness: float | None
    best_ratio: float | None
    shorts: list[ShortExposure]
