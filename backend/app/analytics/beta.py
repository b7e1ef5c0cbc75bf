"""How returns move with a benchmark's."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from app.analytics.arrays import BoolArray, FloatArray
from app.analytics.column_sums import centred_squares, column_means, sums_of_squares
from app.analytics.errors import InvalidInput, ZeroVariance
from app.analytics.returns import require_complete

# Two parameters are estimated; the standard error needs one observation more.
MINIMUM_OBSERVATIONS = 3
# Rounding leaves about this much of a constant series' magnitude in its deviations.
_RELATIVE_ROUNDING = 1e-13


@dataclass(frozen=True)
class BetaRegression:
    """One regression r = alpha + beta x r_benchmark + e. `alpha` is per day; `p_value` tests beta = 0, two-sided."""

    beta: float
    alpha: float
    r_squared: float
    standard_error: float
    p_value: float
    observations: int


@dataclass(frozen=True)
class BetaRegressions:
    """N regressions on the same days, one entry a column.

    NaN in r_squared and p_value for a column without variance.
    """

    beta: FloatArray
    alpha: FloatArray
    r_squared: FloatArray
    standard_error: FloatArray
    p_value: FloatArray
    observations: int


def moves(values: FloatArray) -> BoolArray:
    """Whether each column of (T, N) varies by more than rounding."""
    highest, lowest = values.max(axis=0), values.min(axis=0)
    moving: BoolArray = highest - lowest > _RELATIVE_ROUNDING * np.maximum(np.abs(highest), np.abs(lowest))
    return moving


def beta_regressions(returns: FloatArray, benchmark: FloatArray) -> BetaRegressions:
    """Ordinary least squares with intercept of every column on the benchmark.

    beta = cov(r, b) / var(b); standard error = sqrt(SSE / (T - 2) / Sum (b - mean)^2); R^2 = 1 - SSE / SST;
    p from Student's t with T - 2 degrees of freedom. The same as statsmodels' OLS with a constant.

    Parameters
    ----------
    returns : (T, N) array of fractions, T >= 3, no NaN
    benchmark : (T,) array of fractions on the same days, no NaN

    Raises
    ------
    InsufficientData
        Fewer than three days.
    ZeroVariance
        The benchmark does not move.
    """
    if returns.ndim != 2 or benchmark.shape != returns.shape[:1]:
        raise InvalidInput(f"Returns {returns.shape} and benchmark {benchmark.shape} do not share their days.")
    require_complete(returns, needed=MINIMUM_OBSERVATIONS, measure="Beta")
    require_complete(benchmark, needed=MINIMUM_OBSERVATIONS, measure="Beta")
    if not moves(benchmark[:, None])[0]:
        raise ZeroVariance("Beta", "the benchmark")
    b = benchmark - benchmark.mean()
    benchmark_squares = float(b @ b)
    means, moving = column_means(returns), moves(returns)
    beta = np.where(moving, b @ returns, 0.0) / benchmark_squares
    residual_squares = sums_of_squares(returns, np.column_stack([np.ones_like(b), b]), np.vstack([means, beta]))
    degrees = returns.shape[0] - 2
    standard_error = np.sqrt(residual_squares / degrees / benchmark_squares)
    return BetaRegressions(
        beta=beta,
        alpha=means - beta * benchmark.mean(),
        r_squared=_r_squared(residual_squares, centred_squares(returns), moving),
        standard_error=standard_error,
        p_value=_p_value(beta, standard_error, degrees, moving),
        observations=returns.shape[0],
    )


def beta_regression(returns: FloatArray, benchmark: FloatArray) -> BetaRegression:
    """`beta_regressions` for one series of shape (T,).

    Raises
    ------
    ZeroVariance
        Also where the series itself does not move: its share of explained variance would be 0 / 0.
    """
    many = beta_regressions(returns[:, None], benchmark)
    if np.isnan(many.r_squared[0]):
        raise ZeroVariance("Beta", "the portfolio")
    return BetaRegression(
        beta=float(many.beta[0]),
        alpha=float(many.alpha[0]),
        r_squared=float(many.r_squared[0]),
        standard_error=float(many.standard_error[0]),
        p_value=float(many.p_value[0]),
        observations=many.observations,
    )


def rolling_beta(returns: FloatArray, benchmark: FloatArray, window: int) -> FloatArray:
    """Slope of the regression on the benchmark over each run of `window` consecutive days.

    Parameters
    ----------
    returns, benchmark : (T,) arrays of fractions on the same days
    window : int, at least 3

    Returns
    -------
    (T - window + 1,) array; entry k belongs to the day of return k + window - 1. NaN where the window holds a NaN or
    the benchmark does not move in it. Empty where T < window.
    """
    if returns.shape != benchmark.shape or window < MINIMUM_OBSERVATIONS:
        raise InvalidInput("A rolling beta takes two series of the same days and a window of at least three.")
    if returns.shape[0] < window:
        return np.empty(0)
    b = np.lib.stride_tricks.sliding_window_view(benchmark, window)
    y = np.lib.stride_tricks.sliding_window_view(returns, window)
    centred = b - b.mean(axis=1, keepdims=True)
    slope = np.full(b.shape[0], np.nan)
    np.divide((centred * y).sum(axis=1), np.square(centred).sum(axis=1), out=slope, where=moves(b.T))
    return slope


def _r_squared(residual: FloatArray, total: FloatArray, moving: BoolArray) -> FloatArray:
    share = np.full(total.shape, np.nan)
    np.divide(residual, total, out=share, where=moving)
    return 1.0 - share


def _p_value(beta: FloatArray, standard_error: FloatArray, degrees: int, moving: BoolArray) -> FloatArray:
    # An exact fit has no standard error: its t is infinite and its p is 0
    t = np.full(beta.shape, np.inf)
    np.divide(np.abs(beta), standard_error, out=t, where=standard_error > 0)
    return np.where(moving, 2.0 * stdtr(degrees, -t), np.nan)
