"""What has been gained and lost."""

from app.learning.evaluation.case import Case
from app.learning.evaluation.cases import reference
from app.learning.evaluation.cases.people import (
    BALANCED,
    LONG_SHORT,
    TECHNOLOGY,
    balanced,
    long_short,
    money,
    percent,
    technology,
)
from app.learning.evaluation.cases.reference import Portfolio

_PERFORMANCE = "get_performance"
_MOVERS = "get_daily_movers"
_PRICES = "get_prices_historical"
_OVERALL = frozenset({"get_performance", "get_pnl_attribution"})


def _days(held: Portfolio) -> list[str]:
    days = reference.prices().days
    return days[days.index(held.entry_day) :]


def _total(held: Portfolio) -> float:
    values = held.history()
    return float(values[-1] / values[0] - 1.0)


def _since(held: Portfolio, day: str) -> float:
    return reference.calendar_return(held.history(), _days(held), day)


def _annualised(held: Portfolio) -> float:
    # The day of the purchase is one of them: it has a return too, from what was paid to its close
    days = len(held.history())
    return float((1.0 + _total(held)) ** (reference.YEAR / days) - 1.0)


def _worst_day(held: Portfolio) -> float:
    values = held.history()
    return float((values[1:] / values[:-1] - 1.0).min())


def _price_return(symbol: str, since: str) -> float:
    return reference.calendar_return(reference.prices().of(symbol), reference.prices().days, since)


def _profit(held: Portfolio, symbol: str) -> float:
    return float(held.profit[held.symbols.index(symbol)])


CASES = (
    Case("since-inception-balanced", "performance", "How has my portfolio performed?", BALANCED, tools=(_PERFORMANCE,),
         figures=(percent("since inception", _total(balanced)),)),
    Case("since-inception-technology", "performance", "total return since I started?", TECHNOLOGY,
         tools=(_PERFORMANCE,), figures=(percent("since inception", _total(technology)),)),
    Case("since-inception-long-short", "performance", "How has this one done since inception?", LONG_SHORT,
         tools=(_PERFORMANCE,), figures=(percent("since inception", _total(long_short)),)),
    Case("one-year-balanced", "performance", "What was my return over the last year?", BALANCED, tools=(_PERFORMANCE,),
         figures=(percent("one year", _since(balanced, "2021-12-28")),)),
    Case("one-year-technology", "performance", "return over the past 12 months", TECHNOLOGY, tools=(_PERFORMANCE,),
         figures=(percent("one year", _since(technology, "2021-12-28")),)),
    Case("year-to-date-balanced", "performance", "How did I do this year?", BALANCED, tools=(_PERFORMANCE,),
         figures=(percent("year to date", _since(balanced, "2021-12-31")),)),
    Case("year-to-date-long-short", "performance", "YTD performance", LONG_SHORT, tools=(_PERFORMANCE,),
         figures=(percent("year to date", _since(long_short, "2021-12-31")),)),
    Case("three-months", "performance", "How was the last quarter, i.e. the last 3 months?", BALANCED,
         tools=(_PERFORMANCE,), figures=(percent("three months", _since(balanced, "2022-09-28")),)),
    Case("annualised-balanced", "performance", "What is my annualized return?", BALANCED, tools=(_PERFORMANCE,),
         figures=(percent("annualised", _annualised(balanced)),)),
    Case("annualised-technology", "performance", "cagr?", TECHNOLOGY, tools=(_PERFORMANCE,),
         figures=(percent("annualised", _annualised(technology)),)),
    Case("worst-day-balanced", "performance", "What was my worst day?", BALANCED, tools=(_PERFORMANCE,),
         figures=(percent("worst day", _worst_day(balanced)),), dates=("2020-03-16",)),
    Case("worst-day-technology", "performance", "which day hurt the most so far", TECHNOLOGY, tools=(_PERFORMANCE,),
         figures=(percent("worst day", _worst_day(technology)),)),
    Case("beat-market", "performance", "Did I beat the market?", BALANCED, tools=(_PERFORMANCE,),
         figures=(percent("since inception", _total(balanced)),), says=("(?i)yes|beat|ahead|outperform|more than",)),
    Case("sharpe", "performance", "What is my Sharpe ratio?", BALANCED, tools=(_PERFORMANCE,),
         says=("(?i)risk-free",)),
    Case("today-balanced", "day", "How much did I make today?", BALANCED, tools=(_MOVERS,),
         figures=(money("profit of the day", float(balanced.day_profit.sum())),), says=("(?i)lost|loss|down",)),
    Case("today-technology", "day", "Why is my portfolio down today?", TECHNOLOGY, tools=(_MOVERS,),
         figures=(money("profit of the day", float(technology.day_profit.sum())),), says=("AAPL|Apple",)),
    Case("today-long-short", "day", "what moved today?", LONG_SHORT, tools=(_MOVERS,),
         figures=(money("profit of the day", float(long_short.day_profit.sum())),)),
    Case("price-apple", "prices", "What is the price of AAPL?", BALANCED, tools=(_PRICES,),
         figures=(money("close", float(reference.prices().of("AAPL")[-1])),), dates=("2022-12-28",)),
    Case("price-exxon", "prices", "xom price", BALANCED, tools=(_PRICES,),
         figures=(money("close", float(reference.prices().of("XOM")[-1])),)),
    Case("price-year-lilly", "prices", "How much did LLY rise this year?", TECHNOLOGY, tools=(_PRICES,),
         figures=(percent("year to date", _price_return("LLY", "2021-12-31")),)),
    Case("price-unknown", "prices", "What is the price of ZZZT?", BALANCED, stance="unknown",
         says=("ZZZT", r"(?i)\b(no|not|cannot|unknown|don't)\b")),
    Case("attribution-balanced", "attribution", "Where did my profit come from?", BALANCED,
         tools=("get_pnl_attribution",), says=("AAPL|Apple", "Information Technology")),
    Case("attribution-apple", "attribution", "How much of my gain came from Apple?", BALANCED,
         tools=(frozenset({"get_pnl_attribution", "get_positions"}),),
         figures=(money("profit", _profit(balanced, "AAPL")),)),
    Case("attribution-overall", "attribution", "what's my total profit in dollars", TECHNOLOGY,
         tools=(frozenset({*_OVERALL, "get_positions", "get_portfolio_complete"}),),
         figures=(money("profit", float(technology.profit.sum())),)),
    Case("market-today", "market", "How is the market doing?", BALANCED, tools=("get_market_overview",),
         figures=(percent("a day", float(reference.returns_of("SP500", 1)[-1])),)),
    Case("market-best-sectors", "market", "Which sectors have done best?", BALANCED, tools=("get_market_overview",)),
)  # fmt: skip
