"""The portfolios that the cases ask about, and short names for what they use often."""

from app.learning.evaluation.case import Expected
from app.learning.evaluation.cases import reference
from app.learning.evaluation.cases.reference import Portfolio

BALANCED = "Balanced Individual"
TECHNOLOGY = "Concentrated Technology"
LONG_SHORT = "Long/Short Equity"
NAMES = (BALANCED, TECHNOLOGY, LONG_SHORT)

balanced = reference.portfolio(BALANCED)
technology = reference.portfolio(TECHNOLOGY)
long_short = reference.portfolio(LONG_SHORT)


def money(name: str, value: float) -> Expected:
    return Expected(name, abs(value), "money")


def percent(name: str, value: float) -> Expected:
    return Expected(name, abs(value), "percent")


def number(name: str, value: float) -> Expected:
    return Expected(name, abs(value), "number")


def volatility(held: Portfolio, window: int) -> Expected:
    return percent(f"volatility over {window} days", reference.volatility(held.returns(window)))


def beta(held: Portfolio, window: int) -> Expected:
    market = reference.returns_of(reference.MARKET, window)
    return number(f"beta over {window} days", reference.beta(held.returns(window), market))


def value_at_risk(held: Portfolio, confidence: float, days: int = 1) -> Expected:
    loss = reference.value_at_risk(held.returns(504), confidence, days)
    return money(f"value at risk at {confidence:.0%} over {days} days", loss * held.nav)
