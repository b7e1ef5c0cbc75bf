"""European options on a share with a continuous dividend yield: Black-Scholes-Merton value, Greeks, implied volatility.

Notation. S spot, K strike, T years to expiry, r continuous interest rate, q continuous dividend yield, v volatility a
year, all as fractions; F = S exp((r-q)T) the forward; N and n the standard normal distribution and density;
d₁ = (ln(F/K) + v²T/2) / (v√T), d₂ = d₁ - v√T; φ = 1 for a call, -1 for a put. Everything is per share: a listed
contract is on 100. Listed options on shares are American; for a call without dividends the value is the same, otherwise
the European value is a lower bound.

Source: R. C. Merton, Theory of Rational Option Pricing, Bell Journal of Economics 4 (1973).
"""

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from scipy.optimize import brentq
from scipy.special import ndtr

from app.analytics.errors import InvalidInput, Undefined

OptionType = Literal["call", "put"]

# Expiry counts in calendar days over this (Actual/365 Fixed)
DAYS_PER_YEAR = 365.0

# Up to this an implied volatility is looked for: a million percent a year
MAX_VOLATILITY = 1e4
# Both are beyond what a quote in cents can tell apart
_VOLATILITY_TOLERANCE = 1e-13
_MAX_ITERATIONS = 500
# Time value below this part of spot and strike is rounding, and says nothing about volatility
_BOUND_TOLERANCE = 1e-13
# exp() overflows beyond 709; no rate over any time to expiry comes near it
_MAX_GROWTH = 500.0
# A spot that moves by less than this (in currency) does not move; dividing by it would overflow
_SMALLEST_SPREAD = 1e-290
# Beyond this many deviations the normal density is 0 in a double
_DENSITY_LIMIT = 38.0


@dataclass(frozen=True)
class OptionTerms:
    """What is priced. `years` is negative past expiry; `volatility` and the rates are fractions a year."""

    option_type: OptionType
    spot: float
    strike: float
    years: float
    volatility: float
    rate: float = 0.0
    dividend_yield: float = 0.0

    def __post_init__(self) -> None:
        figures = (self.spot, self.strike, self.years, self.volatility, self.rate, self.dividend_yield)
        if not all(math.isfinite(figure) for figure in figures):
            raise InvalidInput("An option's terms must be finite numbers.")
        if self.spot < 0 or self.strike <= 0 or self.volatility < 0:
            raise InvalidInput("Spot and volatility cannot be negative, and the strike must be above zero.")
        if max(abs(self.rate), abs(self.dividend_yield)) * abs(self.years) > _MAX_GROWTH:
            raise InvalidInput("Rates are fractions a year: 0.05 is five percent.")

    @property
    def sign(self) -> float:
        return 1.0 if self.option_type == "call" else -1.0

    @property
    def discount(self) -> float:
        """exp(-rT): today's value of 1 paid at expiry."""
        return math.exp(-self.rate * self.years)

    @property
    def carry(self) -> float:
        """exp(-qT): the share of a unit that grows to one unit by reinvesting dividends."""
        return math.exp(-self.dividend_yield * self.years)


@dataclass(frozen=True)
class OptionValue:
    """Value and Greeks of a long option on one share, in currency. A short position's are the negatives.

    Attributes
    ----------
    value : currency, never negative
    delta : change of value for a change of spot by 1; 0 to 1 for a call, -1 to 0 for a put
    gamma : change of delta for a change of spot by 1; never negative
    vega : change of value for a change of volatility by 1.00 (100 points); never negative
    theta : change of value for the passing of one calendar day; mostly negative
    rho : change of value for a change of the interest rate by 1.00 (100 points); positive for a call
    expired : the option is past its last day: everything is zero, as it settles in shares or cash elsewhere
    """

    value: float
    delta: float
    gamma: float
    vega: float
    theta: float
    rho: float
    expired: bool = False


def years_to_expiry(as_of: date, expiry: date) -> float:
    """Calendar days over 365. Zero on the day of expiry, negative after it."""
    return (expiry - as_of).days / DAYS_PER_YEAR


def option_value(terms: OptionTerms) -> OptionValue:
    """Black-Scholes-Merton value and Greeks.

    value = φ (S exp(-qT) N(φd₁) - K exp(-rT) N(φd₂)).

    Limits. On the day of expiry (T = 0) the value is what exercise pays, max(φ(S-K), 0); delta is φ in the money, φ/2
    at it and 0 out of it; the other Greeks are 0, although gamma at the money has no finite limit. Past expiry all is 0
    and `expired` is set. With v = 0 or S = 0 the option is worth its discounted intrinsic value on the forward. Deep in
    or out of the money nothing overflows: N saturates, and n underflows to 0.

    Raises
    ------
    InvalidInput
        Through `OptionTerms`: a negative spot or volatility, a strike of zero or below, a figure that is not finite.
    """
    if terms.years < 0:
        return OptionValue(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, expired=True)
    deviation = terms.volatility * math.sqrt(terms.years)
    if terms.spot * deviation < _SMALLEST_SPREAD:
        return _without_randomness(terms)
    return _smooth(terms, deviation)


def _log_moneyness(terms: OptionTerms) -> float:
    """ln(F/K), from the logarithms: the ratio itself could overflow."""
    return math.log(terms.spot) - math.log(terms.strike) + (terms.rate - terms.dividend_yield) * terms.years


def _smooth(terms: OptionTerms, deviation: float) -> OptionValue:
    d1 = _log_moneyness(terms) / deviation + deviation / 2
    d2 = d1 - deviation
    share = terms.spot * terms.carry
    payment = terms.strike * terms.discount
    density = math.exp(-d1 * d1 / 2) / math.sqrt(2 * math.pi) if abs(d1) < _DENSITY_LIMIT else 0.0
    share_probability = float(ndtr(terms.sign * d1))
    exercise_probability = float(ndtr(terms.sign * d2))
    decay = share * density * terms.volatility / (2 * math.sqrt(terms.years))
    income = terms.sign * (
        terms.dividend_yield * share * share_probability - terms.rate * payment * exercise_probability
    )
    return OptionValue(
        value=max(0.0, terms.sign * (share * share_probability - payment * exercise_probability)),
        delta=terms.sign * terms.carry * share_probability,
        gamma=terms.carry * density / (terms.spot * deviation),
        vega=share * density * math.sqrt(terms.years),
        theta=(income - decay) / DAYS_PER_YEAR,
        rho=terms.sign * terms.years * payment * exercise_probability,
    )


def _without_randomness(terms: OptionTerms) -> OptionValue:
    """The limit of v√T towards zero: exercised for certain, never, or (at the forward) as a coin falls."""
    share, payment = terms.spot * terms.carry, terms.strike * terms.discount
    margin = terms.sign * (share - payment)
    certainty = 1.0 if margin > 0 else 0.5 if margin == 0 else 0.0
    accrual = terms.sign * (terms.dividend_yield * share - terms.rate * payment) if terms.years > 0 else 0.0
    return OptionValue(
        value=max(0.0, margin),
        delta=terms.sign * terms.carry * certainty,
        gamma=0.0,
        vega=0.0,
        theta=certainty * accrual / DAYS_PER_YEAR,
        rho=terms.sign * terms.years * payment * certainty,
    )


def implied_volatility(terms: OptionTerms, price: float) -> float:
    """The volatility at which the option is worth `price`; the `volatility` of `terms` is not read.

    The value rises with volatility from its discounted intrinsic value to S exp(-qT) for a call and K exp(-rT) for a
    put. The option out of the money is solved for, by put-call parity: its value is all time value, so that nothing is
    lost to a large intrinsic value beside it. Brent's method on a bracket always converges.

    Raises
    ------
    InvalidInput
        The price is not a finite number.
    Undefined
        The option is at or past expiry, or no volatility gives this price: it lies outside the bounds.
    """
    if not math.isfinite(price):
        raise InvalidInput("A price must be a finite number.")
    if terms.years <= 0 or terms.spot == 0:
        raise Undefined("An option at or past expiry, or on a worthless share, has no implied volatility.")
    share, payment = terms.spot * terms.carry, terms.strike * terms.discount
    wanted, target = _out_of_the_money(terms, price, share, payment)
    ceiling = share if wanted.option_type == "call" else payment
    if not _BOUND_TOLERANCE * max(share, payment) < target < ceiling:
        raise Undefined(f"No volatility gives a price of {price:,.4f}: it lies outside what arbitrage allows.")
    return _solve(wanted, target)


def _out_of_the_money(terms: OptionTerms, price: float, share: float, payment: float) -> tuple[OptionTerms, float]:
    intrinsic = terms.sign * (share - payment)
    if intrinsic <= 0:
        return terms, price
    other: OptionType = "put" if terms.option_type == "call" else "call"
    return replace(terms, option_type=other), price - intrinsic


def _solve(terms: OptionTerms, target: float) -> float:
    def excess(volatility: float) -> float:
        return option_value(replace(terms, volatility=volatility)).value - target

    if excess(MAX_VOLATILITY) < 0:
        raise Undefined(f"The price implies a volatility above {MAX_VOLATILITY:,.0f} a year.")
    root = brentq(excess, 0.0, MAX_VOLATILITY, xtol=_VOLATILITY_TOLERANCE, rtol=1e-14, maxiter=_MAX_ITERATIONS)
    return float(root)
