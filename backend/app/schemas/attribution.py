"""Where a period's profit came from."""

from datetime import date

from app.schemas.analytics import Measure
from app.schemas.base import Schema


class AttributionLine(Schema):
    """Money, to the cent. `contribution` is the share of the value that was invested when the period began."""

    label: str
    pnl: float
    contribution: float | None


class Attribution(Measure):
    """Each of the three lists sums to `total_pnl`. In `by_factor` the line `specific` is what no factor explains.

    From the close of `start` to the close of `end`. Positions include those that were sold.
    """

    start: date | None
    end: date | None
    total_pnl: float | None
    by_position: list[AttributionLine]
    by_sector: list[AttributionLine]
    by_factor: list[AttributionLine]
