"""What is held in each sector."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import InvalidInput


@dataclass(frozen=True)
class SectorExposure:
    """Currency amounts. `short_value` is zero or negative; `positions` counts the holdings on both sides."""

    sector: str
    long_value: float
    short_value: float
    positions: int

    @property
    def net_value(self) -> float:
        return self.long_value + self.short_value

    @property
    def gross_value(self) -> float:
        return self.long_value - self.short_value


def sector_exposures(sectors: Sequence[str], market_values: FloatArray) -> tuple[SectorExposure, ...]:
    """Add up signed market values by sector, largest gross value first (then by name).

    Parameters
    ----------
    sectors : N labels
    market_values : (N,) array, currency, signed, no NaN
    """
    if len(sectors) != market_values.shape[0]:
        raise InvalidInput(f"{len(sectors)} sectors do not fit {market_values.shape[0]} market values.")
    names, index = np.unique(np.asarray(sectors, dtype=np.str_), return_inverse=True)
    longs = np.bincount(index, weights=np.maximum(market_values, 0.0), minlength=len(names))
    shorts = np.bincount(index, weights=np.minimum(market_values, 0.0), minlength=len(names))
    counts = np.bincount(index, minlength=len(names))
    rows = [
        SectorExposure(str(name), float(longs[i]), float(shorts[i]), int(counts[i])) for i, name in enumerate(names)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.gross_value, row.sector)))
