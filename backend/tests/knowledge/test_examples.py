"""The worked examples of the methodology pages, done by the code that the pages describe."""

# ruff: noqa: RUF001 - the pages write minus and times as printers do

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from app.analytics.attribution import in_cents
from app.analytics.beta import beta_regression, beta_regressions
from app.analytics.concentration import concentration
from app.analytics.correlation import cluster_order
from app.analytics.drawdown import drawdown_series, max_drawdown
from app.analytics.factors import FactorReturns, variance_inflation
from app.analytics.money_weighted import money_weighted_return
from app.analytics.options import OptionTerms, option_value
from app.analytics.parametric_value_at_risk import normal_value_at_risk
from app.analytics.performance import annualized_return, total_return
from app.analytics.prices import fill_forward
from app.analytics.ratios import calmar_ratio, daily_rate, sharpe_ratio, sortino_ratio
from app.analytics.returns import simple_returns
from app.analytics.risk_contributions import risk_contributions
from app.analytics.scenarios import Shocks
from app.analytics.snapshots import CashFlow, Lot, daily_snapshots
from app.analytics.stress import Book, apply_shocks
from app.analytics.valuation import portfolio_value, profit, weights
from app.analytics.value_at_risk import historical_value_at_risk, minimum_observations
from app.analytics.volatility import annualized_volatility
from app.analytics.volatility_forecast import ewma_volatility
from app.analytics.what_if import Holdings, Trade, simulate_trades
from evaluation.retrieval.pages import FOLDER, page
from tests.knowledge.claims import numbers

WORST_DAYS = np.array([-0.05, -0.04, -0.03, -0.03, -0.02, -0.01, *np.linspace(0.0, 0.03, 94)])
CALL = OptionTerms("call", spot=100, strike=100, years=1, volatility=0.2)
DAYS = np.array(["2022-01-03", "2022-01-04"], dtype="datetime64[D]")
# Two uncorrelated series with annual volatilities of 30 and 40 %
PATTERN = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
UNCORRELATED = PATTERN / PATTERN.std(axis=0, ddof=1) * np.array([0.3, 0.4]) / np.sqrt(252)

Figures = Callable[[], list[float]]


def swinging() -> list[float]:
    returns = np.array([0.01, -0.01, 0.01, -0.01])
    return [float(np.std(returns, ddof=1)), annualized_volatility(returns)]


def falling_behind_the_peak() -> list[float]:
    growth = np.array([1.00, 1.25, 1.00, 1.10])
    return [1.25, max_drawdown(growth), float(drawdown_series(growth)[-1])]


def normal_with_unit_deviation() -> list[float]:
    returns = np.tile([0.01, -0.01], 50) * np.sqrt(99 / 100)
    levels = [normal_value_at_risk(returns, confidence) for confidence in (0.95, 0.99)]
    return [levels[0].value_at_risk, 0.95, levels[1].value_at_risk, 0.99]


def weighted_betas() -> list[float]:
    rng = np.random.default_rng(7)
    market = rng.normal(size=300)
    fits = beta_regressions(np.column_stack([1.5 * market, market]), market)
    return [0.6, 1.5, 0.2, 1.0, float(np.array([0.6, -0.2]) @ fits.beta)]


def split_of_volatility() -> list[float]:
    split = risk_contributions(UNCORRELATED, np.array([0.5, 0.5]))
    return [0.3, 0.4, split.volatility, *(split.contribution * 100)]


def ratio_of_diversification() -> list[float]:
    split = risk_contributions(UNCORRELATED, np.array([0.5, 0.5]))
    return [split.volatility, split.undiversified_volatility, split.diversification_ratio]


def two_accounts() -> list[float]:
    equal = UNCORRELATED / UNCORRELATED.std(axis=0, ddof=1) * 0.2 / np.sqrt(252)
    return [50_000.0, 0.2, risk_contributions(equal, np.array([0.5, 0.5])).volatility]


def fall_of_a_stock() -> list[float]:
    book = Book(["X"], ["S"], np.array([50_000.0]), np.array([[1.2]]))
    market = FactorReturns(("market",), np.random.default_rng(7).normal(size=(30, 1)))
    loss = apply_shocks(book, market, Shocks(factors={"market": -0.2})).total
    return [50_000, 1.2, 0.2, 50_000, 1.2, 0.2, loss]


def deposit_and_gain() -> list[float]:
    closes = np.array([[10_000.0], [10_150.0]])
    found = daily_snapshots(DAYS, closes, [Lot(0, 1, date(2022, 1, 3), 10_000.0)], [CashFlow(date(2022, 1, 4), 500.0)])
    assert found.nav[-1] == found.nav[0] + found.pnl[-1] + found.flow[-1]
    return [found.nav[0], found.flow[-1], found.nav[-1], found.pnl[-1], 150, 10_500, float(found.daily_return[-1])]


def bought_above_the_close() -> list[float]:
    held = Holdings(("X",), np.array([0.0]), np.array([52.0]), cash=10_000.0)
    after = simulate_trades(held, [Trade("X", 100.0, 50.0)]).after
    return [100, 50, 52, held.cash - after.cash, float(after.market_values[0]), after.value.nav - held.value.nav]


def flow_between_a_gain_and_a_loss() -> list[float]:
    days = np.array(["2022-01-03", "2022-01-04", "2022-01-05"], dtype="datetime64[D]")
    lots = [Lot(0, 1, date(2022, 1, 3), 100.0), Lot(1, 1, date(2022, 1, 5), 90.0)]
    found = daily_snapshots(days, np.array([[100.0, 90.0], [110.0, 90.0], [104.5, 85.5]]), lots, [])
    return [100, 0.1, 90, 200, 0.05, 1.1, 0.95, 1, total_return(found.daily_return), *found.pnl[1:].tolist()]


def two_years() -> list[float]:
    steady = np.full(504, 1.21 ** (1 / 504) - 1)
    return [total_return(steady), 504, annualized_return(steady)]


def up_and_down() -> list[float]:
    year = np.zeros(252)
    year[0] = 0.5
    other = np.zeros(252)
    other[0] = -0.5
    return [0.5, 0.5, -annualized_return(np.concatenate([year, other]))]


def paid_in_once() -> list[float]:
    flows = np.zeros(504)
    flows[0] = 100.0
    found = money_weighted_return(0.0, flows, 121.0)
    return [100, 121, found.period_return, found.annualized()]


def equal_thirds() -> list[float]:
    lines = in_cents(np.full(3, 33.333), 99.999)
    return [33.333, *lines.tolist(), round(float(lines.sum()), 2)]


def call_at_the_money() -> list[float]:
    value = option_value(CALL).value
    return [100, 0.2, value, value * 100, 100]


def exposure_of_a_call() -> list[float]:
    found = option_value(CALL)
    shares = round(found.delta * 100)
    return [800, shares, 100, shares * 100]


def net_asset_value() -> list[float]:
    found = portfolio_value(np.array([100_000.0, -30_000.0]), cash=20_000.0)
    return [found.cash, found.long_value, -found.short_value, found.nav]


def exposures() -> list[float]:
    found = portfolio_value(np.array([100_000.0, -30_000.0]), cash=20_000.0)
    return [100_000, 30_000, found.gross_exposure, found.net_exposure]


def leverage() -> list[float]:
    found = portfolio_value(np.array([100_000.0, -30_000.0]), cash=20_000.0)
    assert found.gross_leverage is not None
    return [found.gross_exposure, found.nav, found.gross_leverage, found.gross_leverage]


EXAMPLES: list[tuple[str, str, Figures]] = [
    ("volatility", "have a sample standard deviation of 1.155 %, hence an annualised volatility of 18.3 %", swinging),
    ("beta", "0.6 × 1.5 − 0.2 × 1.0 = 0.70", weighted_betas),
    ("beta", "beta is 1.50", lambda: [beta_regression(np.array([-0.015, 0, 0.015]), np.array([-0.01, 0, 0.01])).beta]),
    (
        "value_at_risk",
        "so the value at risk is 1.05 %",
        lambda: [historical_value_at_risk(WORST_DAYS, 0.95).value_at_risk],
    ),
    (
        "value_at_risk",
        "At 95 % at least 20 returns are needed, at 99 % at least 100",
        lambda: [0.95, minimum_observations(0.95), 0.99, minimum_observations(0.99)],
    ),
    (
        "value_at_risk",
        "ten days give 3.16 times one day",
        lambda: [
            historical_value_at_risk(WORST_DAYS, 0.95, 10).value_at_risk
            / historical_value_at_risk(WORST_DAYS, 0.95).value_at_risk
        ],
    ),
    ("parametric_value_at_risk", "give 1.64 % at 95 % and 2.33 % at 99 %", normal_with_unit_deviation),
    (
        "expected_shortfall",
        "= 3.4 %, beside a value at risk of 1.05 %",
        lambda: [
            historical_value_at_risk(WORST_DAYS, 0.95).expected_shortfall,
            historical_value_at_risk(WORST_DAYS, 0.95).value_at_risk,
        ],
    ),
    (
        "drawdown",
        "The peak is 1.25, the maximum drawdown −20 % and the current drawdown −12 %",
        falling_behind_the_peak,
    ),
    (
        "concentration",
        "give 0.25 + 0.09 + 0.04 = 0.38",
        lambda: [0.25, 0.09, 0.04, concentration(np.array([50.0, -30.0, 20.0])).herfindahl_index],
    ),
    (
        "concentration",
        "have an index of 0.38 and so 2.63 effective positions",
        lambda: [0.38, concentration(np.array([50.0, -30.0, 20.0])).effective_positions],
    ),
    (
        "risk_contributions",
        "with volatilities of 30 % and 40 %, make a portfolio of 25 % volatility; they contribute 9 and 16 points",
        split_of_volatility,
    ),
    (
        "risk_contributions",
        "25 % portfolio volatility where the weighted volatilities add up to 35 % gives a ratio of 1.4",
        ratio_of_diversification,
    ),
    (
        "all_portfolios",
        "two accounts of 50,000 with volatilities of 20 % each and a correlation of zero make a whole with about "
        "14.1 %",
        two_accounts,
    ),
    (
        "stress_tests",
        "50,000 in a stock with a market beta of 1.2, in a fall of the market by 20 %: 50,000 × 1.2 × −0.20 = −12,000",
        fall_of_a_stock,
    ),
    (
        "what_if",
        "buying 100 shares at 50 with a close of 52 takes 5,000 from cash and adds 5,200 of holdings: net asset value "
        "rises by 200",
        bought_above_the_close,
    ),
    (
        "performance",
        "a portfolio of 100 gains 10 %, receives 90 to stand at 200, then loses 5 %. The time-weighted return is "
        "1.10 × 0.95 − 1 = 4.5 %, although in money the gain of 10 and the loss of 10 cancel",
        flow_between_a_gain_and_a_loss,
    ),
    ("performance", "21 % in 504 trading days, two years, is 10 % a year", two_years),
    (
        "performance",
        "+50 % and −50 % average to zero and yet leave three quarters of the money, an annualised loss of 13.4 %",
        up_and_down,
    ),
    (
        "money_weighted_return",
        "100 paid in at the start and 121 at the end after two years is 21 % for the period, 10 % a year",
        paid_in_once,
    ),
    ("attribution", "33.333 show as 33.34, 33.33 and 33.33 for a total of 100.00", equal_thirds),
    (
        "daily_history",
        "yesterday 10,000, a deposit of 500, today's value 10,650: the profit is 150 and the return "
        "150 / 10,500 = 1.43 %",
        deposit_and_gain,
    ),
    ("short_positions", "= +500, a gain", lambda: [float(profit(-100, 45, 50))]),
    (
        "option_values",
        "spot and strike 100, one year, volatility 20 %: 7.97 a share, 796.56 for one contract on 100 shares",
        call_at_the_money,
    ),
    (
        "option_greeks",
        "a call worth 800 with a delta of 54 shares at 100 counts 5,400 in risk",
        exposure_of_a_call,
    ),
    (
        "exposure_and_leverage",
        "cash 20,000, longs 100,000, shorts −30,000 give a net asset value of 90,000",
        net_asset_value,
    ),
    (
        "exposure_and_leverage",
        "a long of 45,000 weighs 50 %, a short of −30,000 weighs −33.3 %",
        lambda: [45_000, 0.5, 30_000, -float(weights(np.array([-30_000.0]), 90_000.0)[0])],
    ),
    (
        "exposure_and_leverage",
        "Longs of 100,000 and shorts of 30,000 give a gross exposure of 130,000 and a net exposure of 70,000",
        exposures,
    ),
    (
        "exposure_and_leverage",
        "130,000 of gross exposure on 90,000 of value is a gross leverage of 1.44, shown as 144 %",
        leverage,
    ),
]


@pytest.mark.parametrize(
    ("name", "words", "figures"),
    [pytest.param(*example, id=f"{example[0]}-{number}") for number, example in enumerate(EXAMPLES)],
)
def test_an_example_comes_out_as_the_page_says(name: str, words: str, figures: Figures) -> None:
    assert words in page(FOLDER / f"{name}.md").running_text

    stated, computed = numbers(words), [abs(figure) for figure in figures()]

    assert stated == pytest.approx(computed, rel=5e-3), f"{name}.md says {stated}, the code computes {computed}"


def test_half_of_an_exponential_weight_lies_on_the_last_eleven_days() -> None:
    recent = np.zeros(300)
    recent[-11:] = 0.01

    assert ewma_volatility(recent) ** 2 / ewma_volatility(np.full(300, 0.01)) ** 2 == pytest.approx(0.5, abs=0.02)


def test_ratios_follow_their_formulas() -> None:
    returns = np.random.default_rng(7).normal(0.0005, 0.01, 300)
    rate = 1.04 ** (1 / 252) - 1
    excess = returns - rate
    downside = np.sqrt(np.mean(np.minimum(excess, 0) ** 2))

    assert daily_rate(0.04) == pytest.approx(rate)
    assert sharpe_ratio(returns, 0.04) == pytest.approx(excess.mean() / excess.std(ddof=1) * 252**0.5)
    assert sortino_ratio(returns, 0.04) == pytest.approx(excess.mean() / downside * 252**0.5)
    deepest = max_drawdown(np.cumprod(1 + returns))
    assert calmar_ratio(returns) == pytest.approx(annualized_return(returns) / -deepest)


def test_variance_inflation_is_that_of_each_factor_on_the_others() -> None:
    rng = np.random.default_rng(7)
    market = rng.normal(size=500)
    value = 0.8 * market + rng.normal(size=500)
    share = np.corrcoef(market, value)[0, 1] ** 2

    found = variance_inflation(FactorReturns(("market", "value"), np.column_stack([market, value])))

    assert found == pytest.approx([1 / (1 - share)] * 2)


def test_similar_holdings_stand_together() -> None:
    alike = np.array([[1.0, 0.1, 0.9], [0.1, 1.0, 0.1], [0.9, 0.1, 1.0]])

    order = cluster_order(alike).tolist()

    assert abs(order.index(0) - order.index(2)) == 1


def test_at_expiry_an_option_is_worth_what_exercise_pays() -> None:
    last_day = replace(CALL, years=0.0, spot=110.0)

    assert option_value(last_day).value == 10.0
    assert option_value(replace(last_day, option_type="put")).value == 0.0


def test_a_day_without_a_price_is_valued_at_the_last_close_and_has_no_return() -> None:
    closes = np.array([[10.0], [np.nan], [11.0]])

    assert fill_forward(closes).closes.ravel().tolist() == [10.0, 10.0, 11.0]
    assert np.isnan(simple_returns(closes)).all()
