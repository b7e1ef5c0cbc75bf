from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics.errors import InsufficientData, InvalidInput, Undefined
from app.analytics.factors import (
    FACTOR_NAMES,
    STYLE_PROXIES,
    FactorReturns,
    factor_returns,
    ordinary_least_squares,
)
from app.analytics.returns import simple_returns
from app.analytics.scenarios import SCENARIOS, ReplayScenario, Shocks, ShockScenario
from app.analytics.stress import (
    Book,
    FactorWithoutProxy,
    NoPricesInWindow,
    PriceHistory,
    ReplayResult,
    ShockResult,
    Unavailable,
    apply_shocks,
    factor_moves,
    replay,
    run_scenario,
    run_scenarios,
)
from tests.analytics.conftest import Market

STOCKS = ("AAPL", "BAC", "XOM", "JNJ")
SECTORS = ("Information Technology", "Financials", "Energy", "Health Care")
EXPOSURES = np.array([50_000.0, 20_000.0, -30_000.0, 10_000.0])


@pytest.fixture(scope="module")
def factors(market: Market) -> FactorReturns:
    column = {symbol: simple_returns(market.close(symbol))[-756:] for symbol in ("SP500", *STYLE_PROXIES.values())}
    return factor_returns(column["SP500"], {name: column[proxy] for name, proxy in STYLE_PROXIES.items()})


@pytest.fixture(scope="module")
def history(market: Market) -> PriceHistory:
    return PriceHistory(market.days, np.column_stack([market.close(symbol) for symbol in STOCKS]))


@pytest.fixture(scope="module")
def book(market: Market, factors: FactorReturns) -> Book:
    returns = np.column_stack([simple_returns(market.close(symbol))[-756:] for symbol in STOCKS])
    return Book(STOCKS, SECTORS, EXPOSURES, ordinary_least_squares(returns, factors).beta)


def test_unshocked_factors_move_by_their_conditional_expectation(factors: FactorReturns) -> None:
    covariance = np.cov(factors.returns, rowvar=False)
    shocked, others = [0, 5], [1, 2, 3, 4]
    expected = covariance[np.ix_(others, shocked)] @ np.linalg.solve(
        covariance[np.ix_(shocked, shocked)], np.array([-0.1, 0.05])
    )
    moves = factor_moves(factors, {"value": 0.05, "market": -0.1})
    np.testing.assert_allclose(moves.propagated[others], expected, rtol=1e-8)
    assert moves.shocked.tolist() == [-0.1, 0, 0, 0, 0, 0.05]
    assert moves.propagated[shocked].tolist() == [0.0, 0.0]


def test_a_factor_shocked_by_zero_stays_and_one_left_out_moves_along(factors: FactorReturns) -> None:
    held = factor_moves(factors, {"market": 0.0, "minimum_volatility": 0.05})
    free = factor_moves(factors, {"minimum_volatility": 0.05})
    assert held.propagated[0] == 0.0
    assert free.propagated[0] < -0.02


def test_a_market_shock_is_beta_times_the_move_and_what_styles_add(book: Book, factors: FactorReturns) -> None:
    result = apply_shocks(book, factors, Shocks(factors={"market": -0.1}))
    np.testing.assert_allclose(result.direct, EXPOSURES * book.beta[:, 0] * -0.1, rtol=1e-12)
    along = factor_moves(factors, {"market": -0.1}).propagated
    np.testing.assert_allclose(result.propagated, EXPOSURES * (book.beta @ along), rtol=1e-12)
    assert result.total == pytest.approx(float((result.direct + result.propagated).sum()))
    # With the styles' move the factors together say what a regression on the market alone says
    centred = factors.returns[:, 0] - factors.returns[:, 0].mean()
    slopes = centred @ (factors.returns @ book.beta.T) / (centred @ centred)
    np.testing.assert_allclose(result.effect, EXPOSURES * slopes * -0.1, rtol=1e-9)


def test_the_most_specific_shock_wins(book: Book, factors: FactorReturns) -> None:
    shocks = Shocks(factors={"market": -0.1}, sectors={"Energy": -0.3, "Financials": -0.2}, symbols={"BAC": 0.05})
    result = apply_shocks(book, factors, shocks)
    assert result.effect[1:3].tolist() == pytest.approx([1_000.0, 9_000.0])
    assert result.propagated[1:3].tolist() == [0.0, 0.0]
    alone = apply_shocks(book, factors, Shocks(factors={"market": -0.1}))
    np.testing.assert_array_equal(result.effect[[0, 3]], alone.effect[[0, 3]])


def test_names_that_nothing_belongs_to_are_told(book: Book, factors: FactorReturns) -> None:
    result = apply_shocks(book, factors, Shocks(sectors={"Utilities": -0.2}, symbols={"AAPLE": -0.1, "AAPL": 0.0}))
    assert result.unmatched == ("Utilities", "AAPLE")
    assert result.total == 0.0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(FACTOR_NAMES[:6]), unique=True), st.lists(st.sampled_from(STOCKS), unique=True))
def test_a_stress_of_zero_is_zero(book: Book, factors: FactorReturns, names: list[str], symbols: list[str]) -> None:
    shocks = Shocks(factors=dict.fromkeys(names, 0.0), symbols=dict.fromkeys(symbols, 0.0), sectors={"Energy": 0.0})
    result = apply_shocks(book, factors, shocks)
    assert (result.direct == 0).all()
    assert (result.propagated == 0).all()
    assert result.total == 0.0


@settings(max_examples=50, deadline=None)
@given(st.floats(-0.15, 0.15), st.floats(-0.08, 0.08), st.floats(0.1, 3))
def test_small_stress_is_linear_in_shocks_and_in_holdings(
    book: Book, factors: FactorReturns, market: float, value: float, scale: float
) -> None:
    def total(first: float, second: float, held: Book = book) -> np.ndarray:
        return apply_shocks(held, factors, Shocks(factors={"market": first, "value": second})).effect

    np.testing.assert_allclose(total(market, value), total(market, 0.0) + total(0.0, value), rtol=1e-8, atol=1e-6)
    larger = Book(STOCKS, SECTORS, scale * EXPOSURES, book.beta)
    np.testing.assert_allclose(total(market, value, larger), scale * total(market, value), rtol=1e-9, atol=1e-9)


def test_no_position_falls_below_nothing(factors: FactorReturns) -> None:
    beta = np.array([[3.5, 0, 0, 0, 0, 0], [3.5, 0, 0, 0, 0, 0], [1.0, 0, 0, 0, 0, 0]])
    wild = Book(("A", "B", "C"), ("S", "S", "S"), np.array([100.0, -100.0, 100.0]), beta)
    result = apply_shocks(wild, factors, Shocks(factors={"market": -0.34}))
    assert result.effect[:2].tolist() == pytest.approx([-100.0, 100.0])
    assert -100.0 < result.effect[2] < 0.0


def test_unknown_betas_leave_a_position_out_of_factor_stress_but_not_of_its_own(
    book: Book, factors: FactorReturns
) -> None:
    beta = book.beta.copy()
    beta[3] = np.nan
    partial = Book(STOCKS, SECTORS, EXPOSURES, beta)
    result = apply_shocks(partial, factors, Shocks(factors={"market": -0.1}))
    assert result.unknown.tolist() == [False, False, False, True]
    assert result.total == pytest.approx(np.nansum(result.effect))
    own = apply_shocks(partial, factors, Shocks(factors={"market": -0.1}, symbols={"JNJ": -0.2}))
    assert own.effect[3] == pytest.approx(-2_000.0)
    assert not own.unknown.any()


def test_liquidation_costs_longs_and_shorts_and_volatility_moves_options(factors: FactorReturns, book: Book) -> None:
    optioned = Book(STOCKS, SECTORS, EXPOSURES, book.beta, vegas=np.array([0.0, 1_000.0, 0.0, -500.0]))
    cost = apply_shocks(optioned, factors, Shocks(liquidation_cost=0.01))
    assert cost.direct.tolist() == pytest.approx([-500.0, -200.0, -300.0, -100.0])
    swing = apply_shocks(optioned, factors, Shocks(volatility=0.2))
    assert swing.direct.tolist() == pytest.approx([0.0, 200.0, 0.0, -100.0])
    assert apply_shocks(book, factors, Shocks(volatility=0.2)).total == 0.0


def test_a_replay_is_what_todays_holdings_would_have_made(market: Market, history: PriceHistory) -> None:
    result = replay(EXPOSURES, history, date(2020, 2, 19), date(2020, 3, 23))
    first, last = (int(np.flatnonzero(market.days == np.datetime64(day))[0]) for day in ("2020-02-19", "2020-03-23"))
    for i, symbol in enumerate(STOCKS):
        closes = market.close(symbol)
        assert result.effect[i] == pytest.approx(EXPOSURES[i] * (closes[last] / closes[first] - 1), rel=1e-10)
    assert result.path[0] == 0.0
    assert result.path[-1] == pytest.approx(result.total, rel=1e-10)
    assert len(result.days) == len(result.path) == last - first + 1
    assert result.worst == result.path.min() <= result.total
    assert result.path[list(result.days).index(np.datetime64(result.worst_day))] == result.worst


def test_a_weekend_stands_for_the_friday_before(history: PriceHistory) -> None:
    friday = replay(EXPOSURES, history, date(2018, 1, 26), date(2018, 2, 9))
    weekend = replay(EXPOSURES, history, date(2018, 1, 27), date(2018, 2, 11))
    np.testing.assert_array_equal(weekend.effect, friday.effect)


def test_a_position_listed_later_is_left_out_of_a_replay(history: PriceHistory) -> None:
    later = PriceHistory(history.days, history.closes.copy())
    later.closes[: np.searchsorted(history.days, np.datetime64("2020-03-01")), 2] = np.nan
    result = replay(EXPOSURES, later, date(2020, 2, 19), date(2020, 3, 23))
    assert result.unknown.tolist() == [False, False, True, False]
    whole = replay(EXPOSURES, history, date(2020, 2, 19), date(2020, 3, 23))
    assert result.total == pytest.approx(whole.total - whole.effect[2])
    assert result.path[-1] == pytest.approx(result.total)


@pytest.mark.parametrize(
    ("start", "end", "failure"),
    [
        (date(2013, 12, 31), date(2014, 6, 30), NoPricesInWindow),
        (date(2022, 12, 1), date(2022, 12, 29), NoPricesInWindow),
        (date(2020, 3, 23), date(2020, 3, 23), InvalidInput),
        (date(2020, 3, 23), date(2020, 2, 19), InvalidInput),
    ],
)
def test_a_window_without_prices_is_refused(
    history: PriceHistory, start: date, end: date, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        replay(EXPOSURES, history, start, end)
    with pytest.raises((Undefined, InvalidInput)):
        replay(np.empty(0), PriceHistory(history.days[:0], np.empty((0, 0))), start, end)


@pytest.mark.parametrize(
    "shocks",
    [
        Shocks(factors={"market": float("nan")}),
        Shocks(sectors={"Energy": -1.01}),
        Shocks(symbols={"AAPL": float("inf")}),
        Shocks(volatility=float("nan")),
        Shocks(liquidation_cost=-0.1),
        Shocks(liquidation_cost=1.1),
    ],
)
def test_an_impossible_shock_is_refused(book: Book, factors: FactorReturns, shocks: Shocks) -> None:
    with pytest.raises(InvalidInput):
        apply_shocks(book, factors, shocks)


def test_too_few_days_to_propagate_are_refused(book: Book, factors: FactorReturns) -> None:
    short = FactorReturns(factors.names, factors.returns[:59])
    with pytest.raises(InsufficientData):
        apply_shocks(book, short, Shocks(factors={"market": -0.1}))
    assert apply_shocks(book, short, Shocks(symbols={"AAPL": -0.1})).total == pytest.approx(-5_000.0)


def test_a_book_whose_parts_do_not_fit_is_refused(book: Book, factors: FactorReturns) -> None:
    with pytest.raises(InvalidInput):
        Book(STOCKS, SECTORS[:3], EXPOSURES, book.beta)
    with pytest.raises(InvalidInput):
        Book(STOCKS, SECTORS, np.where(EXPOSURES < 0, np.nan, EXPOSURES), book.beta)
    with pytest.raises(InvalidInput):
        apply_shocks(Book(STOCKS, SECTORS, EXPOSURES, book.beta[:, :3]), factors, Shocks())


def test_rates_have_no_answer_without_a_proxy_and_one_with_it(book: Book, factors: FactorReturns) -> None:
    shocks = Shocks(factors={"treasuries": -0.17})
    with pytest.raises(FactorWithoutProxy, match="no series that stands for treasuries"):
        apply_shocks(book, factors, shocks)
    bonds = np.random.default_rng(4).normal(0, 0.008, 756)
    richer = FactorReturns((*factors.names, "treasuries"), np.column_stack([factors.returns, bonds]))
    known = Book(STOCKS, SECTORS, EXPOSURES, np.column_stack([book.beta, [0.1, -0.2, 0.0, 0.3]]))
    np.testing.assert_allclose(
        apply_shocks(known, richer, shocks).direct, EXPOSURES * [0.1, -0.2, 0.0, 0.3] * -0.17, rtol=1e-12, atol=1e-12
    )


def test_every_named_scenario_has_an_answer_or_a_reason(
    book: Book, factors: FactorReturns, history: PriceHistory
) -> None:
    outcomes = dict(
        zip([scenario.key for scenario in SCENARIOS], run_scenarios(SCENARIOS, book, factors, history), strict=True)
    )
    unavailable = {key for key, outcome in outcomes.items() if isinstance(outcome, Unavailable)}
    assert unavailable == {"rates_up_100bp", "rates_down_100bp", "financial_crisis_2008"}
    assert "treasuries" in outcomes["rates_up_100bp"].reason
    assert "2014-01-02" in outcomes["financial_crisis_2008"].reason
    assert len(SCENARIOS) - len(unavailable) >= 35
    for outcome in outcomes.values():
        if not isinstance(outcome, Unavailable):
            assert np.isfinite(outcome.effect).all()
    assert outcomes["crash_2020"].total < outcomes["early_2018"].total < 0 < outcomes["rebound_2020"].total
    assert outcomes["market_down_20"].total == pytest.approx(2 * outcomes["market_down_10"].total)


def test_scenarios_are_well_formed() -> None:
    assert len({scenario.key for scenario in SCENARIOS}) == len({s.name for s in SCENARIOS}) == len(SCENARIOS)
    for scenario in SCENARIOS:
        if isinstance(scenario, ReplayScenario):
            assert scenario.start < scenario.end
        else:
            assert set(scenario.shocks.factors) <= set(FACTOR_NAMES)


def test_a_portfolio_of_nothing_bears_every_scenario(factors: FactorReturns, history: PriceHistory) -> None:
    nothing = Book((), (), np.empty(0), np.empty((0, 6)))
    empty = PriceHistory(history.days, np.empty((len(history.days), 0)))
    for scenario in SCENARIOS:
        if scenario.key in ("rates_up_100bp", "rates_down_100bp", "financial_crisis_2008"):
            continue
        result = run_scenario(scenario, nothing, factors, empty)
        assert result.total == 0.0
        assert isinstance(result, ShockResult if isinstance(scenario, ShockScenario) else ReplayResult)
