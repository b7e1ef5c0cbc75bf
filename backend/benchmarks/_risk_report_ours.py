"""Every measure of the product on one portfolio, over the windows that the product uses."""

from dataclasses import dataclass, field

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.attribution import Attribution, Period, attribution
from app.analytics.beta import BetaRegressions, beta_regression, beta_regressions
from app.analytics.concentration import concentration
from app.analytics.correlation import average_correlation, cluster_order, correlation_matrix, extreme_pairs
from app.analytics.correlation import nearest_positive_semidefinite as repaired
from app.analytics.drawdown import drawdowns, max_drawdown
from app.analytics.factors import FactorReturns, factor_returns, factor_risk, ordinary_least_squares, ridge
from app.analytics.groups import sums_by_group
from app.analytics.money_weighted import money_weighted_return
from app.analytics.parametric_value_at_risk import cornish_fisher_value_at_risk, normal_value_at_risk
from app.analytics.performance import annualized_return, periods, total_return
from app.analytics.ratios import calmar_ratio, sharpe_ratio, sortino_ratio
from app.analytics.returns import common_history, growth, portfolio_returns, simple_returns
from app.analytics.risk_contributions import RiskContributions, risk_contributions
from app.analytics.scenarios import SCENARIOS
from app.analytics.sector_exposure import sector_exposures
from app.analytics.stress import Book, Outcome, PriceHistory, Unavailable, run_scenarios
from app.analytics.valuation import portfolio_value, position_value, weights
from app.analytics.value_at_risk import historical_value_at_risk
from app.analytics.volatility import annualized_volatility, rolling_volatility
from app.analytics.volatility_forecast import ewma_volatility, har_forecast, volatility_percentile
from app.analytics.what_if import Holdings, Trade, compare, simulate_trades
from benchmarks._risk_report_inputs import Inputs

YEAR = 252
LEVELS = ((0.95, 1), (0.95, 10), (0.99, 1), (0.99, 10))
# A page shows no larger matrix, and 5,000 x 5,000 would be twice the input
CORRELATED_POSITIONS = 100
CORRELATED_PAIRS = 5
RISK_FREE_RATE = 0.02


@dataclass
class Report:
    """The figures that the floor is checked against; what else was computed is dropped."""

    figures: dict[str, float] = field(default_factory=dict)
    vectors: dict[str, FloatArray] = field(default_factory=dict)


def report(given: Inputs) -> Report:
    done = Report()
    values = position_value(given.quantities, given.closes[-1])
    value = portfolio_value(values, given.cash)
    held = weights(values, value.nav)
    returns = simple_returns(given.closes)
    benchmark = simple_returns(given.benchmark)
    factors = factor_returns(benchmark, {name: simple_returns(closes) for name, closes in given.styles.items()})
    history = common_history(returns, returns.shape[0])
    used = returns if history.columns.all() and history.rows.all() else returns[history.rows][:, history.columns]
    own = portfolio_returns(used, held)
    series_measures(done, own, benchmark)
    composition(done, given, values, used[-YEAR:])
    beta = cross_section(done, used, own, held, factors)
    _stress(done, given, values, beta, factors)
    _what_if(done, given, used)
    _attribution(done, given, factors, beta)
    return done


def series_measures(done: Report, own: FloatArray, benchmark: FloatArray) -> None:
    """What is computed from the portfolio's own daily returns."""
    value = growth(own)
    done.figures |= {f"volatility_{days}": annualized_volatility(own[-days:]) for days in (21, 63, YEAR, own.shape[0])}
    done.figures |= {
        "ewma": ewma_volatility(own),
        "har": har_forecast(own).volatility,
        "percentile": volatility_percentile(own).percentile,
        "max_drawdown": max_drawdown(value),
        "drawdowns": float(len(drawdowns(value))),
        "total_return": total_return(own),
        "annualized_return": annualized_return(own),
        "sharpe": sharpe_ratio(own, RISK_FREE_RATE),
        "sortino": sortino_ratio(own, RISK_FREE_RATE),
        "calmar": calmar_ratio(own),
        "money_weighted": money_weighted_return(1.0, np.zeros(own.shape[0]), float(value[-1])).period_return,
        "beta_90": beta_regression(own[-90:], benchmark[-90:]).beta,
        "beta_252": beta_regression(own[-YEAR:], benchmark[-YEAR:]).beta,
    }
    done.vectors["rolling_volatility"] = rolling_volatility(own, 63)
    for confidence, days in LEVELS:
        for measure in (historical_value_at_risk, normal_value_at_risk, cornish_fisher_value_at_risk):
            risk = measure(own[-YEAR:], confidence, days)
            done.figures[f"{measure.__name__}_{confidence}_{days}"] = risk.value_at_risk
            done.figures[f"{measure.__name__}_{confidence}_{days}_es"] = risk.expected_shortfall


def composition(done: Report, given: Inputs, values: FloatArray, year: FloatArray) -> None:
    shares = concentration(values)
    done.figures |= {"hhi": shares.herfindahl_index, "top_10": shares.top(10)}
    sectors = sector_exposures(given.sectors, values)
    done.vectors["sector_net"] = np.array([row.net_value for row in sorted(sectors, key=lambda row: row.sector)])
    matrix = repaired(correlation_matrix(year[:, shares.order[:CORRELATED_POSITIONS]]))
    done.vectors["correlation"] = matrix
    cluster_order(matrix)
    extreme_pairs(matrix, CORRELATED_PAIRS)
    done.figures["average_correlation"] = average_correlation(matrix) or 0.0


def cross_section(
    done: Report, returns: FloatArray, own: FloatArray, held: FloatArray, factors: FactorReturns
) -> FloatArray:
    """What is computed for every position. Returns the betas to the factors."""
    market = factors.returns[:, 0]
    regressions: list[BetaRegressions] = [beta_regressions(returns[-days:], market[-days:]) for days in (90, YEAR)]
    done.vectors["beta"] = regressions[-1].beta
    year = FactorReturns(factors.names, factors.returns[-YEAR:])
    exposures = ordinary_least_squares(returns[-YEAR:], year)
    done.vectors["factor_beta"] = exposures.beta
    done.vectors["ridge_beta"] = ridge(returns[-YEAR:], year).beta
    done.vectors["t"] = exposures.t_statistic
    done.figures["specific"] = factor_risk(own[-YEAR:], year, held @ exposures.beta).specific_volatility
    contributions: RiskContributions = risk_contributions(returns, held)
    done.vectors["contribution"] = contributions.contribution
    done.figures["diversification"] = contributions.diversification_ratio
    return exposures.beta


def _stress(done: Report, given: Inputs, values: FloatArray, beta: FloatArray, factors: FactorReturns) -> None:
    book = Book(given.symbols, given.sectors, values, beta)
    outcomes: tuple[Outcome, ...] = run_scenarios(SCENARIOS, book, factors, PriceHistory(given.days, given.closes))
    for scenario, outcome in zip(SCENARIOS, outcomes, strict=True):
        if not isinstance(outcome, Unavailable):
            done.figures[scenario.key] = outcome.total


def _what_if(done: Report, given: Inputs, returns: FloatArray) -> None:
    """Halving the first position: volatility before and after."""
    holdings = Holdings(given.symbols, given.quantities, given.closes[-1], given.cash)
    trade = Trade(given.symbols[0], -given.quantities[0] / 2, float(given.closes[-1, 0]))
    result = simulate_trades(holdings, [trade])
    change = compare(result, lambda side: annualized_volatility(portfolio_returns(returns[-YEAR:], side.weights())))
    done.figures |= {"volatility_before": change.before or 0.0, "volatility_after": change.after or 0.0}


def _attribution(done: Report, given: Inputs, factors: FactorReturns, beta: FloatArray) -> None:
    moves = np.vstack([np.full((1, len(factors.names)), np.nan), factors.returns])
    last = given.days.shape[0] - 1
    year: Attribution = attribution(given.days, given.closes, given.lots, Period(last - YEAR + 1, last), moves, beta)
    done.vectors["by_position"] = year.by_lot
    done.vectors["by_factor"] = year.by_factor
    done.vectors["by_sector"] = sums_by_group(given.sectors, year.by_lot).sums
    done.figures["periods"] = float(len(periods(given.days[1:])))
