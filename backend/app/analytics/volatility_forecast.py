"""Where volatility is now and where it is likely to go."""

from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import InvalidInput, ZeroVariance
from app.analytics.returns import require_complete
from app.analytics.volatility import TRADING_DAYS_PER_YEAR, rolling_volatility, window_sums

# RiskMetrics' decay for daily data (J. P. Morgan, 1996)
EWMA_DECAY = 0.94
# The returns further back than this would carry less than 1 % of the weight: 0.94^75 = 0.0097
EWMA_MINIMUM_DAYS = 75
# Corsi's day, week and month in trading days
_HAR_LAGS = (1, 5, 22)
HAR_HORIZON_DAYS = 21
# One year of forecasts to learn from, beside the month before the first and the horizon after the last
HAR_MINIMUM_DAYS = TRADING_DAYS_PER_YEAR + _HAR_LAGS[-1] + HAR_HORIZON_DAYS - 1
PERCENTILE_WINDOW_DAYS = 21
PERCENTILE_HISTORY_DAYS = 3 * TRADING_DAYS_PER_YEAR


@dataclass(frozen=True)
class HarForecast:
    """Annualised volatility expected over the next 21 trading days.

    `coefficients` are the intercept and the loads on the last day, week and month. `bounded` tells that the raw
    forecast lay outside everything seen so far and was set to the nearest value seen.
    """

    volatility: float
    coefficients: tuple[float, float, float, float]
    r_squared: float
    observations: int
    bounded: bool


@dataclass(frozen=True)
class VolatilityPercentile:
    """`percentile` is a fraction: 0.9 means that nine tenths of the history were calmer than now."""

    volatility: float
    percentile: float
    observations: int


def ewma_volatility(returns: FloatArray, decay: float = EWMA_DECAY) -> float:
    """Exponentially weighted volatility: sqrt(sum_j w_j r_{T-j}^2 x 252), w_j = decay^j / sum_k decay^k.

    The mean return is taken as zero, as RiskMetrics does; over a few weeks it cannot be told from zero.

    Parameters
    ----------
    returns : (T,) array of daily fractions, T >= 75, no NaN
    decay : float, above 0 and below 1

    Raises
    ------
    InsufficientData
        Fewer than 75 returns.
    """
    if not 0.0 < decay < 1.0:
        raise InvalidInput("A decay lies above 0 and below 1.")
    require_complete(returns, needed=EWMA_MINIMUM_DAYS, measure="EWMA volatility")
    weights = decay ** np.arange(returns.shape[0] - 1, -1, -1, dtype=np.float64)
    variance = float(weights @ np.square(returns)) / float(weights.sum())
    return float(np.sqrt(variance * TRADING_DAYS_PER_YEAR))


def har_forecast(returns: FloatArray) -> HarForecast:
    """Heterogeneous autoregression of realised volatility (Corsi, 2009), 21 days ahead.

    v_{t+1..t+21} = c + b_d v_t + b_w v_{t-4..t} + b_m v_{t-21..t} + e, by ordinary least squares, where v over k days
    is sqrt(mean(r^2) x 252). Daily returns stand in for intraday ones, so v_t is |r_t| annualised. Targets overlap:
    the coefficients are sound, R^2 flatters. The forecast is held within the range of the targets seen, since a line
    knows no bounds.

    Parameters
    ----------
    returns : (T,) array of daily fractions, T >= 294, no NaN

    Raises
    ------
    InsufficientData
        Fewer than 294 returns.
    ZeroVariance
        Volatility was the same throughout.
    """
    require_complete(returns, needed=HAR_MINIMUM_DAYS, measure="The volatility forecast")
    design = _har_design(returns)
    target = _realised(returns, HAR_HORIZON_DAYS)[_HAR_LAGS[-1] :]
    past = design[: target.shape[0]]
    coefficients, _, rank, _ = np.linalg.lstsq(past, target, rcond=None)
    if rank < design.shape[1]:
        raise ZeroVariance("The volatility forecast", "volatility")
    residual, spread = target - past @ coefficients, target - target.mean()
    raw = float(design[-1] @ coefficients)
    forecast = float(np.clip(raw, target.min(), target.max()))
    intercept, day, week, month = (float(value) for value in coefficients)
    return HarForecast(
        volatility=forecast,
        coefficients=(intercept, day, week, month),
        r_squared=1.0 - float(residual @ residual) / float(spread @ spread),
        observations=target.shape[0],
        bounded=forecast != raw,
    )


def volatility_percentile(returns: FloatArray) -> VolatilityPercentile:
    """Where the 21-day volatility of today stands among those of the last three years.

    Percentile = (days that were calmer + half of those that were the same) / days, today included; a history
    that never changes gives one half.

    Parameters
    ----------
    returns : (T,) array of daily fractions, no NaN
        The last 756 windows are used; a year of them is needed.

    Raises
    ------
    InsufficientData
        Fewer than 272 returns.
    """
    needed = TRADING_DAYS_PER_YEAR + PERCENTILE_WINDOW_DAYS - 1
    require_complete(returns, needed=needed, measure="The volatility percentile")
    used = returns[-(PERCENTILE_HISTORY_DAYS + PERCENTILE_WINDOW_DAYS - 1) :]
    history = rolling_volatility(used, PERCENTILE_WINDOW_DAYS)
    below, same = np.count_nonzero(history < history[-1]), np.count_nonzero(history == history[-1])
    return VolatilityPercentile(
        volatility=float(history[-1]),
        percentile=float((below + same / 2) / history.shape[0]),
        observations=history.shape[0],
    )


def _realised(returns: FloatArray, days: int) -> FloatArray:
    """sqrt(mean(r^2) x 252) over each run of `days`; entry k ends on day k + days - 1. Shape (T - days + 1,)."""
    return np.sqrt(window_sums(np.square(returns), days) * (TRADING_DAYS_PER_YEAR / days))


def _har_design(returns: FloatArray) -> FloatArray:
    """Columns 1, day, week, month; one row for each day from the first full month on."""
    count = returns.shape[0] - _HAR_LAGS[-1] + 1
    lags = [_realised(returns, days)[-count:] for days in _HAR_LAGS]
    return np.column_stack([np.ones(count), *lags])
