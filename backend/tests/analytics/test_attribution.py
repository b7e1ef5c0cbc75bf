from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics.attribution import Attribution, Period, attribution, in_cents
from app.analytics.errors import InvalidInput
from app.analytics.factors import STYLE_PROXIES, factor_returns, ordinary_least_squares
from app.analytics.groups import sums_by_group
from app.analytics.returns import simple_returns
from app.analytics.snapshots import CashFlow, Lot, daily_snapshots
from tests.analytics.conftest import DemoLot, Market
from tests.analytics.test_identities import ASSETS, CENTS, DAYS, close_matrices, lots

PORTFOLIOS = ["Balanced Individual", "Concentrated Technology", "Long/Short Equity"]
NO_FACTORS = np.empty((12, 0)), np.empty((ASSETS, 0))


def profit_of_rows(days: np.ndarray, closes: np.ndarray, held: list[Lot], period: Period) -> float:
    """The daily snapshots' profit over the rows of a period."""
    rows = daily_snapshots(days, closes, held, [CashFlow(days[0].item(), 1e6)])
    chosen = (rows.days >= days[period.first]) & (rows.days <= days[period.last])
    return float(rows.pnl[chosen].sum())


@settings(max_examples=200, deadline=None)
@given(st.lists(lots(), max_size=6), close_matrices(), st.integers(0, 11), st.integers(0, 11), st.integers(0, 10**6))
def test_every_view_sums_to_the_profit_of_the_snapshots(
    held: list[Lot], closes: np.ndarray, one: int, other: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    period = Period(min(one, other), max(one, other))
    moves, beta = rng.normal(0, 0.02, (12, 2)), rng.normal(1, 1, (ASSETS, 2))
    moves[rng.integers(12)] = np.nan
    beta[rng.integers(ASSETS)] = np.nan
    result = attribution(DAYS, closes, held, period, moves, beta)
    expected = profit_of_rows(DAYS, closes, held, period)
    assert result.total == pytest.approx(expected, abs=CENTS)
    assert result.by_factor.sum() + result.specific == pytest.approx(expected, abs=CENTS)
    sectors = sums_by_group([str(lot.asset) for lot in held], result.by_lot)
    assert sectors.sums.sum() == pytest.approx(expected, abs=CENTS)
    assert in_cents(result.by_lot, expected).sum() == pytest.approx(round(expected * 100) / 100, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.lists(lots(), min_size=1, max_size=5), close_matrices(), st.integers(0, 10), st.integers(0, 10**6))
def test_periods_that_follow_each_other_add_up(held: list[Lot], closes: np.ndarray, split: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    moves, beta = rng.normal(0, 0.02, (12, 2)), rng.normal(1, 1, (ASSETS, 2))
    first, second, whole = (
        attribution(DAYS, closes, held, period, moves, beta)
        for period in (Period(0, split), Period(split + 1, 11), Period(0, 11))
    )
    np.testing.assert_allclose(first.by_lot + second.by_lot, whole.by_lot, atol=CENTS)
    np.testing.assert_allclose(first.by_factor + second.by_factor, whole.by_factor, atol=CENTS)


def demo(market: Market, demo_lots: list[DemoLot], portfolio: str) -> list[Lot]:
    return [
        Lot(market.symbols.index(lot.symbol), lot.quantity, lot.entry_date, lot.entry_price)
        for lot in demo_lots
        if lot.portfolio == portfolio and lot.symbol != "CASH"
    ]


def of_factors(market: Market) -> tuple[np.ndarray, np.ndarray]:
    returns = simple_returns(market.closes)
    column = {symbol: returns[:, i] for i, symbol in enumerate(market.symbols)}
    factors = factor_returns(column["SP500"], {name: column[proxy] for name, proxy in STYLE_PROXIES.items()})
    moves = np.vstack([np.full((1, 6), np.nan), factors.returns])
    return moves, ordinary_least_squares(returns, factors).beta


@pytest.mark.parametrize("portfolio", PORTFOLIOS)
@pytest.mark.parametrize("days", [1, 21, 252, None])
def test_real_portfolios_sum_to_the_cent(
    market: Market, demo_lots: list[DemoLot], portfolio: str, days: int | None
) -> None:
    held, last = demo(market, demo_lots, portfolio), len(market.days) - 1
    period = Period(0 if days is None else last - days + 1, last)
    result = attribution(market.days, market.closes, held, period, *of_factors(market))
    expected = profit_of_rows(market.days, market.closes, held, period)
    sectors = sums_by_group([market.symbols[lot.asset] for lot in held], result.by_lot)
    for view in (result.by_lot, sectors.sums, np.append(result.by_factor, result.specific)):
        cents = np.rint(in_cents(view, expected) * 100).astype(int)
        assert cents.sum() == round(expected * 100)
        np.testing.assert_allclose(cents / 100, view, atol=0.01)


def test_factor_profit_is_exposure_times_return_of_each_day(market: Market, demo_lots: list[DemoLot]) -> None:
    held, last = demo(market, demo_lots, "Long/Short Equity"), len(market.days) - 1
    moves, beta = of_factors(market)
    result = attribution(market.days, market.closes, held, Period(last - 20, last), moves, beta)
    expected = np.zeros(6)
    for row in range(last - 20, last + 1):
        exposure = sum(lot.quantity * market.closes[row - 1, lot.asset] * beta[lot.asset] for lot in held)
        expected += exposure * moves[row]
    np.testing.assert_allclose(result.by_factor, expected, rtol=1e-10)


def test_a_fund_of_a_factor_owes_its_profit_to_it(market: Market) -> None:
    column, last = market.symbols.index("SP500"), len(market.days) - 1
    held = [Lot(column, 10.0, date(2015, 1, 2), 2000.0)]
    result = attribution(market.days, market.closes, held, Period(last - 251, last), *of_factors(market))
    assert result.by_factor[0] == pytest.approx(result.total, rel=1e-6)
    assert result.specific == pytest.approx(0.0, abs=1e-3)


def test_entries_and_exits_within_the_period_count_from_and_to_their_prices() -> None:
    closes = np.column_stack([np.arange(100.0, 112.0)] * ASSETS)
    first = DAYS[0].item()
    bought = Lot(0, 10.0, first + timedelta(days=5), 104.5)
    sold = Lot(1, 10.0, first, 99.0, exit_date=first + timedelta(days=5), exit_price=105.5)
    short = Lot(2, -10.0, first, 100.0)
    result = attribution(DAYS, closes, [bought, sold, short], Period(4, 6), *NO_FACTORS)
    assert result.by_lot.tolist() == pytest.approx([10 * (106 - 104.5), 10 * (105.5 - 103), -10 * (106 - 103)])
    assert result.specific == pytest.approx(result.total)


def test_a_lot_outside_the_period_earns_nothing_in_it() -> None:
    closes = np.column_stack([np.arange(100.0, 112.0)] * ASSETS)
    first = DAYS[0].item()
    later = Lot(0, 10.0, first + timedelta(days=8), 104.5)
    earlier = Lot(1, 10.0, first, 99.0, exit_date=first + timedelta(days=2), exit_price=105.5)
    result = attribution(DAYS, closes, [later, earlier], Period(4, 6), *NO_FACTORS)
    assert result.by_lot.tolist() == [0.0, 0.0]
    assert attribution(DAYS, closes, [], Period(0, 11), *NO_FACTORS) == Attribution(
        by_lot=pytest.approx(np.empty(0)), by_factor=pytest.approx(np.empty(0)), specific=0.0
    )


@given(st.lists(st.floats(-1e9, 1e9), max_size=50))
def test_cents_sum_to_the_rounded_total_and_none_moves_by_more_than_one(amounts: list[float]) -> None:
    total = float(np.sum(amounts))
    rounded = in_cents(np.array(amounts), total)
    cents = np.rint(rounded * 100)
    np.testing.assert_allclose(rounded * 100, cents, atol=1e-4)
    assert cents.sum() == round(total * 100)
    np.testing.assert_allclose(rounded, amounts, atol=0.01 + 1e-6)


def test_thirds_of_a_dollar_sum_to_it() -> None:
    assert in_cents(np.full(3, 1 / 3), 1.0).tolist() == [0.34, 0.33, 0.33]
    assert in_cents(np.full(3, -1 / 3), -1.0).tolist() == [-0.33, -0.33, -0.34]


def test_half_a_cent_follows_the_total() -> None:
    assert in_cents(np.array([0.02, 0.005]), 0.0249).tolist() == [0.02, 0.0]
    assert in_cents(np.array([0.02, 0.005]), 0.0251).tolist() == [0.02, 0.01]
    assert in_cents(np.array([0.02, 0.01]), 0.0251).tolist() == [0.02, 0.01]
    assert in_cents(np.array([-0.02, 0.01]), -0.0149).tolist() == [-0.02, 0.01]
    assert in_cents(np.array([0.02, 0.01]), 0.025).tolist() == [0.02, 0.0]


def test_what_does_not_fit_is_refused() -> None:
    closes = np.ones((12, ASSETS))
    for period in (Period(-1, 3), Period(5, 4), Period(0, 12)):
        with pytest.raises(InvalidInput):
            attribution(DAYS, closes, [], period, *NO_FACTORS)
    with pytest.raises(InvalidInput):
        attribution(DAYS, closes, [], Period(0, 1), np.empty((11, 0)), NO_FACTORS[1])
    with pytest.raises(InvalidInput):
        in_cents(np.array([np.nan]), 0.0)
    with pytest.raises(InvalidInput):
        in_cents(np.array([1.0, 2.0]), 3.1)
