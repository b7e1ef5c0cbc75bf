import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.analytics.errors import InsufficientData, InvalidInput
from app.analytics.money_weighted import NoMoneyWeightedReturn, money_weighted_return
from app.analytics.performance import annualized_return, total_return
from app.analytics.returns import simple_returns
from tests.analytics.conftest import Market


def closing_value(opening: float, flows: np.ndarray, returns: np.ndarray) -> float:
    value = opening
    for flow, earned in zip(flows, returns, strict=True):
        value = (value + flow) * (1 + earned)
    return value


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-0.05, 0.05), min_size=1, max_size=300), st.floats(1, 1e7))
def test_with_one_payment_it_is_the_time_weighted_return(daily: list[float], paid: float) -> None:
    returns, flows = np.array(daily), np.zeros(len(daily))
    flows[0] = paid
    for opening, payments in ((0.0, flows), (paid, np.zeros(len(daily)))):
        ours = money_weighted_return(opening, payments, closing_value(opening, payments, returns))
        assert ours.period_return == pytest.approx(total_return(returns), abs=1e-10)


def test_a_year_and_more_is_annualised_as_the_time_weighted_return_is(market: Market) -> None:
    returns = simple_returns(market.close("SP500"))
    flows = np.zeros(len(returns))
    ours = money_weighted_return(1000.0, flows, closing_value(1000.0, flows, returns))
    assert ours.annualized() == pytest.approx(annualized_return(returns), rel=1e-10)


# The solution is a point of the solver's grid, where rounding decides on which side of zero it lies
NO_RETURN_AT_ALL = [
    0.0, 1.0, 1.0, 1.2999999999992724, 1.0, 1.0, 1.0, 32765.650024661234, 99989.83132382328, 1.264569873936125,
    31031.0, 98299.0, 1.0, 1.9, 1.0, 1.0,
]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.floats(-0.002, 0.002), st.lists(st.floats(0, 1e5), min_size=2, max_size=200))
@example(rate=0.0, paid=NO_RETURN_AT_ALL)
def test_a_constant_rate_is_found_whatever_is_paid_when(rate: float, paid: list[float]) -> None:
    flows, returns = np.array(paid), np.full(len(paid), rate)
    flows[0] += 1.0
    ours = money_weighted_return(50.0, flows, closing_value(50.0, flows, returns))
    assert ours.period_return == pytest.approx((1 + rate) ** len(paid) - 1, abs=1e-9)


def test_the_rate_solves_its_equation_on_real_prices_with_payments_and_withdrawals(market: Market) -> None:
    returns = simple_returns(market.close("AAPL"))[-504:]
    flows = np.zeros(504)
    flows[[0, 100, 300, 400]] = [10_000.0, 5_000.0, -4_000.0, 2_500.0]
    closing = closing_value(0.0, flows, returns)
    growth = 1 + money_weighted_return(0.0, flows, closing).period_return
    left = (504 - np.arange(504)) / 504
    assert flows @ growth**left == pytest.approx(closing, rel=1e-10)


def test_paying_in_before_a_fall_costs_more_than_the_time_weighted_return() -> None:
    returns, flows = np.array([0.5, -0.2]), np.array([100.0, 900.0])
    ours = money_weighted_return(0.0, flows, closing_value(0.0, flows, returns))
    assert ours.period_return < 0 < total_return(returns)


def test_all_lost_is_a_loss_of_everything() -> None:
    assert money_weighted_return(100.0, np.zeros(3), 0.0).period_return == -1.0


def test_money_doubled_is_exactly_one_hundred_percent() -> None:
    assert money_weighted_return(100.0, np.zeros(3), 200.0).period_return == pytest.approx(1.0, abs=1e-12)
    assert money_weighted_return(100.0, np.zeros(3), 100.0).period_return == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("opening", "flows", "closing", "reason"),
    [
        (0.0, np.zeros(5), 0.0, "no money was paid in"),
        (0.0, np.array([-100.0, 0.0]), -50.0, "no money was paid in"),
        (100.0, np.zeros(5), -20.0, "no rate of return"),
        (100.0, np.array([0.0, -240.0]), -143.0, "more than one rate"),
    ],
)
def test_payments_without_one_rate_are_refused(opening: float, flows: np.ndarray, closing: float, reason: str) -> None:
    with pytest.raises(NoMoneyWeightedReturn, match=reason):
        money_weighted_return(opening, flows, closing)


def test_what_is_no_history_is_refused() -> None:
    with pytest.raises(InsufficientData):
        money_weighted_return(100.0, np.empty(0), 100.0)
    with pytest.raises(InvalidInput):
        money_weighted_return(100.0, np.array([np.nan]), 100.0)
    with pytest.raises(InsufficientData):
        money_weighted_return(100.0, np.zeros(251), 100.0).annualized()
