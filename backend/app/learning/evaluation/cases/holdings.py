"""What is held, what it is worth, and how it is spread."""

from app.learning.evaluation.case import Case
from app.learning.evaluation.cases import reference
from app.learning.evaluation.cases.people import (
    BALANCED,
    LONG_SHORT,
    TECHNOLOGY,
    balanced,
    long_short,
    money,
    number,
    percent,
    technology,
)

_COMPLETE = "get_portfolio_complete"
_WORTH = frozenset({"get_portfolio_complete", "list_portfolios", "get_performance", "compare_portfolios"})
_LIST = frozenset({"list_portfolios", "compare_portfolios"})
_OPEN = frozenset({"get_positions", "get_portfolio_complete"})
_SPREAD = "get_concentration"
_SECTORS = "get_sector_exposure"


def _gross_share(held: reference.Portfolio, count: int) -> float:
    return float(reference.gross_weights(held)[:count].sum())


def _hhi(held: reference.Portfolio) -> float:
    return float((reference.gross_weights(held) ** 2).sum())


CASES = (
    Case("worth-balanced", "holdings", "What is my portfolio worth?", BALANCED, tools=(_WORTH,),
         figures=(money("net asset value", balanced.nav),), dates=("2022-12-28",)),
    Case("worth-technology", "holdings", "how much is this thing worth right now", TECHNOLOGY, tools=(_WORTH,),
         figures=(money("net asset value", technology.nav),)),
    Case("worth-long-short", "holdings", "What's the NAV of my portfolio?", LONG_SHORT, tools=(_WORTH,),
         figures=(money("net asset value", long_short.nav),)),
    Case("cash-balanced", "holdings", "How much cash do I have?", BALANCED, tools=(_COMPLETE,),
         figures=(money("cash", balanced.cash),)),
    Case("cash-long-short", "holdings", "how much is in cash?", LONG_SHORT, tools=(_COMPLETE,),
         figures=(money("cash", long_short.cash),)),
    Case("exposure-long-short", "holdings", "What is my gross and net exposure?", LONG_SHORT, tools=(_COMPLETE,),
         figures=(money("gross", long_short.gross), money("net", float(long_short.values.sum())))),
    Case("exposure-balanced", "holdings", "gross exposure?", BALANCED, tools=(_COMPLETE,),
         figures=(money("gross", balanced.gross),)),
    Case("list", "holdings", "Which portfolios do I have?", tools=(_LIST,),
         figures=(money("balanced", balanced.nav), money("technology", technology.nav)),
         says=(BALANCED, TECHNOLOGY, LONG_SHORT)),
    Case("list-plain", "holdings", "list my portfolios pls", tools=(_LIST,), says=(BALANCED, TECHNOLOGY, LONG_SHORT)),
    Case("count", "holdings", "How many positions do I have?", BALANCED, tools=(_OPEN,),
         figures=(number("positions", 12),)),
    Case("shares-apple", "holdings", "How much Apple do I own?", BALANCED, tools=(_OPEN,),
         figures=(number("shares", 400), money("value", balanced.value("AAPL"))), says=("AAPL|Apple",)),
    Case("shares-amd", "holdings", "how many AMD shares are in here?", TECHNOLOGY, tools=(_OPEN,),
         figures=(number("shares", 3_900),)),
    Case("not-held", "holdings", "How many shares of Tesla do I own? TSLA", BALANCED, tools=(_OPEN,),
         says=("TSLA|Tesla", r"(?i)\b(no|not|none|don't|doesn't)\b"), stance="unknown"),
    Case("paid", "holdings", "What did I pay for Microsoft?", BALANCED, tools=(_OPEN,),
         figures=(money("entry price", 96.422),), says=("MSFT|Microsoft",)),
    Case("bought-when", "holdings", "When did I buy Apple?", BALANCED, tools=(_OPEN,), dates=("2019-01-02",)),
    Case("best-position", "holdings", "Which positions made the most money?", BALANCED, tools=(_OPEN,),
         figures=(money("profit of AAPL", balanced.profit[balanced.symbols.index("AAPL")]),), says=("AAPL|Apple",)),
    Case("losing", "holdings", "Where am I losing money?", BALANCED, tools=(_OPEN,), says=(r"(?i)\bno\b",)),
    Case("unrealised", "holdings", "What is my unrealized profit?", BALANCED, tools=(_OPEN,),
         figures=(money("profit", float(balanced.profit.sum())),)),
    Case("shorts", "holdings", "What am I short?", LONG_SHORT, tools=(_OPEN,), says=("BAC", "AMD", "VLUE")),
    Case("no-shorts", "holdings", "Do I have any shorts?", BALANCED, tools=(_OPEN,), says=(r"(?i)\bno\b",)),
    Case("largest", "holdings", "What are my largest positions?", TECHNOLOGY, tools=(_SPREAD,),
         figures=(percent("largest share", _gross_share(technology, 1)),), says=("AAPL|Apple",)),
    Case("weight", "holdings", "What's the weight of JPM?", BALANCED, tools=(_OPEN,),
         figures=(percent("weight", balanced.value("JPM") / balanced.nav),)),
    Case("concentration-balanced", "spread", "How concentrated is my portfolio?", BALANCED, tools=(_SPREAD,),
         figures=(number("HHI", _hhi(balanced)), number("effective positions", 1 / _hhi(balanced)))),
    Case("concentration-technology", "spread", "is this too concentrated?", TECHNOLOGY, tools=(_SPREAD,),
         figures=(number("effective positions", 1 / _hhi(technology)),)),
    Case("top-three", "spread", "How big are my top 3 holdings together?", TECHNOLOGY, tools=(_SPREAD,),
         figures=(percent("top 3", _gross_share(technology, 3)),)),
    Case("herfindahl", "spread", "what's the herfindahl index", LONG_SHORT, tools=(_SPREAD,),
         figures=(number("HHI", _hhi(long_short)),)),
    Case("technology-share", "spread", "How much technology do I have?", BALANCED, tools=(_SECTORS,),
         figures=(percent("sector", reference.sector_weight(balanced, "Information Technology")),)),
    Case("sectors-technology", "spread", "What is my sector exposure?", TECHNOLOGY, tools=(_SECTORS,),
         figures=(percent("IT", reference.sector_weight(technology, "Information Technology")),
                  percent("health", reference.sector_weight(technology, "Health Care")))),
    Case("energy-share", "spread", "how much energy is in my book?", LONG_SHORT, tools=(_SECTORS,),
         figures=(percent("sector", reference.sector_weight(long_short, "Energy")),)),
    Case("no-utilities", "spread", "How much in utilities?", BALANCED, tools=(_SECTORS,), stance="unknown",
         says=(r"(?i)utilities", r"(?i)\b(nothing|no|none|0)\b")),
    Case("diversified", "spread", "Am I well diversified?", BALANCED, tools=(_SPREAD,),
         figures=(number("effective positions", 1 / _hhi(balanced)),)),
    Case("data-complete", "data", "Is my data complete?", BALANCED, tools=("get_data_quality",),
         says=(r"(?i)complete",)),
    Case("data-current", "data", "How current are these figures?", BALANCED, tools=("get_data_quality",),
         dates=("2022-12-28",)),
    Case("data-gaps", "data", "any gaps in my price data?", TECHNOLOGY, tools=("get_data_quality",)),
    Case("insights-none", "data", "Any recent insights?", BALANCED, tools=("get_recent_insights",), stance="unknown",
         says=(r"(?i)\bno\b",)),
    Case("targets-none", "data", "What are my target prices?", BALANCED, tools=("get_target_prices",), stance="unknown",
         says=(r"(?i)\bno\b",)),
)  # fmt: skip
