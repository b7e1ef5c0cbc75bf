"""Options over many days against QuantLib, on the day they expire, and by which volatility."""

from datetime import date

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813 - its own documentation names it so

from app.analytics.option_history import (
    HISTORICAL_WINDOW,
    Contract,
    entry_volatility,
    option_values,
    settlement,
    trailing_volatility,
)
from app.analytics.options import OptionTerms, OptionType, option_value
from app.analytics.returns import simple_returns
from app.analytics.volatility import annualized_volatility

EXPIRY = date(2022, 6, 17)
FIRST = date(2022, 1, 3)
DAYS = np.arange(np.datetime64(FIRST), np.datetime64(EXPIRY) + 3)


def _quantlib(contract: Contract, day: date, spot: float, volatility: float) -> float:
    today = ql.Date(day.day, day.month, day.year)
    ql.Settings.instance().evaluationDate = today
    flat = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, ql.Actual365Fixed()))
    surface = ql.BlackConstantVol(today, ql.NullCalendar(), volatility, ql.Actual365Fixed())
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)), flat, flat, ql.BlackVolTermStructureHandle(surface)
    )
    kind = ql.Option.Call if contract.option_type == "call" else ql.Option.Put
    exercise = ql.EuropeanExercise(ql.Date(contract.expiry.day, contract.expiry.month, contract.expiry.year))
    option = ql.VanillaOption(ql.PlainVanillaPayoff(kind, contract.strike), exercise)
    option.setPricingEngine(ql.AnalyticEuropeanEngine(process))
    return float(option.NPV())


@pytest.mark.parametrize("option_type", ["call", "put"])
@pytest.mark.parametrize("strike", [60.0, 100.0, 150.0])
def test_each_day_equals_quantlib_and_the_last_one_what_exercise_pays(option_type: OptionType, strike: float) -> None:
    contract = Contract(option_type, strike, EXPIRY)
    spots = 100.0 + 20.0 * np.sin(np.arange(len(DAYS)) / 9.0)
    volatilities = np.linspace(0.15, 0.6, len(DAYS))

    values = option_values(contract, DAYS, spots, volatilities)

    for row in (0, 40, 100, len(DAYS) - 4):
        day = DAYS[row].item()
        assert values[row] == pytest.approx(_quantlib(contract, day, spots[row], volatilities[row]), abs=1e-10)
        years = (EXPIRY - day).days / 365
        terms = OptionTerms(option_type, spots[row], strike, years, volatilities[row])
        assert values[row] == pytest.approx(option_value(terms).value, abs=1e-12)
    assert values[-3] == contract.intrinsic(spots[-3])
    assert np.isnan(values[-2:]).all(), "nothing is left after the day of expiry"
    assert settlement(contract, DAYS, spots) == values[-3]


def test_a_contract_that_ends_on_a_day_without_trading_settles_at_the_close_before() -> None:
    contract = Contract("call", 90.0, EXPIRY)
    days = DAYS[[0, -5, -1]]

    assert settlement(contract, days, np.array([100.0, 97.5, 120.0])) == 7.5
    assert settlement(contract, days[:2], np.array([100.0, 97.5])) is None
    assert settlement(contract, days, np.array([np.nan, np.nan, 120.0])) is None


def test_what_is_unknown_stays_unknown() -> None:
    contract = Contract("put", 100.0, EXPIRY)

    values = option_values(contract, DAYS[:3], np.array([np.nan, 90.0, 90.0]), np.array([0.2, np.nan, 0.0]))

    assert np.isnan(values[:2]).all()
    assert values[2] == 10.0, "without volatility only what exercise pays is left"


def test_the_entry_price_gives_back_its_volatility() -> None:
    contract = Contract("put", 100.0, EXPIRY)
    price = float(option_values(contract, DAYS[:1], np.array([105.0]), np.array([0.37]))[0])

    assert entry_volatility(contract, FIRST, price, 105.0) == pytest.approx(0.37, abs=1e-9)


@pytest.mark.parametrize(
    ("price", "spot", "entry"),
    [(2.0, 90.0, FIRST), (101.0, 100.0, FIRST), (99.9, 100.0, FIRST), (5.0, None, FIRST), (5.0, 95.0, EXPIRY)],
)
def test_a_price_that_no_plausible_volatility_gives_has_none(price: float, spot: float | None, entry: date) -> None:
    assert entry_volatility(Contract("put", 100.0, EXPIRY), entry, price, spot) is None


def test_the_historical_volatility_of_a_day_knows_only_the_days_before() -> None:
    closes = 100.0 * np.exp(np.cumsum(np.random.default_rng(7).normal(0, 0.02, 120)))
    gappy = np.insert(closes, 80, np.nan)

    found = trailing_volatility(gappy)

    assert np.isnan(found[:HISTORICAL_WINDOW]).all()
    for row, last in ((HISTORICAL_WINDOW, HISTORICAL_WINDOW), (80, 79), (81, 80), (120, 119)):
        own = simple_returns(closes)[last - HISTORICAL_WINDOW : last]
        assert found[row] == pytest.approx(annualized_volatility(own), rel=1e-12)
    assert np.isnan(trailing_volatility(closes[:HISTORICAL_WINDOW])).all()


def test_put_call_parity_on_every_day() -> None:
    spots, volatilities = np.linspace(70, 130, len(DAYS)), np.full(len(DAYS), 0.3)
    call, put = (option_values(Contract(kind, 100.0, EXPIRY), DAYS, spots, volatilities) for kind in ("call", "put"))

    np.testing.assert_allclose((call - put)[:-2], (spots - 100.0)[:-2], atol=1e-11)
