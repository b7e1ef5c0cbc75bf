"""How much of a portfolio hangs on few positions."""

from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray, IntArray
from app.analytics.errors import NoExposure


@dataclass(frozen=True)
class Concentration:
    """`gross_weights` sum to 1, in the order of the input; `order` lists the input's indices, largest first."""

    gross_weights: FloatArray
    order: IntArray
    herfindahl_index: float

    @property
    def effective_positions(self) -> float:
        """1 / HHI: how many equal positions would be as concentrated."""
        return 1.0 / self.herfindahl_index

    def top(self, count: int) -> float:
        """Share of the `count` largest positions in gross exposure; 1 where there are no more than that."""
        if count >= len(self.order):
            return 1.0
        return float(self.gross_weights[self.order[:count]].sum())


def concentration(market_values: FloatArray) -> Concentration:
    """Herfindahl index of gross weights: HHI = Sum g_i^2 with g_i = |v_i| / Sum |v_j|. Cash is left out.

    Parameters
    ----------
    market_values : (N,) array, currency
        One value a holding (lots of one symbol added up), signed. No NaN.

    Raises
    ------
    NoExposure
        There is no position, or all are worth nothing.
    """
    sizes = np.abs(market_values)
    total = sizes.sum()
    if not total > 0:
        raise NoExposure
    shares = sizes / total
    return Concentration(
        gross_weights=shares,
        order=np.argsort(-shares, kind="stable"),
        herfindahl_index=float(shares @ shares),
    )
