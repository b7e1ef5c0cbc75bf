import numpy as np
import pytest

from app.analytics.errors import InvalidInput, NonPositiveNav
from app.analytics.valuation import portfolio_value, position_value, profit, weights


@pytest.mark.parametrize(
    ("quantity", "entry", "price", "expected_value", "expected_profit"),
    [
        (10, 50, 55, 550, 50),
        (10, 50, 45, 450, -50),
        (-10, 50, 45, -450, 50),
        (-10, 50, 55, -550, -50),
        (0.5, 200, 300, 150, 50),
    ],
)
def test_a_long_gains_when_the_price_rises_and_a_short_when_it_falls(
    quantity: float, entry: float, price: float, expected_value: float, expected_profit: float
) -> None:
    assert position_value(quantity, price) == expected_value
    assert profit(quantity, price, entry) == expected_profit


def test_an_unknown_price_gives_an_unknown_value() -> None:
    values = position_value(np.array([10.0, -5.0]), np.array([np.nan, 20.0]))
    np.testing.assert_array_equal(values, [np.nan, -100.0])


def test_a_portfolio_adds_up_longs_shorts_and_cash() -> None:
    value = portfolio_value(np.array([700.0, -200.0, np.nan]), cash=500.0)
    assert (value.nav, value.gross_exposure, value.net_exposure) == (1000.0, 900.0, 500.0)
    assert (value.gross_leverage, value.net_leverage) == (0.9, 0.5)


def test_shorts_only_have_a_negative_net_exposure() -> None:
    value = portfolio_value(np.array([-300.0, -200.0]), cash=1000.0)
    assert (value.nav, value.long_value, value.gross_leverage, value.net_leverage) == (500.0, 0.0, 1.0, -1.0)


@pytest.mark.parametrize("cash", [-700.0, -900.0])
def test_at_a_nav_of_zero_or_below_ratios_are_unknown(cash: float) -> None:
    value = portfolio_value(np.array([700.0]), cash=cash)
    assert (value.gross_leverage, value.net_leverage) == (None, None)
    with pytest.raises(NonPositiveNav, match="Net asset value is"):
        weights(np.array([700.0]), value.nav)


def test_an_empty_portfolio_is_its_cash() -> None:
    value = portfolio_value(np.array([]), cash=100.0)
    assert (value.nav, value.gross_exposure, value.gross_leverage) == (100.0, 0.0, 0.0)


def test_cash_must_be_a_number() -> None:
    with pytest.raises(InvalidInput):
        portfolio_value(np.array([]), cash=float("nan"))
