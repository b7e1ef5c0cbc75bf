"""What must hold for every portfolio."""

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics import returns as rets
from app.analytics.beta import beta_regression, beta_regressions
from app.analytics.concentration import concentration
from app.analytics.drawdown import drawdown_series, drawdowns
from app.analytics.snapshots import CashFlow, DailySnapshots, Lot, daily_snapshots
from app.analytics.valuation import portfolio_value, position_value, weights
from app.analytics.value_at_risk import historical_value_at_risk
from app.analytics.volatility import annualized_volatility
from tests.bundled import DemoLot, Market

FIRST = date(2022, 1, 3)
DAYS = np.arange(np.datetime64(FIRST), np.datetime64(FIRST) + 12)
ASSETS = 4
CENTS = 0.005

prices = st.floats(min_value=1, max_value=1000).map(lambda price: round(price, 2))
quantities = st.floats(min_value=-5000, max_value=5000).map(lambda quantity: round(quantity, 3)).filter(bool)
offsets = st.integers(min_value=-3, max_value=14)


@st.composite
def lots(draw: st.DrawFn) -> Lot:
    entry = draw(offsets)
    closes_later = draw(st.booleans())
    return Lot(
        asset=draw(st.integers(0, ASSETS - 1)),
        quantity=draw(quantities),
        entry_date=FIRST + timedelta(days=entry),
        entry_price=draw(prices),
        exit_date=FIRST + timedelta(days=entry + draw(st.integers(0, 10))) if closes_later else None,
        exit_price=draw(prices) if closes_later else None,
    )


@st.composite
def close_matrices(draw: st.DrawFn) -> np.ndarray:
    closes = np.array(draw(st.lists(prices, min_size=12 * ASSETS, max_size=12 * ASSETS))).reshape(12, ASSETS)
    for asset in range(ASSETS):
        closes[: draw(st.sampled_from([0, 0, 0, 3, 12])), asset] = np.nan
    return closes


flows = st.builds(
    CashFlow,
    day=offsets.map(lambda days: FIRST + timedelta(days=days)),
    amount=st.floats(-1e6, 1e6).map(lambda amount: round(amount, 2)),
)


def lot_profit(lot: Lot, closes: np.ndarray) -> float:
    """Profit of one lot up to the last day, told without flows or NAV."""
    if lot.exit_price is not None:
        return lot.quantity * (lot.exit_price - lot.entry_price)
    price = closes[-1, lot.asset]
    return 0.0 if np.isnan(price) else lot.quantity * (price - lot.entry_price)


@settings(max_examples=200, deadline=None)
@given(st.lists(lots(), max_size=6), st.lists(flows, max_size=3), close_matrices())
def test_nav_is_the_previous_nav_plus_pnl_plus_flow(held: list[Lot], paid: list[CashFlow], closes: np.ndarray) -> None:
    rows = daily_snapshots(DAYS, closes, held, paid)
    previous = np.concatenate(([0.0], rows.nav))[:-1]
    np.testing.assert_allclose(rows.nav, previous + rows.pnl + rows.flow, rtol=0, atol=CENTS)
    np.testing.assert_allclose(rows.nav, rows.cash + rows.long_value + rows.short_value, rtol=0, atol=CENTS)
    assert rows.pnl.sum() == pytest.approx(sum(lot_profit(lot, closes) for lot in held), abs=CENTS)
    for field in (rows.nav, rows.cash, rows.long_value, rows.short_value, rows.pnl, rows.flow):
        assert np.isfinite(field).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(lots(), max_size=6), st.lists(flows, max_size=3), close_matrices(), st.randoms())
def test_snapshots_do_not_depend_on_the_order_of_lots(
    held: list[Lot], paid: list[CashFlow], closes: np.ndarray, random: Random
) -> None:
    shuffled, repaid = list(held), list(paid)
    random.shuffle(shuffled)
    random.shuffle(repaid)
    first, second = daily_snapshots(DAYS, closes, held, paid), daily_snapshots(DAYS, closes, shuffled, repaid)
    np.testing.assert_array_equal(first.days, second.days)
    np.testing.assert_allclose(first.nav, second.nav, rtol=0, atol=CENTS)
    np.testing.assert_allclose(first.pnl, second.pnl, rtol=0, atol=CENTS)


@given(st.lists(st.floats(-1e7, 1e7), min_size=1, max_size=20), st.floats(-1e7, 1e7))
def test_weights_with_cash_sum_to_one(values: list[float], cash: float) -> None:
    market_values = np.array(values)
    value = portfolio_value(market_values, cash)
    if value.nav > 1.0:
        total = weights(market_values, value.nav).sum() + cash / value.nav
        assert total == pytest.approx(1.0, abs=1e-9 * (1 + value.gross_exposure / value.nav))


def history(market: Market, demo_lots: list[DemoLot], portfolio: str, scale: float = 1.0) -> DailySnapshots:
    mine = [lot for lot in demo_lots if lot.portfolio == portfolio]
    held = [
        Lot(market.symbols.index(lot.symbol), scale * lot.quantity, lot.entry_date, lot.entry_price)
        for lot in mine
        if lot.symbol != "CASH"
    ]
    cash = [CashFlow(lot.entry_date, scale * lot.quantity) for lot in mine if lot.symbol == "CASH"]
    return daily_snapshots(market.days, market.closes, held, cash)


@pytest.mark.parametrize("portfolio", ["Balanced Individual", "Concentrated Technology", "Long/Short Equity"])
def test_doubling_every_position_leaves_returns_and_risk_as_they_are(
    market: Market, demo_lots: list[DemoLot], portfolio: str
) -> None:
    once, twice = history(market, demo_lots, portfolio), history(market, demo_lots, portfolio, scale=2.0)
    np.testing.assert_allclose(twice.nav, 2 * once.nav, rtol=1e-12)
    np.testing.assert_allclose(twice.daily_return, once.daily_return, rtol=1e-8, atol=1e-14)
    assert annualized_volatility(twice.daily_return) == pytest.approx(annualized_volatility(once.daily_return))
    first, second = (historical_value_at_risk(run.daily_return, 0.95) for run in (once, twice))
    assert second.value_at_risk == pytest.approx(first.value_at_risk)


@pytest.mark.parametrize("portfolio", ["Balanced Individual", "Concentrated Technology", "Long/Short Equity"])
def test_the_last_snapshot_is_the_valuation_of_the_holdings(
    market: Market, demo_lots: list[DemoLot], portfolio: str
) -> None:
    mine = [lot for lot in demo_lots if lot.portfolio == portfolio and lot.symbol != "CASH"]
    cash = sum(lot.quantity for lot in demo_lots if lot.portfolio == portfolio and lot.symbol == "CASH")
    values = position_value(
        np.array([lot.quantity for lot in mine]), np.array([market.close(lot.symbol)[-1] for lot in mine])
    )
    rows = history(market, demo_lots, portfolio)
    value = portfolio_value(values, cash)
    assert rows.nav[-1] == pytest.approx(value.nav, abs=CENTS)
    assert rows.gross_exposure[-1] == pytest.approx(value.gross_exposure, abs=CENTS)
    assert rows.net_exposure[-1] == pytest.approx(value.net_exposure, abs=CENTS)
    assert rows.days.shape[0] == int((market.days >= np.datetime64(mine[0].entry_date)).sum())


@given(st.lists(st.floats(-2, 2), min_size=4, max_size=4))
@settings(max_examples=50, deadline=None)
def test_the_portfolios_beta_is_the_weighted_sum_of_its_positions_betas(exposures: list[float]) -> None:
    rng = np.random.default_rng(11)
    benchmark = rng.normal(0, 0.01, 252)
    assets = benchmark[:, None] * rng.normal(1, 0.3, 4) + rng.normal(0, 0.01, (252, 4))
    chosen = np.array([*exposures[:3], 1.0])
    own = beta_regression(rets.portfolio_returns(assets, chosen), benchmark)
    assert own.beta == pytest.approx(float(chosen @ beta_regressions(assets, benchmark).beta), abs=1e-9)


def test_the_weighted_betas_of_real_holdings_add_up(market: Market) -> None:
    assets = rets.simple_returns(market.closes)[-252:]
    benchmark = rets.simple_returns(market.close("SP500"))[-252:]
    chosen = np.linspace(-0.3, 0.5, assets.shape[1])
    own = beta_regression(rets.portfolio_returns(assets, chosen), benchmark)
    assert own.beta == pytest.approx(float(chosen @ beta_regressions(assets, benchmark).beta), rel=1e-9)


@given(st.lists(st.floats(-1e6, 1e6).filter(lambda value: abs(value) > 1e-3), min_size=1, max_size=30))
def test_concentration_lies_between_equal_and_single(values: list[float]) -> None:
    result = concentration(np.array(values))
    assert 1 / len(values) - 1e-9 <= result.herfindahl_index <= 1 + 1e-9
    assert 1 - 1e-9 <= result.effective_positions <= len(values) + 1e-6
    assert result.top(1) <= result.top(3) + 1e-12 <= result.top(10) + 2e-12
    assert result.top(len(values)) == pytest.approx(1.0)


@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=60))
def test_drawdowns_cover_every_day_below_the_peak_once(daily: list[float]) -> None:
    growth = rets.growth(np.array(daily))
    below = drawdown_series(growth) < 0
    covered = np.zeros(len(daily), dtype=int)
    for fall in drawdowns(growth):
        covered[fall.start + 1 : len(daily) if fall.recovery is None else fall.recovery] += 1
        assert fall.depth == drawdown_series(growth)[fall.trough]
    np.testing.assert_array_equal(covered, below.astype(int))


@given(st.lists(st.floats(-0.2, 0.2), min_size=100, max_size=150))
@settings(max_examples=50, deadline=None)
def test_expected_shortfall_is_never_below_value_at_risk(daily: list[float]) -> None:
    for confidence in (0.95, 0.99):
        risk = historical_value_at_risk(np.array(daily), confidence)
        assert risk.expected_shortfall >= risk.value_at_risk - 1e-15
    assert historical_value_at_risk(np.array(daily), 0.99).value_at_risk >= risk.value_at_risk - 1e-15
