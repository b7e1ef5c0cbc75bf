"""What returns owe to the market and to styles.

The factors are the market's return and each style's return over the market: what an exchange-traded fund of that style
earned beyond the index. Taken as they are, the funds move almost alike (variance inflation of 57 and more in the
bundled data, where over the market it stays below 3), and their betas would be noise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtr

from app.analytics.arrays import BoolArray, FloatArray
from app.analytics.beta import moves
from app.analytics.column_sums import centred_squares, column_means, sums_of_squares
from app.analytics.errors import InvalidInput, Undefined, ZeroVariance
from app.analytics.returns import require_complete
from app.analytics.volatility import TRADING_DAYS_PER_YEAR

MEASURE = "Factor exposure"

FactorName = Literal["market", "momentum", "quality", "size", "minimum_volatility", "value", "treasuries"]
FACTOR_NAMES: tuple[FactorName, ...] = get_args(FactorName)
# The market itself is the portfolio's benchmark
STYLE_PROXIES: dict[FactorName, str] = {
    "momentum": "MTUM", "quality": "QUAL", "size": "SIZE", "minimum_volatility": "USMV", "value": "VLUE",
}  # fmt: skip
# Bonds of more than twenty years; no style, so taken as they are
TREASURIES_PROXY = "TLT"

# The customary ten observations for each coefficient: a month of data fitted by six factors explains itself
DAYS_PER_FACTOR = 10
# At this inflation a standard error is ten times what it would be with unrelated factors
LARGEST_VIF_FOR_OLS = 100.0
# Between the 1 and 10 that Marquardt (1970) gives as the range for a ridge, and a common limit for "collinear"
RIDGE_TARGET_VIF = 5.0
# Eigenvalues of a correlation matrix below this are rounding; it also bounds variance inflation at 1e14
_SMALLEST_EIGENVALUE = 1e-14


class CollinearFactors(Undefined):
    """Ordinary least squares cannot tell the factors apart. `vif` has their variance inflation by name."""

    def __init__(self, vif: Mapping[str, float]) -> None:
        self.vif = dict(vif)
        named = ", ".join(f"{name} ({value:,.0f})" for name, value in vif.items() if value > LARGEST_VIF_FOR_OLS)
        super().__init__(
            f"{MEASURE} by ordinary least squares is undefined because factors move alike; variance inflation: {named}."
        )


@dataclass(frozen=True)
class FactorReturns:
    """Daily fractions of shape (T, K), one column a name."""

    names: tuple[FactorName, ...]
    returns: FloatArray

    def __post_init__(self) -> None:
        if self.returns.ndim != 2 or self.returns.shape[1] != len(self.names) or len(set(self.names)) < len(self.names):
            raise InvalidInput(f"Names {self.names} do not fit factor returns of shape {self.returns.shape}.")

    @cached_property
    def covariance(self) -> FloatArray:
        """Sample covariance of the daily returns (ddof 1), (K, K). T >= 2."""
        centred = self.returns - self.returns.mean(axis=0)
        return np.asarray(centred.T @ centred / (centred.shape[0] - 1), dtype=np.float64)


@dataclass(frozen=True)
class FactorExposures:
    """N regressions r = alpha + sum_k beta_k f_k + e on the same days and factors.

    `alpha`, `r_squared` and `specific_volatility` (annualised, of e) are (N,); `beta` and what judges it (N, K); `vif`
    (K,) is that of the factors before any penalty. `penalty` is the ridge's, 0 for ordinary least squares. A column
    that does not move has NaN in r_squared, t_statistic and p_value.
    """

    names: tuple[FactorName, ...]
    alpha: FloatArray
    beta: FloatArray
    standard_error: FloatArray
    t_statistic: FloatArray
    p_value: FloatArray
    r_squared: FloatArray
    specific_volatility: FloatArray
    vif: FloatArray
    penalty: float
    observations: int


@dataclass(frozen=True)
class FactorRisk:
    """A portfolio's annualised volatility by origin. `contribution` (K,) and `specific_contribution` sum to it.

    `systematic_volatility` is that of the part the factors explain, `specific_volatility` that of the rest;
    for ordinary least squares their squares sum to the square of `volatility`.
    """

    volatility: float
    systematic_volatility: float
    specific_volatility: float
    contribution: FloatArray
    specific_contribution: float


@dataclass(frozen=True)
class _Spectrum:
    """The factors, centred and scaled to length 1, and the eigenvalues and eigenvectors of their correlation."""

    scaled: FloatArray
    lengths: FloatArray
    values: FloatArray
    vectors: FloatArray

    def inflation(self, penalty: float) -> FloatArray:
        """Diagonal of (R + kI)^-1 R (R + kI)^-1: the variance of each coefficient beside unrelated factors."""
        return np.asarray(np.square(self.vectors) @ (self.values / np.square(self.values + penalty)), dtype=np.float64)


def factor_returns(
    market: FloatArray, styles: Mapping[FactorName, FloatArray], treasuries: FloatArray | None = None
) -> FactorReturns:
    """The market, each style over the market, and long treasuries as they are where the data has them.

    Parameters
    ----------
    market : (T,) array of daily fractions
    styles : arrays like `market` by name, in the order of the columns
    treasuries : array like `market`, optional

    NaN where the market or the style is unknown.
    """
    columns = [market, *(style - market for style in styles.values())]
    names: tuple[FactorName, ...] = ("market", *styles)
    if treasuries is not None:
        columns, names = [*columns, treasuries], (*names, "treasuries")
    return FactorReturns(names, np.column_stack(columns))


def variance_inflation(factors: FactorReturns) -> FloatArray:
    """1 / (1 - R_k^2), R_k^2 being that of factor k regressed on the others. Shape (K,), 1 to about 1e14.

    Raises
    ------
    ZeroVariance
        A factor does not move.
    """
    return _spectrum(factors).inflation(0.0)


def ordinary_least_squares(returns: FloatArray, factors: FactorReturns) -> FactorExposures:
    """Regress every column on the factors with an intercept; the same as statsmodels' OLS with a constant.

    Linear in the returns: a portfolio's betas are the weighted sum of its positions' betas on the same days.

    Parameters
    ----------
    returns : (T, N) array of daily fractions, T >= 10 K, no NaN
    factors : FactorReturns of the same days, no NaN

    Raises
    ------
    InsufficientData
        Fewer than ten days for each factor.
    ZeroVariance
        A factor does not move.
    CollinearFactors
        A variance inflation above 100: the betas would be wild.
    """
    _check(returns, factors)
    spectrum = _spectrum(factors)
    vif = spectrum.inflation(0.0)
    if vif.max(initial=0.0) > LARGEST_VIF_FOR_OLS:
        raise CollinearFactors(dict(zip(factors.names, vif.tolist(), strict=True)))
    return _regress(returns, factors, spectrum, penalty=0.0)


def ridge(returns: FloatArray, factors: FactorReturns) -> FactorExposures:
    """Regress every column on the factors, shrinking the betas as little as is needed to tell the factors apart.

    Minimises |y - a - Z g|^2 + k |g|^2 over factors Z centred and scaled to length 1; beta = g / length. k is the
    smallest penalty that brings the largest variance inflation down to 5. It depends on the factors alone, so the
    betas of a portfolio remain the weighted sum of its positions', and it is 0, which makes this ordinary least
    squares, where nothing is collinear. Standard errors are those of the estimator, its bias left out.

    Parameters, raises: as `ordinary_least_squares`, without CollinearFactors.
    """
    _check(returns, factors)
    spectrum = _spectrum(factors)
    return _regress(returns, factors, spectrum, penalty=_smallest_penalty(spectrum))


def factor_risk(returns: FloatArray, factors: FactorReturns, beta: FloatArray) -> FactorRisk:
    """Split a portfolio's volatility by factor: contribution_k = beta_k cov(f_k, r) / sigma, and cov(e, r) / sigma.

    e = r - sum_k beta_k f_k is what is specific, so the parts sum to var(r) / sigma = sigma for any beta. Annualised,
    ddof 1.

    Parameters
    ----------
    returns : (T,) array of the portfolio's daily fractions, no NaN
    factors : FactorReturns of the same days
    beta : (K,) array

    Raises
    ------
    InsufficientData
        Fewer than two days.
    ZeroVariance
        The portfolio does not move.
    """
    require_complete(returns, needed=2, measure="Factor risk")
    if not moves(returns[:, None])[0]:
        raise ZeroVariance("Factor risk", "the portfolio")
    centred = returns - returns.mean()
    explained = (factors.returns - factors.returns.mean(axis=0)) * beta
    systematic = explained.sum(axis=1)
    specific = centred - systematic
    scale = TRADING_DAYS_PER_YEAR / (returns.shape[0] - 1)
    volatility = float(np.sqrt(centred @ centred * scale))
    return FactorRisk(
        volatility=volatility,
        systematic_volatility=float(np.sqrt(systematic @ systematic * scale)),
        specific_volatility=float(np.sqrt(specific @ specific * scale)),
        contribution=(centred @ explained) * (scale / volatility),
        specific_contribution=float(centred @ specific) * scale / volatility,
    )


def _check(returns: FloatArray, factors: FactorReturns) -> None:
    if returns.ndim != 2 or returns.shape[0] != factors.returns.shape[0]:
        raise InvalidInput(f"Returns {returns.shape} and factors {factors.returns.shape} do not share their days.")
    needed = DAYS_PER_FACTOR * len(factors.names)
    require_complete(returns, needed=needed, measure=MEASURE)


def _spectrum(factors: FactorReturns) -> _Spectrum:
    require_complete(factors.returns, needed=2, measure=MEASURE)
    for name, moving in zip(factors.names, moves(factors.returns), strict=True):
        if not moving:
            raise ZeroVariance(MEASURE, f"the factor {name.replace('_', ' ')}")
    centred = factors.returns - factors.returns.mean(axis=0)
    lengths = np.sqrt(np.square(centred).sum(axis=0))
    scaled = centred / lengths
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    return _Spectrum(scaled, lengths, np.maximum(values, _SMALLEST_EIGENVALUE), vectors)


def _smallest_penalty(spectrum: _Spectrum) -> float:
    def excess(penalty: float) -> float:
        return float(spectrum.inflation(penalty).max(initial=0.0)) - RIDGE_TARGET_VIF

    # Each term d / (d + k)^2 falls with k, and at k = 1 none is above a quarter
    return 0.0 if excess(0.0) <= 0.0 else float(brentq(excess, 0.0, 1.0, xtol=1e-14))


def _regress(returns: FloatArray, factors: FactorReturns, spectrum: _Spectrum, penalty: float) -> FactorExposures:
    days = returns.shape[0]
    shrunk = 1.0 / (spectrum.values + penalty)
    standardized = (spectrum.vectors * shrunk) @ (spectrum.vectors.T @ (spectrum.scaled.T @ returns))
    beta = standardized / spectrum.lengths[:, None]
    alpha = column_means(returns) - column_means(factors.returns) @ beta
    design = np.column_stack([np.ones(days), factors.returns])
    squared_error = sums_of_squares(returns, design, np.vstack([alpha, beta]))
    # A ridge uses up less than one degree of freedom a factor
    degrees = days - 1 - float((spectrum.values * shrunk).sum())
    deviation = np.sqrt(spectrum.inflation(penalty)) / spectrum.lengths
    error = np.outer(np.sqrt(squared_error / degrees), deviation)
    moving = moves(returns)
    share = np.full(moving.shape, np.nan)
    np.divide(squared_error, centred_squares(returns), out=share, where=moving)
    t = _t_statistic(beta.T, error, moving)
    return FactorExposures(
        names=factors.names, alpha=alpha, beta=beta.T, standard_error=error, t_statistic=t,
        p_value=2.0 * stdtr(degrees, -np.abs(t)), r_squared=1.0 - share,
        specific_volatility=np.sqrt(squared_error / degrees * TRADING_DAYS_PER_YEAR),
        vif=spectrum.inflation(0.0), penalty=penalty, observations=days,
    )  # fmt: skip


def _t_statistic(beta: FloatArray, error: FloatArray, moving: BoolArray) -> FloatArray:
    t = np.copysign(np.inf, beta)  # an exact fit has no standard error
    np.divide(beta, error, out=t, where=error > 0)
    t[~moving] = np.nan
    return t
