import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics.concentration import concentration
from app.analytics.errors import InvalidInput, NonPositiveNav
from app.analytics.what_if import Holdings, Trade, compare, simulate_trades

HELD = Holdings(("AAPL", "XOM"), np.array([10.0, -20.0]), np.array([100.0, 50.0]), cash=2_000.0)

symbols = st.sampled_from(["AAPL", "XOM", "JNJ", "PG"])
amounts = st.floats(-1e4, 1e4).map(lambda value: round(value, 3))
prices = st.floats(0.01, 1e4).map(lambda value: round(value, 2))
trades = st.lists(st.builds(Trade, symbol=symbols, quantity=amounts, price=prices), max_size=8)


def test_buying_moves_cash_into_a_position() -> None:
    result = simulate_trades(HELD, [Trade("AAPL", 5, 100.0)])
    assert result.after.quantities.tolist() == [15.0, -20.0]
    assert result.after.cash == 1_500.0
    assert (result.before.value.nav, result.after.value.nav) == (2_000.0, 2_000.0)
    assert (result.after.value.gross_exposure, result.after.value.net_exposure) == (2_500.0, 500.0)
    assert result.traded_value == 500.0


def test_a_trade_away_from_the_current_price_gains_or_loses_at_once() -> None:
    result = simulate_trades(HELD, [Trade("AAPL", 5, 90.0), Trade("XOM", -2, 45.0)])
    assert result.after.value.nav - result.before.value.nav == pytest.approx(5 * 10 - 2 * 5)


def test_a_new_symbol_stands_on_both_sides() -> None:
    result = simulate_trades(HELD, [Trade("JNJ", 4, 160.0), Trade("JNJ", -1, 150.0)])
    assert result.before.symbols == result.after.symbols == ("AAPL", "XOM", "JNJ")
    assert (result.before.quantities[2], result.after.quantities[2]) == (0.0, 3.0)
    assert result.after.prices[2] == 150.0
    assert result.after.cash == 2_000.0 - 4 * 160.0 + 150.0
    assert result.before.weights()[2] == 0.0


def test_covering_a_short_takes_cash_and_leaves_nothing() -> None:
    result = simulate_trades(HELD, [Trade("XOM", 20, 50.0)])
    assert result.after.quantities[1] == 0.0
    assert result.after.value.short_value == 0.0
    assert result.after.cash == 1_000.0


def test_a_measure_is_compared_and_its_refusal_is_a_reason() -> None:
    result = simulate_trades(HELD, [Trade("AAPL", 10, 100.0)])
    change = compare(result, lambda held: concentration(held.market_values).herfindahl_index)
    assert change.before == pytest.approx(0.5)
    assert change.change == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2 - 0.5)
    ruined = simulate_trades(HELD, [Trade("AAPL", 10, 5_000.0)])
    weight = compare(ruined, lambda held: float(held.weights()[0]))
    assert (weight.before, weight.after, weight.change, weight.reason_before) == (0.5, None, None, None)
    assert weight.reason_after is not None
    assert "Net asset value" in weight.reason_after


@given(st.lists(st.tuples(amounts, prices), max_size=6), amounts)
def test_no_trades_change_nothing(rows: list[tuple[float, float]], cash: float) -> None:
    held = Holdings(
        tuple(str(i) for i in range(len(rows))), np.array([q for q, _ in rows]), np.array([p for _, p in rows]), cash
    )
    result = simulate_trades(held, [])
    assert result.before.symbols == result.after.symbols == held.symbols
    np.testing.assert_array_equal(result.after.quantities, held.quantities)
    np.testing.assert_array_equal(result.after.prices, held.prices)
    assert (result.after.cash, result.traded_value) == (cash, 0)
    assert result.after.value == result.before.value == held.value


@settings(max_examples=200)
@given(trades)
def test_nav_changes_by_what_trades_gained_against_the_current_price(made: list[Trade]) -> None:
    result = simulate_trades(HELD, made)
    price = dict(zip(result.after.symbols, result.after.prices, strict=True))
    gained = sum(trade.quantity * (price[trade.symbol] - trade.price) for trade in made)
    assert result.after.value.nav - result.before.value.nav == pytest.approx(gained, abs=1e-4)
    if result.after.value.nav > 1:
        assert result.after.weights().sum() + result.after.cash_weight() == pytest.approx(1.0, abs=1e-6)


@given(trades)
def test_trades_undone_leave_everything_as_it_was(made: list[Trade]) -> None:
    back = [Trade(trade.symbol, -trade.quantity, trade.price) for trade in reversed(made)]
    result = simulate_trades(HELD, [*made, *back])
    np.testing.assert_allclose(result.after.quantities, result.before.quantities, atol=1e-8)
    assert result.after.cash == pytest.approx(HELD.cash, abs=1e-4)


def test_a_position_without_a_price_is_in_no_value() -> None:
    held = Holdings(("AAPL", "GONE"), np.array([10.0, 5.0]), np.array([100.0, np.nan]), cash=0.0)
    assert simulate_trades(held, []).after.value.nav == 1_000.0


@pytest.mark.parametrize(
    ("quantity", "price"), [(1, 0.0), (1, -5.0), (1, np.nan), (1, np.inf), (np.nan, 5.0), (np.inf, 5.0)]
)
def test_a_trade_that_is_none_is_refused(quantity: float, price: float) -> None:
    with pytest.raises(InvalidInput):
        Trade("AAPL", quantity, price)


def test_holdings_name_each_symbol_once() -> None:
    with pytest.raises(InvalidInput):
        Holdings(("AAPL", "AAPL"), np.ones(2), np.ones(2), 0.0)
    with pytest.raises(InvalidInput):
        Holdings(("AAPL",), np.ones(2), np.ones(1), 0.0)
    with pytest.raises(NonPositiveNav):
        Holdings((), np.empty(0), np.empty(0), 0.0).weights()
