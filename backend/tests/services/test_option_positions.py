"""Options and private positions through the whole engine: value, history, exposure, coverage."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from operator import methodcaller
from typing import Any

import numpy as np
import pytest

from app.analytics.options import OptionTerms, option_value
from app.analytics.scenarios import Shocks, ShockScenario
from app.db import Database
from app.errors import InvalidField
from app.models import Portfolio, Position, User
from app.schemas.page import PageQuery
from app.schemas.what_if import Trade
from app.services import portfolio as portfolio_service
from app.services.analytics import AnalyticsService
from app.services.analytics.book import Book, load
from app.services.analytics.positions import POINT
from app.services.snapshot import daily_figures, recompute
from tests.builders import FIRST_DAY, make_instrument, make_portfolio, make_position, make_user, scope_of

COUNT = 520
CENT = 0.005


def walk(seed: int, start: float) -> list[float]:
    moves = np.random.default_rng(seed).normal(0.0003, 0.015, COUNT - 1)
    return [start, *(start * np.exp(np.cumsum(moves))).tolist()]


ACME, MARKET = walk(1, 100.0), walk(2, 4000.0)
LAST_DAY = FIRST_DAY + timedelta(days=COUNT - 1)


@pytest.fixture
async def portfolio(database: Database, user: User) -> Portfolio:
    await make_instrument(database, "SP500", MARKET, asset_class="index", sector=None)
    await make_instrument(database, "ACME", ACME)
    return await make_portfolio(database, user, opening_cash=50_000)


async def hold_option(database: Database, portfolio: Portfolio, **columns: Any) -> Position:
    defaults = {
        "symbol": "ACME  230616C00100000", "underlying_symbol": "ACME", "option_type": "call", "strike": 100,
        "expiry": LAST_DAY + timedelta(days=90), "multiplier": 100, "volatility": 0.3, "quantity": 2, "entry_price": 8,
    }  # fmt: skip
    return await make_position(database, portfolio, position_class="OPTIONS", **(defaults | columns))


async def hold_private(database: Database, portfolio: Portfolio, **columns: Any) -> Position:
    defaults = {"symbol": "FUND", "name": "Venture Fund II", "quantity": 10, "entry_price": 1000,
                "stated_value": 1200, "stated_on": FIRST_DAY + timedelta(days=100)}  # fmt: skip
    return await make_position(database, portfolio, position_class="PRIVATE", **(defaults | columns))


async def book_of(database: Database, user: User, portfolio: Portfolio) -> Book:
    async with database.session(scope_of(user)) as session:
        return await load(session, portfolio.id)


async def ask(database: Database, user: User, measure: Callable[[AnalyticsService], Any]) -> Any:
    async with database.session(scope_of(user)) as session:
        return await measure(AnalyticsService(session))


def assert_identity(book: Book) -> None:
    figures = {name: np.array(values, dtype=np.float64) for name, values in daily_figures(book).items()}
    before = np.concatenate(([0.0], figures["nav"][:-1]))
    np.testing.assert_allclose(figures["nav"], before + figures["pnl"] + figures["flow"], atol=1e-8)
    np.testing.assert_allclose(
        figures["nav"], figures["cash"] + figures["long_value"] + figures["short_value"], atol=1e-8
    )


def theoretical(day: int, expiry: date, volatility: float, strike: float = 100.0) -> float:
    years = (expiry - (FIRST_DAY + timedelta(days=day))).days / 365
    return option_value(OptionTerms("call", ACME[day], strike, years, volatility)).value


async def test_a_living_option_is_revalued_every_day(database: Database, user: User, portfolio: Portfolio) -> None:
    option = await hold_option(database, portfolio, quantity=-2)
    assert option.expiry is not None
    book = await book_of(database, user, portfolio)

    for day in (0, 57, COUNT - 1):
        worth = -200 * theoretical(day, option.expiry, 0.3)
        assert book.history.short_value[day] == pytest.approx(worth, abs=CENT)
        # Proceeds of a short are part of the stated cash
        assert book.history.nav[day] == pytest.approx(50_000 + worth, abs=CENT)
    assert book.history.pnl[0] == pytest.approx(-200 * (theoretical(0, option.expiry, 0.3) - 8), abs=CENT)
    assert_identity(book)


@pytest.mark.parametrize("quantity", [3, -3])
@pytest.mark.parametrize("strike", [20, 100_000 / 101])
async def test_an_option_that_expires_pays_its_intrinsic_value_into_cash(
    database: Database, user: User, portfolio: Portfolio, quantity: int, strike: float
) -> None:
    expiry = FIRST_DAY + timedelta(days=200)
    await hold_option(database, portfolio, quantity=quantity, strike=strike, expiry=expiry)
    book = await book_of(database, user, portfolio)

    paid = quantity * 100 * max(ACME[200] - strike, 0.0)
    assert book.history.cash[199] == pytest.approx(50_000)
    assert book.history.cash[200:] == pytest.approx(np.full(COUNT - 200, 50_000 + paid), abs=CENT)
    assert not book.history.gross_exposure[200:].any()
    assert not book.open_lots
    assert book.value.nav == pytest.approx(50_000 + paid, abs=CENT)
    assert_identity(book)
    async with database.session(scope_of(user)) as session:
        await recompute(session, portfolio.id)
        [listed] = (await portfolio_service.list_page(session, PageQuery())).items
    assert listed.position_count == 0


async def test_the_volatility_is_stated_or_implied_or_historical_and_says_which(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    expiry = LAST_DAY + timedelta(days=90)
    stated = await hold_option(database, portfolio)
    implied = await hold_option(
        database, portfolio, symbol="IMPLIED", volatility=None, entry_price=round(theoretical(0, expiry, 0.44), 8)
    )
    none = await hold_option(database, portfolio, symbol="NONE", volatility=None, entry_price=0.00000001, strike=50)
    answer = await ask(database, user, lambda analytics: analytics.positions(portfolio.id))
    found = {position.id: position.option for position in answer.positions}

    assert (found[stated.id].volatility, found[stated.id].volatility_source) == (0.3, "stated")
    assert found[implied.id].volatility == pytest.approx(0.44, abs=1e-6)
    assert found[implied.id].volatility_source == "implied"
    closes = np.array(ACME[-64:])
    own = np.std(closes[1:] / closes[:-1] - 1, ddof=1) * np.sqrt(252)
    assert found[none.id].volatility == pytest.approx(own, rel=1e-9)
    assert found[none.id].volatility_source == "historical"
    assert "rate and dividend yield of zero" in answer.method
    assert any("NONE by the underlying's volatility of the last 63 days" in text for text in answer.warnings)
    assert any("IMPLIED by the volatility that the entry price implies" in text for text in answer.warnings)


async def test_an_option_without_any_volatility_is_in_no_figure(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await make_instrument(database, "YOUNG", [10.0, 11.0], first_day=LAST_DAY - timedelta(days=1))
    await hold_option(
        database, portfolio, underlying_symbol="YOUNG", volatility=None, strike=5, entry_date=LAST_DAY, entry_price=1
    )
    answer = await ask(database, user, lambda analytics: analytics.positions(portfolio.id))

    assert answer.nav == pytest.approx(50_000)
    assert answer.positions[0].market_value is None
    assert "fewer than 63 daily returns" in answer.positions[0].reason
    assert answer.coverage.excluded[0].reason == answer.positions[0].reason


async def test_greeks_are_those_of_the_whole_position(database: Database, user: User, portfolio: Portfolio) -> None:
    option = await hold_option(database, portfolio, quantity=-2)
    assert option.expiry is not None
    answer = await ask(database, user, lambda analytics: analytics.positions(portfolio.id))
    [position] = answer.positions
    one = option_value(OptionTerms("call", ACME[-1], 100, 90 / 365, 0.3))

    figures = position.option
    assert position.market_value == pytest.approx(-200 * one.value)
    assert (figures.delta, figures.gamma) == (pytest.approx(-200 * one.delta), pytest.approx(-200 * one.gamma))
    assert (figures.theta, figures.vega) == (pytest.approx(-200 * one.theta), pytest.approx(-200 * one.vega * POINT))
    assert figures.exposure == pytest.approx(-200 * one.delta * ACME[-1])


async def test_a_call_less_a_put_is_a_share_less_cash(database: Database, user: User, portfolio: Portfolio) -> None:
    """Put-call parity of whole portfolios: value at every close, exposure, beta, value at risk."""
    await hold_option(database, portfolio, symbol="CALL", quantity=1)
    await hold_option(database, portfolio, symbol="PUT", option_type="put", quantity=-1)
    shares = await make_portfolio(database, user, name="Shares", opening_cash=50_000 - 100 * 100)
    await make_position(database, shares, symbol="ACME", quantity=100, entry_price=ACME[0])
    synthetic, plain = await book_of(database, user, portfolio), await book_of(database, user, shares)

    np.testing.assert_allclose(synthetic.history.nav, plain.history.nav, atol=1e-6)
    assert sum(holding.exposure for holding in synthetic.holdings) == pytest.approx(plain.holdings[0].exposure)
    assert sum(holding.vega for holding in synthetic.holdings) == pytest.approx(0, abs=1e-9)
    for measure in (AnalyticsService.beta, AnalyticsService.value_at_risk, AnalyticsService.volatility):
        ours, theirs = [await ask(database, user, partial(measure, portfolio_id=one.id)) for one in (portfolio, shares)]
        for field in ("portfolio_252d", "volatility_252d", "levels"):
            if hasattr(ours, field):
                assert _numbers(getattr(ours, field)) == pytest.approx(_numbers(getattr(theirs, field)), rel=1e-8)


def _numbers(value: Any) -> list[float]:
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    fields = value.model_dump().values() if hasattr(value, "model_dump") else [value]
    return [float(field) for field in fields if isinstance(field, int | float)]


async def test_the_delta_adjusted_betas_add_up(database: Database, user: User, portfolio: Portfolio) -> None:
    await make_position(database, portfolio, symbol="ACME", quantity=50, entry_price=ACME[0])
    await hold_option(database, portfolio, quantity=-2)
    answer = await ask(database, user, lambda analytics: analytics.beta(portfolio.id))
    book = await book_of(database, user, portfolio)

    assert len(answer.positions) == 2
    own = sum(position.weight * position.beta for position in answer.positions)
    assert answer.portfolio_252d.beta == pytest.approx(own, rel=1e-9)
    delta = option_value(OptionTerms("call", ACME[-1], 100, 90 / 365, 0.3)).delta
    weights = {position.symbol: position.weight for position in answer.positions}
    assert weights["ACME  230616C00100000"] == pytest.approx(-200 * delta * ACME[-1] / book.value.nav)


async def test_stress_moves_an_option_by_delta_and_vega(database: Database, user: User, portfolio: Portfolio) -> None:
    await hold_option(database, portfolio)
    shocks = Shocks(symbols={"ACME": -0.1}, volatility=0.05)
    scenario = ShockScenario("custom", "Custom", "custom", "As asked for.", shocks)
    answer = await ask(database, user, lambda analytics: analytics.stress_test(portfolio.id, scenarios=[scenario]))
    one = option_value(OptionTerms("call", ACME[-1], 100, 90 / 365, 0.3))

    [result] = answer.scenarios
    assert result.effect == pytest.approx(200 * (one.delta * ACME[-1] * -0.1 + one.vega * 0.05))
    assert result.positions[0].symbol == "ACME  230616C00100000"
    assert any("delta and vega only" in text for text in answer.warnings)


async def test_a_private_position_is_in_the_value_and_in_no_return(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await make_position(database, portfolio, symbol="ACME", quantity=50, entry_price=ACME[0])
    await hold_private(database, portfolio)
    book = await book_of(database, user, portfolio)

    assert book.history.long_value[99] == pytest.approx(10 * 1000 + 50 * ACME[99])
    assert book.history.long_value[100] == pytest.approx(10 * 1200 + 50 * ACME[100])
    assert book.value.nav == pytest.approx(50_000 + 10 * 1200 + 50 * ACME[-1])
    assert_identity(book)
    for measure in (AnalyticsService.beta, AnalyticsService.value_at_risk, AnalyticsService.correlation_matrix):
        answer = await ask(database, user, partial(measure, portfolio_id=portfolio.id))
        assert [(out.symbol, "private" in out.reason) for out in answer.coverage.excluded] == [("FUND", True)]
        assert answer.coverage.included == ["ACME"]
    tail = await ask(database, user, lambda analytics: analytics.value_at_risk(portfolio.id))
    assert tail.nav == pytest.approx(50_000 + 10 * 1200 + 50 * ACME[-1])
    for level in tail.levels:
        assert level.value_at_risk_amount == pytest.approx(level.value_at_risk * (50_000 + 50 * ACME[-1]))


async def test_attribution_of_everything_adds_up_to_the_profit(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await make_position(database, portfolio, symbol="ACME", quantity=50, entry_price=ACME[0])
    await hold_option(database, portfolio)
    await hold_option(database, portfolio, symbol="EXPIRED", expiry=FIRST_DAY + timedelta(days=150), strike=95)
    await hold_private(database, portfolio)
    answer = await ask(database, user, lambda analytics: analytics.attribution(portfolio.id))
    book = await book_of(database, user, portfolio)

    assert answer.total_pnl == pytest.approx(float(book.history.pnl.sum()), abs=CENT)
    for lines in (answer.by_position, answer.by_sector, answer.by_factor):
        assert sum(line.pnl for line in lines) == pytest.approx(answer.total_pnl, abs=1e-6)
    assert {line.label for line in answer.by_position} >= {"ACME", "EXPIRED", "FUND"}


async def test_trades_on_paper_leave_options_and_private_positions_as_they_are(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await hold_option(database, portfolio)
    await hold_private(database, portfolio)
    book = await book_of(database, user, portfolio)
    trades = [Trade(symbol="ACME", quantity=10)]
    answer = await ask(database, user, lambda analytics: analytics.what_if(portfolio.id, trades))

    assert (answer.nav.before, answer.nav.after) == (pytest.approx(book.value.nav), pytest.approx(book.value.nav))
    assert answer.beta_252d.after > answer.beta_252d.before or answer.beta_252d.before < 0
    assert answer.cash.after == pytest.approx(50_000 - 10 * ACME[-1])


CALL = f"ACME  {LAST_DAY + timedelta(days=90):%y%m%d}C00100000"


async def test_contracts_bought_on_paper_count_as_contracts_that_are_held(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await make_position(database, portfolio, symbol="ACME", quantity=100, entry_price=ACME[0])
    own = await make_portfolio(database, user, opening_cash=50_000 - 2 * 100 * 8.5)
    await make_position(database, own, symbol="ACME", quantity=100, entry_price=ACME[0])
    await hold_option(database, own, symbol=CALL, volatility=None, entry_date=LAST_DAY, entry_price=8.5)
    trades = [Trade(symbol=CALL.replace(" ", ""), quantity=2, price=8.5)]
    paper = await ask(database, user, lambda analytics: analytics.what_if(portfolio.id, trades))
    held = await ask(database, user, lambda analytics: analytics.what_if(own.id, []))

    for name in ("gross_exposure", "net_exposure", "beta_252d", "volatility_252d", "expected_shortfall_95_1d"):
        assert getattr(paper, name).after == pytest.approx(getattr(held, name).before), name
    assert paper.cash.change == pytest.approx(-2 * 100 * 8.5)
    assert paper.nav.change == pytest.approx(0, abs=CENT)
    assert paper.traded_value == pytest.approx(2 * 100 * 8.5)
    assert [(row.name, row.after) for row in paper.scenarios] == [
        (row.name, pytest.approx(row.before)) for row in held.scenarios
    ]
    bought = next(row for row in paper.weights if row.symbol == CALL)
    assert (bought.quantity_before, bought.quantity_after) == (0, 2)


async def test_contracts_sold_on_paper_close_those_that_are_held_first(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await hold_option(database, portfolio, symbol=CALL)
    book = await book_of(database, user, portfolio)
    trades = [Trade(symbol=CALL, quantity=-2)]
    paper = await ask(database, user, lambda analytics: analytics.what_if(portfolio.id, trades))

    assert paper.cash.after == pytest.approx(book.value.nav, abs=CENT)
    assert paper.gross_exposure.after == 0
    assert [(row.symbol, row.quantity_after) for row in paper.weights] == [(CALL, 0)]


@pytest.mark.parametrize(
    ("symbol", "field", "part"),
    [
        ("ACME  200117C00100000", "trades.0.symbol", "last day was 2020-01-17"),
        ("NOSUCH990117C00100000", "trades.0.symbol", "no price of NOSUCH"),
        ("YOUNG 990115P00100000", "trades.0.price", "is needed"),
    ],
)
async def test_a_contract_that_cannot_be_meant_is_named(
    database: Database, user: User, portfolio: Portfolio, symbol: str, field: str, part: str
) -> None:
    await make_instrument(database, "YOUNG", [5.0] * 3, first_day=LAST_DAY - timedelta(days=2))
    await make_position(database, portfolio, symbol="ACME", quantity=100, entry_price=ACME[0])
    trades = [Trade(symbol=symbol, quantity=1)]
    with pytest.raises(InvalidField, match=part) as refused:
        await ask(database, user, lambda analytics: analytics.what_if(portfolio.id, trades))
    assert refused.value.field == field


async def test_every_measure_answers_for_options_and_private_positions_only(
    database: Database, user: User, portfolio: Portfolio
) -> None:
    await hold_private(database, portfolio)
    for name in ("overview", "positions", "performance", "volatility", "value_at_risk", "drawdowns", "beta",
                 "correlation_matrix", "concentration", "sector_exposure", "daily_movers", "data_quality",
                 "risk_contributions", "factor_exposures", "attribution"):  # fmt: skip
        answer = await ask(database, user, methodcaller(name, portfolio.id))
        assert answer.portfolio_id == portfolio.id
        assert "NaN" not in answer.model_dump_json()


async def test_another_persons_options_are_nobody_elses(database: Database, portfolio: Portfolio) -> None:
    await hold_option(database, portfolio)
    stranger = await make_user(database)
    async with database.session(scope_of(stranger)) as session:
        assert (await portfolio_service.list_page(session, PageQuery())).items == []
