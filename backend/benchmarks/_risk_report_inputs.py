"""A made-up market of any size: five styles and a market move it, each position has betas of its own."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from app.analytics.arrays import DateArray, FloatArray
from app.analytics.factors import STYLE_PROXIES, FactorName
from app.analytics.snapshots import Lot

DAYS = 2520
# So that the windows of the named replays lie within the days
FIRST_DAY = date(2013, 6, 3)
_SECTORS = (
    "Information Technology", "Financials", "Energy", "Health Care", "Consumer Discretionary", "Consumer Staples",
    "Industrials", "Materials", "Utilities", "Real Estate", "Communication Services",
)  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """`closes` (T+1, N) and the closes of the benchmark and the style funds; a third of the quantities are short."""

    days: DateArray
    symbols: tuple[str, ...]
    sectors: tuple[str, ...]
    quantities: FloatArray
    cash: float
    closes: FloatArray
    benchmark: FloatArray
    styles: dict[FactorName, FloatArray]
    lots: tuple[Lot, ...]

    @property
    def size(self) -> int:
        """Bytes of the arrays that grow with the positions."""
        return self.closes.nbytes


def make_inputs(positions: int) -> Inputs:
    rng = np.random.default_rng(20)
    market = rng.standard_t(4, DAYS) * 0.008 + 0.0004
    spreads = rng.normal(0, 0.004, (DAYS, len(STYLE_PROXIES)))
    loads = np.vstack([rng.normal(1, 0.4, positions), rng.normal(0, 0.5, (len(STYLE_PROXIES), positions))])
    returns = np.column_stack([market, spreads]) @ loads
    returns += rng.normal(0, 0.015, (DAYS, positions))
    closes = _closes(np.maximum(returns, -0.5))
    sides = np.where(np.arange(positions) % 3 == 2, -1.0, 1.0)
    quantities = sides * rng.lognormal(4, 1, positions)
    day = np.arange(np.datetime64(FIRST_DAY), np.datetime64(FIRST_DAY) + 2 * DAYS)
    return Inputs(
        days=day[np.is_busday(day)][: DAYS + 1],
        symbols=tuple(f"S{i:04d}" for i in range(positions)),
        sectors=tuple(_SECTORS[i % len(_SECTORS)] for i in range(positions)),
        quantities=quantities,
        cash=float(np.abs(quantities * closes[-1]).sum()) * 0.2,
        closes=closes,
        benchmark=_closes(market),
        styles={name: _closes(market + spreads[:, k]) for k, name in enumerate(STYLE_PROXIES)},
        lots=tuple(Lot(i, float(quantity), FIRST_DAY, 100.0) for i, quantity in enumerate(quantities)),
    )


def _closes(returns: FloatArray) -> FloatArray:
    closes = np.empty((returns.shape[0] + 1, *returns.shape[1:]))
    closes[0] = 100.0
    np.cumprod(1.0 + returns, axis=0, out=closes[1:])
    closes[1:] *= 100.0
    return closes
