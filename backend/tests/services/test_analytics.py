"""What the measures leave out, and that they say so."""

from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from app.db import Database
from app.models import User
from app.services.analytics import AnalyticsService, PortfolioNotFound
from tests.builders import (
    FIRST_DAY,
    make_cash_flow,
    make_instrument,
    make_portfolio,
    make_position,
    make_user,
    scope_of,
)

DAYS = 300
LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)


def walk(seed: int, days: int = DAYS) -> list[float]:
    steps = np.random.default_rng(seed).normal(0, 0.01, days)
    return [float(price) for price in 100 * np.cumprod(1 + steps)]


async def test_a_position_with_a_short_history_is_taken_out_with_its_value_and_named(
    database: Database, user: User
) -> None:
    closes = walk(1)
    await make_instrument(database, "OLD", closes)
    await make_instrument(database, "YOUNG", walk(2, 40), first_day=LAST_DAY - timedelta(days=39))
    both = await make_portfolio(database, user, benchmark="OLD", opening_cash=500)
    await make_position(database, both, symbol="OLD", quantity=10)
    await make_position(database, both, symbol="YOUNG", quantity=20)
    alone = await make_portfolio(database, user, benchmark="OLD", opening_cash=500)
    await make_position(database, alone, symbol="OLD", quantity=10)
    async with database.session(scope_of(user)) as session:
        analytics = AnalyticsService(session)
        mixed, single = await analytics.volatility(both.id), await analytics.volatility(alone.id)
        tail = await analytics.value_at_risk(both.id, window=252)
    assert mixed.volatility_252d == pytest.approx(single.volatility_252d)
    assert mixed.volatility_21d != pytest.approx(single.volatility_21d)
    assert mixed.coverage.included == ["OLD"]
    (left_out,) = mixed.coverage.excluded
    assert (left_out.symbol, left_out.reason) == (
        "YOUNG",
        "It has 39 of the 227 daily returns that 252 days ask for.",
    )
    assert mixed.coverage.share_of_gross is not None
    assert 0 < mixed.coverage.share_of_gross < 1
    covered_nav = 500 + 10 * closes[-1]
    assert tail.levels[0].value_at_risk_amount == pytest.approx(tail.levels[0].value_at_risk * covered_nav)
    assert "of the covered holdings" in tail.warnings[-1]


async def test_a_position_without_a_price_is_in_no_figure_and_named(database: Database, user: User) -> None:
    await make_instrument(database, "OLD", walk(1))
    await make_instrument(database, "NEVER")
    portfolio = await make_portfolio(database, user, benchmark="OLD", opening_cash=500)
    await make_position(database, portfolio, symbol="OLD", quantity=10)
    await make_position(database, portfolio, symbol="NEVER", quantity=20, entry_price=50)
    async with database.session(scope_of(user)) as session:
        analytics = AnalyticsService(session)
        answer, overview = await analytics.positions(portfolio.id), await analytics.overview(portfolio.id)
        quality = await analytics.data_quality(portfolio.id)
    never = answer.positions[-1]
    assert (never.symbol, never.market_value, never.weight, never.day_pnl) == ("NEVER", None, None, None)
    assert never.reason == "No price is known."
    assert overview.valuation.nav == pytest.approx(500 + 10 * walk(1)[-1])
    assert overview.warnings == ["Without a price and in no figure: NEVER."]
    assert [gap.symbol for gap in quality.gaps] == ["NEVER"]
    assert not quality.complete


async def test_a_gap_is_filled_and_reported(database: Database, user: User) -> None:
    await make_instrument(database, "MARKET", [100.0, 101.0, 102.0, 103.0, 104.0])
    await make_instrument(database, "HOLED", [50.0, 51.0])
    portfolio = await make_portfolio(database, user, benchmark="MARKET")
    await make_position(database, portfolio, symbol="HOLED", quantity=2, entry_price=50)
    async with database.session(scope_of(user)) as session:
        analytics = AnalyticsService(session)
        quality, positions = await analytics.data_quality(portfolio.id), await analytics.positions(portfolio.id)
        performance = await analytics.performance(portfolio.id)
    assert [(gap.symbol, gap.reason) for gap in quality.gaps] == [
        ("HOLED", "3 trading days without a price, the newest on 2022-01-07.")
    ]
    assert (positions.positions[0].price, positions.positions[0].price_date) == (51.0, date(2022, 1, 4))
    assert positions.warnings == ["HOLED has had no price since 2022-01-04; it is valued at that close."]
    assert [point.nav for point in performance.series] == [100.0, 102.0, 102.0, 102.0, 102.0]


async def test_a_short_sold_at_50_and_now_at_45_shows_a_gain(database: Database, user: User) -> None:
    await make_instrument(database, "DOWN", [50.0, 48.0, 45.0])
    portfolio = await make_portfolio(database, user, benchmark="DOWN", opening_cash=2000)
    await make_position(database, portfolio, symbol="DOWN", quantity=-10, entry_price=50)
    async with database.session(scope_of(user)) as session:
        analytics = AnalyticsService(session)
        (short,) = (await analytics.positions(portfolio.id)).positions
        movers, overview = await analytics.daily_movers(portfolio.id), await analytics.overview(portfolio.id)
    assert (short.side, short.market_value, short.unrealized_pnl, short.day_pnl) == ("short", -450.0, 50.0, 30.0)
    assert short.unrealized_return == pytest.approx(0.1)
    assert short.day_return == pytest.approx(30 / 480)
    assert short.weight == pytest.approx(-450 / 1550)
    assert [mover.symbol for mover in movers.gainers] == ["DOWN"]
    assert movers.gainers[0].contribution == pytest.approx(30 / 1520)
    assert (overview.total_pnl, overview.day_pnl, overview.valuation.nav) == (50.0, 30.0, 1550.0)


async def test_a_long_and_a_short_in_one_symbol_stand_on_both_sides(database: Database, user: User) -> None:
    await make_instrument(database, "BOXED", walk(3))
    portfolio = await make_portfolio(database, user, benchmark="BOXED", opening_cash=10_000)
    for quantity in (10, -4):
        await make_position(database, portfolio, symbol="BOXED", quantity=quantity, entry_price=100)
    async with database.session(scope_of(user)) as session:
        analytics = AnalyticsService(session)
        overview, movers = await analytics.overview(portfolio.id), await analytics.daily_movers(portfolio.id)
        concentration, sectors = (
            await analytics.concentration(portfolio.id),
            await analytics.sector_exposure(portfolio.id),
        )
    price = walk(3)[-1]
    assert overview.valuation.long_value == pytest.approx(10 * price)
    assert overview.valuation.short_value == pytest.approx(-4 * price)
    assert overview.top_position_weight == pytest.approx(6 * price / overview.valuation.nav)
    assert {mover.side for mover in movers.gainers + movers.losers} == {"long", "short"}
    assert concentration.largest[0].market_value == pytest.approx(6 * price)
    assert sectors.sectors[0].net_value == pytest.approx(6 * price)


async def test_a_purchase_of_today_is_valued_at_the_newest_close(database: Database, user: User) -> None:
    await make_instrument(database, "OLD", walk(1))
    portfolio = await make_portfolio(database, user, benchmark="OLD")
    tomorrow = LAST_DAY + timedelta(days=1)
    await make_position(database, portfolio, symbol="OLD", quantity=1, entry_date=tomorrow, entry_price=90)
    async with database.session(scope_of(user)) as session:
        analytics = AnalyticsService(session)
        overview, answer = await analytics.overview(portfolio.id), await analytics.positions(portfolio.id)
    assert overview.valuation.nav == pytest.approx(walk(1)[-1])
    assert answer.positions[0].day_pnl == answer.positions[0].unrealized_pnl == pytest.approx(walk(1)[-1] - 90)
    assert overview.day_pnl == overview.total_pnl == pytest.approx(walk(1)[-1] - 90)
    assert overview.warnings == [f"Bought after the newest close and valued at the close of {LAST_DAY}: OLD."]


async def test_too_short_a_window_for_a_confidence_is_a_reason(database: Database, user: User) -> None:
    await make_instrument(database, "OLD", walk(1))
    portfolio = await make_portfolio(database, user, benchmark="OLD")
    await make_position(database, portfolio, symbol="OLD")
    async with database.session(scope_of(user)) as session:
        answer = await AnalyticsService(session).value_at_risk(portfolio.id, window=60)
    assert {level.confidence for level in answer.levels} == {0.95}
    assert answer.unavailable["levels"] == "Value at risk at 99.0% needs at least 100 daily returns; there are 60."


async def test_only_the_largest_holdings_are_correlated_and_the_rest_is_named(database: Database, user: User) -> None:
    portfolio = await make_portfolio(database, user, benchmark="A")
    for seed, symbol in enumerate("ABC"):
        await make_instrument(database, symbol, walk(seed))
        await make_position(database, portfolio, symbol=symbol, quantity=10 ** (3 - seed))
    async with database.session(scope_of(user)) as session:
        answer = await AnalyticsService(session).correlation_matrix(portfolio.id, limit=2)
    assert sorted(answer.symbols) == ["A", "B"]
    assert [left_out.symbol for left_out in answer.coverage.excluded] == ["C"]
    assert answer.average == answer.highest[0].correlation == answer.values[0][1]


async def test_new_prices_replace_what_is_kept_in_memory(database: Database, user: User) -> None:
    await make_instrument(database, "OLD", [10.0, 11.0])
    portfolio = await make_portfolio(database, user, benchmark="OLD")
    await make_position(database, portfolio, symbol="OLD", quantity=1)
    async with database.session(scope_of(user)) as session:
        before = await AnalyticsService(session).overview(portfolio.id)
    async with database.session() as session:
        await session.execute(text("update prices set close = 12 where date = :day"), {"day": date(2022, 1, 4)})
        await session.execute(text("update market_data_state set version = version + 1"))
    async with database.session(scope_of(user)) as session:
        after = await AnalyticsService(session).overview(portfolio.id)
    assert (before.valuation.nav, after.valuation.nav) == (11.0, 12.0)


async def test_a_large_portfolio_is_worked_out_off_the_loop_with_the_same_figures(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_instrument(database, "OLD", walk(1))
    portfolio = await make_portfolio(database, user, benchmark="OLD")
    await make_position(database, portfolio, symbol="OLD", quantity=1)
    async with database.session(scope_of(user)) as session:
        inline = await AnalyticsService(session).overview(portfolio.id)
        monkeypatch.setattr("app.services.analytics.compute.CELLS_OFF_THE_LOOP", 0)
        threaded = await AnalyticsService(session).overview(portfolio.id)
    assert threaded == inline


async def test_anothers_portfolio_is_not_there(database: Database, user: User) -> None:
    theirs = await make_portfolio(database, await make_user(database))
    async with database.session(scope_of(user)) as session:
        with pytest.raises(PortfolioNotFound):
            await AnalyticsService(session).overview(theirs.id)


async def test_no_fall_is_told_across_days_whose_return_is_unknown(database: Database, user: User) -> None:
    """It fell by a tenth before more was taken out than was there."""
    await make_instrument(database, "ACME", [100.0, 90.0, 95.0, 60.0, 97.0, 98.0])
    portfolio = await make_portfolio(database, user, benchmark="ACME", opening_cash=0)
    await make_position(database, portfolio, symbol="ACME", quantity=10)
    await make_cash_flow(database, portfolio, date=FIRST_DAY + timedelta(days=2), amount=-1000)
    async with database.session(scope_of(user)) as session:
        found = await AnalyticsService(session).drawdowns(portfolio.id)

    assert (found.max_drawdown, found.current_drawdown, found.worst) == (None, None, [])
    assert found.unavailable["worst"] == found.unavailable["max_drawdown"]
    assert found.unavailable["worst"].startswith("The return of ")
