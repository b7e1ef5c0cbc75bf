"""Lots across a split: what they are worth does not know of it, in whichever shares they were entered."""

from datetime import date, timedelta
from operator import attrgetter
from typing import Any

import numpy as np
import pytest

from app.analytics.options import OptionTerms, option_value
from app.db import Database
from app.models import Portfolio, Price, Split, User
from app.services.analytics import AnalyticsService
from app.services.analytics.book import Book, load
from app.services.analytics.data_quality import data_quality
from app.services.analytics.entries import UNTOLD
from app.services.analytics.positions import positions
from tests.builders import FIRST_DAY, make_instrument, make_portfolio, make_position, scope_of

COUNT, ENTERED, SPLIT_ON = 200, 70, 120
ENTRY_DAY = FIRST_DAY + timedelta(days=ENTERED)
SPLIT_DAY = FIRST_DAY + timedelta(days=SPLIT_ON)
EXPIRY = FIRST_DAY + timedelta(days=COUNT + 60)
MOVES = np.random.default_rng(7).normal(0.0005, 0.015, COUNT - 1)
# In shares of today, as all stored prices are
ACME: list[float] = (100 * np.exp(np.concatenate(([0.0], np.cumsum(MOVES))))).tolist()


@pytest.fixture
async def portfolio(database: Database, user: User) -> Portfolio:
    await make_instrument(database, "SP500", [4000.0 + day for day in range(COUNT)], asset_class="index", sector=None)
    await make_instrument(database, "ACME", ACME)
    return await make_portfolio(database, user, opening_cash=50_000)


async def split(database: Database, ratio: float, day: date = SPLIT_DAY) -> None:
    async with database.session() as session:
        session.add(Split(symbol="ACME", date=day, ratio=ratio, source="test"))


async def shares(database: Database, portfolio: Portfolio, factor: float, **columns: Any) -> None:
    """A hundred shares of today, stated in shares of which one is `factor` of today."""
    entry = {"symbol": "ACME", "entry_date": ENTRY_DAY, "quantity": 100 / factor, "entry_price": ACME[ENTERED] * factor}
    await make_position(database, portfolio, **(entry | columns))


async def contracts(database: Database, portfolio: Portfolio, factor: float, **columns: Any) -> None:
    """Eight calls on a hundred shares of today at 110, stated in shares of which one is `factor` of today."""
    years = (EXPIRY - ENTRY_DAY).days / 365
    price = option_value(OptionTerms("call", ACME[ENTERED], 110.0, years, 0.35)).value
    stated = {
        "symbol": f"ACME  {EXPIRY:%y%m%d}C{round(110_000 * factor):08d}", "underlying_symbol": "ACME",
        "option_type": "call", "strike": 110 * factor, "expiry": EXPIRY, "multiplier": 100, "quantity": 8 / factor,
        "entry_date": ENTRY_DAY, "entry_price": round(price * factor, 8),
    }  # fmt: skip
    await make_position(database, portfolio, position_class="OPTIONS", **(stated | columns))


async def book_of(database: Database, user: User, portfolio: Portfolio) -> Book:
    async with database.session(scope_of(user)) as session:
        return await load(session, portfolio.id)


@pytest.mark.parametrize("hold", [shares, contracts])
@pytest.mark.parametrize("ratio", [4.0, 1.5, 0.125])
async def test_a_lot_of_before_a_split_has_the_history_of_one_of_today(
    database: Database, user: User, portfolio: Portfolio, hold: Any, ratio: float
) -> None:
    of_today = await make_portfolio(database, user, opening_cash=50_000)
    await hold(database, of_today, 1.0)
    await hold(database, portfolio, ratio)
    await split(database, ratio)

    entered, restated = await book_of(database, user, of_today), await book_of(database, user, portfolio)

    for figure in ("nav", "cash", "pnl", "flow", "daily_return"):
        expected, found = (attrgetter(figure)(book.history) for book in (entered, restated))
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-4)
    assert restated.row.lots[0].symbol == entered.row.lots[0].symbol
    assert restated.row.lots[0].name == entered.row.lots[0].name
    assert (entered.row.lots[0].split_factor, restated.row.lots[0].split_factor) == (1.0, ratio)
    assert entered.doubtful_entries == restated.doubtful_entries == {}


async def test_the_day_of_the_split_is_a_day_like_any_other(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await shares(database, portfolio, 4.0)
    await split(database, 4.0)

    book = await book_of(database, user, portfolio)

    row = book.history.days.tolist().index(SPLIT_DAY)
    move = ACME[SPLIT_ON] - ACME[SPLIT_ON - 1]
    assert book.history.pnl[row] == pytest.approx(100 * move)
    assert book.history.flow[row] == 0.0
    assert book.history.nav[-1] == pytest.approx(50_000 + 100 * ACME[-1])


async def test_what_is_shown_says_that_it_is_in_shares_of_today(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await contracts(database, portfolio, 4.0)
    await split(database, 4.0)

    found = positions(await book_of(database, user, portfolio))

    (position,) = found.positions
    assert (position.quantity, position.split_factor) == (8.0, 4.0)
    assert position.option is not None
    assert (position.option.strike, position.option.multiplier) == (110.0, 100)
    assert position.symbol == f"ACME  {EXPIRY:%y%m%d}C00110000"
    assert any(
        warning.startswith("Entered before a split and counted in shares of today: ACME") for warning in found.warnings
    )


async def test_two_splits_and_a_lot_of_between_them(database: Database, user: User, portfolio: Portfolio) -> None:
    await shares(database, portfolio, 4.0)
    await split(database, 7.0, ENTRY_DAY + timedelta(days=10))
    await split(database, 4.0)

    book = await book_of(database, user, portfolio)

    assert (book.row.lots[0].quantity, book.row.lots[0].split_factor) == (100.0, 4.0)


@pytest.mark.parametrize("day", [ENTRY_DAY, ENTRY_DAY - timedelta(days=1), FIRST_DAY + timedelta(days=COUNT)])
async def test_a_split_before_the_entry_or_ahead_of_the_prices_changes_nothing(
    database: Database, user: User, portfolio: Portfolio, day: date
) -> None:
    await shares(database, portfolio, 1.0)
    await split(database, 4.0, day)

    book = await book_of(database, user, portfolio)

    assert (book.row.lots[0].quantity, book.row.lots[0].split_factor) == (100.0, 1.0)


@pytest.mark.parametrize("sold_on", [SPLIT_ON - 10, SPLIT_ON + 10])
async def test_an_exit_is_in_shares_of_its_day(
    database: Database, user: User, portfolio: Portfolio, sold_on: int
) -> None:
    factor = 4.0 if sold_on < SPLIT_ON else 1.0
    day = FIRST_DAY + timedelta(days=sold_on)
    await shares(database, portfolio, 4.0, exit_date=day, exit_price=ACME[sold_on] * factor)
    await split(database, 4.0)

    book = await book_of(database, user, portfolio)

    assert book.value.nav == pytest.approx(50_000 + 100 * ACME[sold_on])


@pytest.mark.parametrize("factor", [1.0, 4.0])
async def test_contracts_sold_before_the_split_were_paid_in_the_shares_of_their_entry(
    database: Database, user: User, portfolio: Portfolio, factor: float
) -> None:
    day = FIRST_DAY + timedelta(days=SPLIT_ON - 10)
    await contracts(database, portfolio, factor, exit_date=day, exit_price=9 * factor)
    await split(database, 4.0)

    book = await book_of(database, user, portfolio)

    assert book.value.nav == pytest.approx(50_000 + 800 * 9)


async def test_where_no_split_is_known_the_entry_is_in_doubt(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await shares(database, portfolio, 4.0)
    await contracts(database, portfolio, 4.0)

    found = data_quality(await book_of(database, user, portfolio))

    assert not found.complete
    share, option = found.doubtful_entries
    assert option.symbol == f"ACME  {EXPIRY:%y%m%d}C00440000"
    assert option.reason.startswith("Its strike is 440, ")
    assert share.symbol == "ACME"
    assert "4 times the close of " in share.reason
    assert any("do not go with the prices of their days" in warning for warning in found.warnings)


async def test_what_nothing_tells_counts_as_entered_and_is_named(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await shares(database, portfolio, 2.0)
    await split(database, 4.0)

    book = await book_of(database, user, portfolio)

    assert (book.row.lots[0].quantity, book.row.lots[0].split_factor) == (50.0, None)
    assert data_quality(book).doubtful_entries[0].reason == UNTOLD


async def test_an_entry_of_before_the_first_price_is_named(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await shares(database, portfolio, 1.0, entry_date=FIRST_DAY - timedelta(days=30))
    await split(database, 4.0)

    book = await book_of(database, user, portfolio)

    assert list(book.doubtful_entries) == ["ACME"]


async def test_all_portfolios_joined_know_of_the_split(database: Database, user: User, portfolio: Portfolio) -> None:
    await shares(database, portfolio, 4.0)
    await shares(database, await make_portfolio(database, user, opening_cash=0), 1.0)
    await split(database, 4.0)

    async with database.session(scope_of(user)) as session:
        overview = await AnalyticsService(session).overview(None)

    assert overview.valuation.nav == pytest.approx(50_000 + 200 * ACME[-1])


async def test_lots_that_did_not_split_are_left_alone(database: Database, user: User, portfolio: Portfolio) -> None:
    await make_instrument(database, "OTHER", ACME)
    await shares(database, portfolio, 1.0, symbol="OTHER")
    await shares(database, portfolio, 4.0)
    await split(database, 4.0)

    book = await book_of(database, user, portfolio)

    assert {lot.symbol: lot.quantity for lot in book.row.lots} == {"OTHER": 100.0, "ACME": 100.0}


@pytest.mark.market_data
@pytest.mark.parametrize(("quantity", "price"), [(400, 37.994), (100, 157.92)])
async def test_an_apple_of_before_its_split(database: Database, user: User, quantity: float, price: float) -> None:
    """Bought on 2 January 2019 at 157.92, as it was quoted then; after 4 for 1 in shares of today."""
    portfolio = await make_portfolio(database, user, inception_date=date(2019, 1, 2))
    await make_position(
        database, portfolio, symbol="AAPL", quantity=quantity, entry_date=date(2019, 1, 2), entry_price=price
    )

    book = await book_of(database, user, portfolio)

    async with database.session() as session:
        newest = await session.get(Price, ("AAPL", date(2022, 12, 28)))
    assert newest is not None
    assert book.holdings[0].value == pytest.approx(400 * newest.close)
    assert book.doubtful_entries == {}
