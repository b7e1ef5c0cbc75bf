"""Which positions a portfolio's volatility comes from."""

from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.beta import moves
from app.analytics.column_sums import centred_squares
from app.analytics.errors import NoExposure, ZeroVariance
from app.analytics.returns import portfolio_returns, require_complete
from app.analytics.volatility import TRADING_DAYS_PER_YEAR

MEASURE = "The split of volatility"
# A portfolio whose positions cancel to this share of their own volatilities has no volatility but rounding
_RELATIVE_ROUNDING = 1e-12


@dataclass(frozen=True)
class RiskContributions:
    """Annualised fractions, one entry a position; the entries of `contribution` sum to `volatility`.

    `marginal` is the change of the portfolio's volatility per unit of the position's weight, paid for from cash.
    A negative contribution is a hedge. `standalone` is the position's own volatility, not multiplied by its weight.
    """

    volatility: float
    marginal: FloatArray
    contribution: FloatArray
    standalone: FloatArray
    undiversified_volatility: float

    @property
    def share(self) -> FloatArray:
        """Contribution over volatility; sums to 1."""
        return self.contribution / self.volatility

    @property
    def diversification_ratio(self) -> float:
        """Sum of |weight| x own volatility over the portfolio's volatility: 1 where nothing diversifies."""
        return self.undiversified_volatility / self.volatility


def risk_contributions(returns: FloatArray, weights: FloatArray) -> RiskContributions:
    """Euler's split of volatility: contribution_i = w_i (Sigma w)_i / sigma, with sigma^2 = w' Sigma w.

    Sigma is the sample covariance (ddof 1) x 252. It is never formed: with y the centred returns of the portfolio,
    (Sigma w)_i = cov(r_i, r_p) = (X' y)_i / (T - 1), which takes N x T steps instead of N^2 x T. Volatility is
    homogeneous of degree one in the weights, so the contributions sum to it (Tasche, 1999).

    Parameters
    ----------
    returns : (T, N) array of daily fractions, T >= 2, no NaN
    weights : (N,) array
        Signed weights of NAV; what is missing to 1 is cash, which contributes nothing.

    Raises
    ------
    InsufficientData
        Fewer than two days.
    NoExposure
        There is no position, or every weight is zero.
    ZeroVariance
        The portfolio does not move: its positions are constant or cancel each other.
    """
    portfolio = portfolio_returns(returns, weights)
    require_complete(portfolio, needed=2, measure=MEASURE)
    if not np.any(weights):
        raise NoExposure
    scale = TRADING_DAYS_PER_YEAR / (returns.shape[0] - 1)
    centred = portfolio - portfolio.mean()
    volatility = float(np.sqrt(centred @ centred * scale))
    standalone = np.sqrt(centred_squares(returns) * scale)
    undiversified = float(np.abs(weights) @ standalone)
    if not moves(portfolio[:, None])[0] or volatility <= _RELATIVE_ROUNDING * undiversified:
        raise ZeroVariance(MEASURE, "the portfolio")
    marginal = (centred @ returns) * (scale / volatility)
    return RiskContributions(
        volatility=volatility,
        marginal=marginal,
        contribution=weights * marginal,
        standalone=standalone,
        undiversified_volatility=undiversified,
    )
