from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import select, text

from app.analytics.beta import beta_regression
from app.analytics.returns import simple_returns
from app.analytics.volatility import annualized_volatility
from app.db import Database
from app.models import Portfolio, PortfolioSnapshot, User
from app.services import snapshot
from app.services.analytics import PortfolioNotFound
from tests.api.holdings import make_demo_portfolio
from tests.builders import FIRST_DAY, make_instrument, make_portfolio, make_position, make_user, scope_of
from tests.bundled import read_market

CENT = 0.005


async def stored(database: Database, user: User, portfolio: Portfolio) -> list[PortfolioSnapshot]:
    statement = select(PortfolioSnapshot).where(PortfolioSnapshot.portfolio_id == portfolio.id)
    async with database.session(scope_of(user)) as session:
        return list(await session.scalars(statement.order_by(PortfolioSnapshot.date)))


async def recompute(database: Database, user: User, portfolio: Portfolio) -> int:
    async with database.session(scope_of(user)) as session:
        return await snapshot.recompute(session, portfolio.id)


@pytest.mark.market_data
async def test_every_trading_day_since_the_first_entry_is_stored_and_adds_up(database: Database, user: User) -> None:
    portfolio = await make_demo_portfolio(database, user, "Long/Short Equity")
    count = await recompute(database, user, portfolio)
    rows = await stored(database, user, portfolio)
    days = [day for day in read_market().days.tolist() if day >= date(2021, 1, 4)]
    assert [row.date for row in rows] == days
    assert count == len(days)
    for before, row in zip([None, *rows[:-1]], rows, strict=True):
        assert row.nav == pytest.approx((before.nav if before else 0) + row.pnl + row.flow, abs=CENT)
        assert row.nav == pytest.approx(row.cash + row.long_value + row.short_value, abs=CENT)
        assert row.gross_exposure == pytest.approx(row.long_value - row.short_value, abs=CENT)
        assert row.net_exposure == pytest.approx(row.long_value + row.short_value, abs=CENT)


@pytest.mark.market_data
async def test_only_days_that_changed_are_written_again(database: Database, user: User) -> None:
    portfolio = await make_demo_portfolio(database, user, "Balanced Individual")
    await recompute(database, user, portfolio)
    before = await _written(database, user, portfolio)
    first, *_, gone, last = sorted(before)
    wanted = {row.date: row.nav for row in await stored(database, user, portfolio)}

    async with database.session(scope_of(user)) as session:
        mine = {"id": portfolio.id, "gone": gone, "last": last, "extra": first - timedelta(days=30)}
        await session.execute(text("delete from portfolio_snapshots where portfolio_id = :id and date = :gone"), mine)
        changed = "update portfolio_snapshots set {} where portfolio_id = :id and date = :{}"
        await session.execute(text(changed.format("beta_90d = null", "last")), mine)
        await session.execute(text(changed.format("date = :extra", "first")), mine | {"first": first})
    await recompute(database, user, portfolio)

    after = await _written(database, user, portfolio)
    assert {day for day in after if after[day] != before[day]} == {first, gone, last}
    assert {row.date: row.nav for row in await stored(database, user, portfolio)} == wanted
    await recompute(database, user, portfolio)
    assert await _written(database, user, portfolio) == after


async def _written(database: Database, user: User, portfolio: Portfolio) -> dict[date, int]:
    """Which transaction wrote each day."""
    statement = text("select date, xmin::text::bigint as written from portfolio_snapshots where portfolio_id = :id")
    async with database.session(scope_of(user)) as session:
        rows = await session.execute(statement, {"id": portfolio.id})
        return {row.date: row.written for row in rows}


@pytest.mark.market_data
async def test_trailing_figures_are_those_of_the_windows_own_days(database: Database, user: User) -> None:
    portfolio = await make_demo_portfolio(database, user, "Balanced Individual")
    await recompute(database, user, portfolio)
    rows = await stored(database, user, portfolio)
    returns = np.array([row.daily_return for row in rows], dtype=np.float64)
    market = simple_returns(read_market().close("SP500"))[-len(rows) :]
    assert [row.volatility_21d for row in rows[:20]] == [None] * 20
    assert [row.beta_90d for row in rows[:89]] == [None] * 89
    for i in (89, 400, len(rows) - 1):
        assert rows[i].volatility_21d == pytest.approx(annualized_volatility(returns[i - 20 : i + 1]), rel=1e-9)
        expected = beta_regression(returns[i - 89 : i + 1], market[i - 89 : i + 1]).beta
        assert rows[i].beta_90d == pytest.approx(expected, rel=1e-9)


async def test_a_rebuild_replaces_what_was_there(database: Database, user: User) -> None:
    await make_instrument(database, "UP", [10.0, 11.0, 12.0])
    portfolio = await make_portfolio(database, user, benchmark="UP")
    position = await make_position(database, portfolio, symbol="UP", quantity=1, entry_price=10)
    assert await recompute(database, user, portfolio) == 3
    async with database.session(scope_of(user)) as session:
        await session.execute(
            text("update positions set entry_date = :day where id = :id"),
            {"day": FIRST_DAY + timedelta(days=1), "id": position.id},
        )
        assert await snapshot.recompute(session, portfolio.id) == 2
    assert [(row.date.day, row.nav, row.pnl) for row in await stored(database, user, portfolio)] == [
        (4, 11.0, 1.0),
        (5, 12.0, 1.0),
    ]


async def test_an_empty_portfolio_has_no_days(database: Database, user: User) -> None:
    portfolio = await make_portfolio(database, user)
    assert await recompute(database, user, portfolio) == 0
    assert await stored(database, user, portfolio) == []


async def test_nobody_rebuilds_anothers_history(database: Database, user: User) -> None:
    theirs = await make_portfolio(database, await make_user(database))
    async with database.session(scope_of(user)) as session:
        with pytest.raises(PortfolioNotFound):
            await snapshot.recompute(session, theirs.id)
