"""Return for risk: Sharpe, Sortino, Calmar. The risk-free rate is always the caller's, stated per year."""

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.beta import moves
from app.analytics.drawdown import max_drawdown
from app.analytics.errors import InvalidInput, Undefined, ZeroVariance
from app.analytics.performance import annualized_return
from app.analytics.returns import growth, require_complete
from app.analytics.volatility import TRADING_DAYS_PER_YEAR


class NoLoss(Undefined):
    def __init__(self, ratio: str, loss: str) -> None:
        super().__init__(f"{ratio} is undefined because there was no {loss} to divide by.")


def daily_rate(risk_free_rate: float) -> float:
    """The rate per trading day that compounds to the yearly one: (1 + rate)^(1/252) - 1.

    Raises
    ------
    InvalidInput
        The rate is not a number above -1.
    """
    if not (np.isfinite(risk_free_rate) and risk_free_rate > -1.0):
        raise InvalidInput("A risk-free rate is a number above -1 (-100 %).")
    return float((1.0 + risk_free_rate) ** (1.0 / TRADING_DAYS_PER_YEAR) - 1.0)


def sharpe_ratio(returns: FloatArray, risk_free_rate: float) -> float:
    """Mean excess return over its sample standard deviation (ddof 1), x sqrt(252) (Sharpe, 1994).

    Parameters
    ----------
    returns : (T,) array of daily fractions, T >= 2, no NaN
    risk_free_rate : float
        Fraction per year, constant over the period.

    Raises
    ------
    InsufficientData
        Fewer than two returns.
    ZeroVariance
        The returns never change.
    """
    require_complete(returns, needed=2, measure="The Sharpe ratio")
    if not moves(returns[:, None])[0]:
        raise ZeroVariance("The Sharpe ratio", "the portfolio")
    excess = returns - daily_rate(risk_free_rate)
    return float(excess.mean() / excess.std(ddof=1) * np.sqrt(TRADING_DAYS_PER_YEAR))


def sortino_ratio(returns: FloatArray, risk_free_rate: float) -> float:
    """Mean excess return over its downside deviation, x sqrt(252) (Sortino and Price, 1994).

    Downside deviation = sqrt(mean(min(r - target, 0)^2)) over all days, with the risk-free rate as target.

    Parameters
    ----------
    returns : (T,) array of daily fractions, T >= 2, no NaN
    risk_free_rate : float
        Fraction per year.

    Raises
    ------
    InsufficientData
        Fewer than two returns.
    NoLoss
        No day returned less than the target.
    """
    require_complete(returns, needed=2, measure="The Sortino ratio")
    excess = returns - daily_rate(risk_free_rate)
    downside = float(np.sqrt(np.square(np.minimum(excess, 0.0)).mean()))
    if downside == 0.0:
        raise NoLoss("The Sortino ratio", "return below the risk-free rate")
    return float(excess.mean() / downside * np.sqrt(TRADING_DAYS_PER_YEAR))


def calmar_ratio(returns: FloatArray) -> float:
    """Annualised return over the depth of the deepest drawdown (Young, 1991), both of the given returns.

    Parameters
    ----------
    returns : (T,) array of daily fractions, T >= 252, no NaN

    Raises
    ------
    InsufficientData
        Less than a year.
    NoLoss
        The value never fell below its peak.
    """
    require_complete(returns, needed=TRADING_DAYS_PER_YEAR, measure="The Calmar ratio")
    depth = max_drawdown(growth(returns))
    if depth == 0.0:
        raise NoLoss("The Calmar ratio", "drawdown")
    return annualized_return(returns) / -depth
