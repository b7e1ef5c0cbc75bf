"""Options against QuantLib, against parity, and at their limits."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
import QuantLib as ql  # noqa: N813 - its own documentation names it so
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.analytics.errors import InvalidInput, Undefined
from app.analytics.options import (
    DAYS_PER_YEAR,
    OptionTerms,
    OptionType,
    implied_volatility,
    option_value,
    years_to_expiry,
)

AS_OF = ql.Date(3, 1, 2022)
CALL = OptionTerms("call", spot=100.0, strike=110.0, years=0.5, volatility=0.25, rate=0.03, dividend_yield=0.01)


def _reference(terms: OptionTerms, days: int) -> ql.VanillaOption:
    ql.Settings.instance().evaluationDate = AS_OF
    day_count = ql.Actual365Fixed()
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(terms.spot)),
        ql.YieldTermStructureHandle(ql.FlatForward(AS_OF, terms.dividend_yield, day_count)),
        ql.YieldTermStructureHandle(ql.FlatForward(AS_OF, terms.rate, day_count)),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(AS_OF, ql.NullCalendar(), terms.volatility, day_count)),
    )
    kind = ql.Option.Call if terms.option_type == "call" else ql.Option.Put
    option = ql.VanillaOption(ql.PlainVanillaPayoff(kind, terms.strike), ql.EuropeanExercise(AS_OF + days))
    option.setPricingEngine(ql.AnalyticEuropeanEngine(process))
    return option


def _grid() -> Iterator[tuple[OptionTerms, int]]:
    kinds: tuple[OptionType, ...] = ("call", "put")
    strikes, days, volatilities = (1.0, 60.0, 99.5, 100.0, 140.0, 5000.0), (1, 30, 365, 1825), (0.05, 0.3, 1.5)
    rates = ((0.0, 0.0), (0.05, 0.0), (0.01, 0.04), (-0.005, 0.02))
    for kind, strike, day, volatility, (rate, income) in product(kinds, strikes, days, volatilities, rates):
        yield OptionTerms(kind, 100.0, strike, day / DAYS_PER_YEAR, volatility, rate, income), day


def test_values_and_greeks_equal_quantlib() -> None:
    for terms, days in _grid():
        found, expected = option_value(terms), _reference(terms, days)

        assert found.value == pytest.approx(expected.NPV(), abs=1e-8), terms
        assert found.delta == pytest.approx(expected.delta(), abs=1e-8), terms
        assert found.gamma == pytest.approx(expected.gamma(), abs=1e-8), terms
        assert found.vega == pytest.approx(expected.vega(), abs=1e-8), terms
        assert found.theta == pytest.approx(expected.thetaPerDay(), abs=1e-8), terms
        assert found.rho == pytest.approx(expected.rho(), abs=1e-8), terms


def test_implied_volatility_equals_quantlib() -> None:
    for kind in ("call", "put"):
        terms = replace(CALL, option_type=kind, years=180 / DAYS_PER_YEAR)
        process_value = _reference(terms, 180).NPV()

        assert implied_volatility(terms, process_value) == pytest.approx(terms.volatility, abs=1e-8)


FRACTION = st.floats(-0.1, 0.2)
TERMS = st.builds(
    OptionTerms,
    option_type=st.sampled_from(["call", "put"]),
    spot=st.floats(0.01, 1e5),
    strike=st.floats(0.01, 1e5),
    years=st.floats(0.0, 30.0),
    volatility=st.floats(0.0, 5.0),
    rate=FRACTION,
    dividend_yield=FRACTION,
)


@given(TERMS)
def test_put_call_parity_holds_for_value_and_greeks(terms: OptionTerms) -> None:
    call, put = option_value(replace(terms, option_type="call")), option_value(replace(terms, option_type="put"))
    share, payment = terms.spot * terms.carry, terms.strike * terms.discount
    scale = share + payment

    assert call.value - put.value == pytest.approx(share - payment, abs=1e-12 * scale)
    assert call.delta - put.delta == pytest.approx(terms.carry, rel=1e-12)
    assert call.gamma == put.gamma
    assert call.vega == put.vega
    assert call.rho - put.rho == pytest.approx(terms.years * payment, rel=1e-12)


@given(TERMS)
def test_a_value_stays_within_the_bounds_of_arbitrage(terms: OptionTerms) -> None:
    share, payment = terms.spot * terms.carry, terms.strike * terms.discount
    found = option_value(terms)
    rounding = 1e-12 * (share + payment)

    assert max(0.0, terms.sign * (share - payment)) - rounding <= found.value
    assert found.value <= (share if terms.option_type == "call" else payment) + rounding


@given(TERMS)
@example(OptionTerms("call", spot=1.0, strike=1.0, years=1.0, volatility=1.7e-10))
@example(OptionTerms("call", spot=0.5, strike=0.5, years=1.0, volatility=5e-324))
def test_implied_volatility_gives_the_price_back(terms: OptionTerms) -> None:
    price = option_value(terms).value
    try:
        found = implied_volatility(terms, price)
    except Undefined:
        assume(False)
    assert option_value(replace(terms, volatility=found)).value == pytest.approx(
        price, abs=1e-11 * (terms.spot * terms.carry + terms.strike * terms.discount)
    )


@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("field", ["spot", "volatility", "rate"])
def test_greeks_are_the_slopes_of_the_value(kind: OptionType, field: str) -> None:
    terms = replace(CALL, option_type=kind)
    step = 1e-5 * (100 if field == "spot" else 1)
    up, down = (option_value(replace(terms, **{field: getattr(terms, field) + sign * step})) for sign in (1, -1))
    greek = {"spot": "delta", "volatility": "vega", "rate": "rho"}[field]

    assert getattr(option_value(terms), greek) == pytest.approx((up.value - down.value) / (2 * step), rel=1e-6)


def test_theta_is_a_calendar_day() -> None:
    tomorrow = option_value(replace(CALL, years=CALL.years - 1 / DAYS_PER_YEAR))

    assert option_value(CALL).theta == pytest.approx(tomorrow.value - option_value(CALL).value, rel=5e-3)


@pytest.mark.parametrize(
    ("kind", "spot", "value", "delta"),
    [("call", 120.0, 10.0, 1.0), ("call", 110.0, 0.0, 0.5), ("call", 90.0, 0.0, 0.0),
     ("put", 120.0, 0.0, 0.0), ("put", 110.0, 0.0, -0.5), ("put", 90.0, 20.0, -1.0)],
)  # fmt: skip
def test_on_the_day_of_expiry_an_option_is_worth_what_exercise_pays(
    kind: OptionType, spot: float, value: float, delta: float
) -> None:
    found = option_value(replace(CALL, option_type=kind, spot=spot, years=0.0))

    assert (found.value, found.delta) == (value, delta)
    assert (found.gamma, found.vega, found.theta, found.rho) == (0.0, 0.0, 0.0, 0.0)
    assert not found.expired


def test_past_expiry_an_option_is_worth_nothing_and_says_so() -> None:
    found = option_value(replace(CALL, spot=500.0, years=years_to_expiry(date(2022, 1, 21), date(2022, 1, 20))))

    assert found.expired
    assert (found.value, found.delta, found.gamma, found.vega, found.theta, found.rho) == (0.0,) * 6


@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("spot", [80.0, 100.0, 130.0])
def test_without_volatility_the_limit_of_small_volatility_is_reached(kind: OptionType, spot: float) -> None:
    terms = replace(CALL, option_type=kind, spot=spot, volatility=0.0)
    nearly = option_value(replace(terms, volatility=1e-7))
    found = option_value(terms)

    for name in ("value", "delta", "gamma", "vega", "theta", "rho"):
        assert getattr(found, name) == pytest.approx(getattr(nearly, name), abs=1e-6)


@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("spot", [0.0, 5e-324, 1e-300, 110.0, 1e300])
@pytest.mark.parametrize("volatility", [0.0, 5e-324, 1e-300, 1e-250, 0.2, 1e4, 1e300])
@pytest.mark.parametrize("years", [0.0, 1e-12, 1.0, 100.0])
def test_the_far_ends_give_finite_figures(kind: OptionType, spot: float, volatility: float, years: float) -> None:
    # Without rates a spot equal to the strike is at the forward, where gamma has no bound
    terms = replace(CALL, option_type=kind, spot=spot, volatility=volatility, years=years, rate=0.0, dividend_yield=0.0)
    found = option_value(terms)

    figures = (found.value, found.delta, found.gamma, found.vega, found.theta, found.rho)
    assert all(math.isfinite(figure) for figure in figures)


@pytest.mark.parametrize("price", [-1.0, 0.0, 100.0, 1e9])
def test_a_price_outside_the_bounds_has_no_implied_volatility(price: float) -> None:
    with pytest.raises(Undefined, match="arbitrage"):
        implied_volatility(CALL, price)


def test_an_expired_option_has_no_implied_volatility() -> None:
    with pytest.raises(Undefined, match="expiry"):
        implied_volatility(replace(CALL, years=0.0), 5.0)


@pytest.mark.parametrize(
    "terms", [{"spot": -1.0}, {"strike": 0.0}, {"volatility": -0.1}, {"rate": math.nan}, {"rate": 500.0, "years": 2.0}]
)
def test_terms_that_mean_nothing_are_refused(terms: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        replace(CALL, **terms)  # type: ignore[arg-type]  # a test of values, not of types
