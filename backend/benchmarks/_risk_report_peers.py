"""The measures that quantstats and empyrical-reloaded have, and ours of the same name on the same days.

They take a series of returns, so positions are a loop over series. Neither has factor models, risk contributions,
stress, attribution, forecasts or what-if.
"""

import warnings
from collections.abc import Callable

import empyrical
import numpy as np
import pandas as pd

from app.analytics.arrays import FloatArray
from app.analytics.beta import beta_regression, beta_regressions
from app.analytics.drawdown import max_drawdown
from app.analytics.performance import annualized_return, total_return
from app.analytics.ratios import calmar_ratio, sharpe_ratio, sortino_ratio
from app.analytics.returns import growth, portfolio_returns, simple_returns
from app.analytics.valuation import portfolio_value, position_value, weights
from app.analytics.value_at_risk import historical_value_at_risk
from app.analytics.volatility import annualized_volatility, rolling_volatility
from benchmarks._risk_report_inputs import Inputs

with warnings.catch_warnings():
    # Drawing libraries that it loads warn about fonts and settings; nothing is drawn here
    warnings.simplefilter("ignore")
    import quantstats.stats as quantstats

YEAR = 252


class SharedMeasures:
    """The portfolio's own series is given to all three: what they are timed for is the measures."""

    def __init__(self, given: Inputs) -> None:
        values = position_value(given.quantities, given.closes[-1])
        returns = simple_returns(given.closes)
        self.own = portfolio_returns(returns, weights(values, portfolio_value(values, given.cash).nav))
        self.year = np.ascontiguousarray(returns[-YEAR:])
        self.market = simple_returns(given.benchmark)
        days = pd.DatetimeIndex(given.days[1:])
        self.own_series, self.market_series = pd.Series(self.own, days), pd.Series(self.market, days)
        self.year_frame = pd.DataFrame(self.year, index=days[-YEAR:])

    def ours(self) -> FloatArray:
        for confidence in (0.95, 0.99):
            historical_value_at_risk(self.own, confidence)
        for measure in (annualized_volatility, total_return, annualized_return, calmar_ratio):
            measure(self.own)
        sharpe_ratio(self.own, 0.0)
        sortino_ratio(self.own, 0.0)
        max_drawdown(growth(self.own))
        rolling_volatility(self.own, 63)
        beta_regression(self.own, self.market)
        return beta_regressions(self.year, self.market[-YEAR:]).beta

    def empyrical(self) -> FloatArray:
        own, market = self.own_series, self.market_series
        for tail in (0.05, 0.01):
            empyrical.value_at_risk(own, tail)
            empyrical.conditional_value_at_risk(own, tail)
        for measure in _EMPYRICAL:
            measure(own)
        empyrical.roll_annual_volatility(own, 63)
        empyrical.alpha_beta_aligned(own, market)
        year = market.iloc[-YEAR:]
        return np.array([empyrical.beta_aligned(column, year) for _, column in self.year_frame.items()])

    def quantstats(self) -> FloatArray:
        own, market = self.own_series, self.market_series
        for confidence in (0.95, 0.99):
            quantstats.var(own, confidence=confidence)
            quantstats.cvar(own, confidence=confidence)
        for measure in _QUANTSTATS:
            measure(own)
        quantstats.rolling_volatility(own, rolling_period=63)
        quantstats.greeks(own, market)
        year = market.iloc[-YEAR:]
        return np.array([quantstats.greeks(column, year)["beta"] for _, column in self.year_frame.items()])


_EMPYRICAL: tuple[Callable[[pd.Series], object], ...] = (
    empyrical.annual_volatility, empyrical.cum_returns_final, empyrical.annual_return, empyrical.calmar_ratio,
    empyrical.sharpe_ratio, empyrical.sortino_ratio, empyrical.max_drawdown,
)  # fmt: skip
_QUANTSTATS: tuple[Callable[[pd.Series], object], ...] = (
    quantstats.volatility, quantstats.comp, quantstats.cagr, quantstats.calmar,
    quantstats.sharpe, quantstats.sortino, quantstats.max_drawdown,
)  # fmt: skip
