"""In which shares a lot is stated, told from its own figures: prices by SciPy's normal law, factors by pandas."""

import math
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from app.analytics.option_history import Contract
from app.analytics.options import OptionType
from app.analytics.splits import Split, contract_reading, factors_since, share_reading

ENTRY = date(2020, 7, 1)
EXPIRY = ENTRY + timedelta(days=120)
SEVEN, FOUR = Split(date(2014, 6, 9), 7.0), Split(date(2020, 8, 31), 4.0)


@pytest.mark.parametrize(
    ("day", "factors"),
    [
        (date(2014, 6, 8), (1.0, 4.0, 28.0)),
        (date(2014, 6, 9), (1.0, 4.0)),
        (date(2020, 8, 30), (1.0, 4.0)),
        (date(2020, 8, 31), (1.0,)),
    ],
)
def test_only_splits_after_the_day_count_the_newest_first(day: date, factors: tuple[float, ...]) -> None:
    assert factors_since([SEVEN, FOUR], day) == factors


@given(
    ratios=st.lists(st.sampled_from([0.125, 0.5, 1.5, 2.0, 4.0, 7.0]), max_size=6),
    day=st.dates(date(2014, 1, 1), date(2022, 1, 1)),
)
def test_factors_are_the_products_from_the_newest_back(ratios: list[float], day: date) -> None:
    days = [date(2014, 6, 9) + timedelta(days=400 * number) for number in range(len(ratios))]
    later = pd.Series(ratios, index=days, dtype=float)[[each > day for each in days]]

    factors = factors_since([Split(*each) for each in zip(days, ratios, strict=True)], day)

    assert factors == pytest.approx((1.0, *later[::-1].cumprod()))


@pytest.mark.parametrize(
    ("price", "reading"),
    # A day's trades lie around its close of 20
    [(20.0, 0), (19.0, 0), (82.0, 1), (550.0, 2), (14.0, 0), (30.0, 0)],
)
def test_a_share_is_in_the_shares_in_which_it_cost_what_that_day_cost(price: float, reading: int) -> None:
    assert share_reading((1.0, 4.0, 28.0), price, 20.0) == reading


def test_a_reverse_split() -> None:
    assert share_reading((1.0, 0.125), 10.4, 83.0) == 1
    assert share_reading((1.0, 0.125), 83.0, 83.0) == 0


def test_what_fits_both_ways_tells_nothing() -> None:
    assert share_reading((1.0, 4.0), 40.0, 20.0) is None
    assert share_reading((1.0, 1.05), 20.0, 20.0) is None
    assert share_reading((1.0, 4.0), 20.0, None) is None


def test_without_a_split_there_is_nothing_to_tell() -> None:
    assert share_reading((1.0,), 500.0, None) == 0
    assert contract_reading((1.0,), Contract("call", 500.0, EXPIRY), ENTRY, 20.0, None, 0.3) == 0


@pytest.mark.parametrize("option_type", ["call", "put"])
@pytest.mark.parametrize("moneyness", [0.6, 0.9, 1.0, 1.1, 1.4])
@pytest.mark.parametrize("factor", [2.0, 4.0, 0.125])
def test_a_contract_is_read_by_what_it_cost(option_type: OptionType, moneyness: float, factor: float) -> None:
    """Traded at 40 % a year where the shares moved by 30: stated in shares of today, and of before the split."""
    spot = 90.0
    strike = spot * moneyness
    price = _black_scholes(option_type, spot, strike, 120 / 365, 0.4)

    of_today = contract_reading((1.0, factor), Contract(option_type, strike, EXPIRY), ENTRY, price, spot, 0.3)
    of_before = contract_reading(
        (1.0, factor), Contract(option_type, strike * factor, EXPIRY), ENTRY, price * factor, spot, 0.3
    )

    assert (of_today, of_before) == (0, 1)


def _black_scholes(option_type: OptionType, spot: float, strike: float, years: float, volatility: float) -> float:
    deviation = volatility * math.sqrt(years)
    nearer = math.log(spot / strike) / deviation + deviation / 2
    call = spot * norm.cdf(nearer) - strike * norm.cdf(nearer - deviation)
    return float(call if option_type == "call" else call - spot + strike)


def test_a_price_that_no_option_can_have_tells_nothing() -> None:
    assert contract_reading((1.0, 4.0), Contract("call", 90.0, EXPIRY), ENTRY, 500.0, 90.0, 0.3) is None
    assert contract_reading((1.0, 4.0), Contract("call", 90.0, EXPIRY), ENTRY, 5.0, None, 0.3) is None


@pytest.mark.parametrize("volatility", [math.nan, 0.0, math.inf])
def test_a_young_underlying_has_the_usual_volatility(volatility: float) -> None:
    contract = Contract("call", 400.0, EXPIRY)

    assert contract_reading((1.0, 4.0), contract, ENTRY, 24.0, 90.0, volatility) == 1
