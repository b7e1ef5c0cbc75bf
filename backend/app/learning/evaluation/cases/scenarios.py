"""What would happen if."""

from app.learning.evaluation.case import Case
from app.learning.evaluation.cases import reference
from app.learning.evaluation.cases.people import (
    BALANCED,
    LONG_SHORT,
    TECHNOLOGY,
    balanced,
    money,
    percent,
    technology,
)
from app.learning.evaluation.cases.reference import Portfolio

_STRESS, _TRADES = "run_stress_test", "simulate_trades"


def _volatility(held: Portfolio) -> float:
    return reference.volatility(held.returns(252))


_WITHOUT_APPLE = balanced.traded("AAPL", -400)
_MORE_MICROSOFT = balanced.traded("MSFT", 100)
_HALF_AMD = technology.traded("AMD", -1_950)

CASES = (
    Case("stress-all", "stress", "Run a stress test", BALANCED, tools=(_STRESS,)),
    Case("stress-market", "stress", "What will happen if the market falls 10%?", BALANCED, tools=(_STRESS,)),
    Case("stress-market-20", "stress", "what if the s&p drops 20 percent", TECHNOLOGY, tools=(_STRESS,)),
    Case("stress-apple", "stress", "What happens if Apple falls by 20%?", BALANCED, tools=(_STRESS,),
         figures=(money("loss", 0.2 * balanced.value("AAPL")),)),
    Case("stress-amd", "stress", "what would I lose if AMD dropped 30%?", TECHNOLOGY, tools=(_STRESS,),
         figures=(money("loss", 0.3 * technology.value("AMD")),)),
    Case("stress-crash-2020", "stress", "How would my portfolio do in a repeat of the covid crash of 2020?", BALANCED,
         tools=(_STRESS,)),
    Case("stress-2018", "stress", "replay q4 2018 on my holdings", TECHNOLOGY, tools=(_STRESS,)),
    Case("stress-volatility", "stress", "what if there is a volatility spike?", LONG_SHORT, tools=(_STRESS,)),
    Case("trade-sell-apple", "what if", "What if I sold all my Apple?", BALANCED, tools=(_TRADES,),
         figures=(percent("volatility before", _volatility(balanced)),
                  percent("volatility after", _volatility(_WITHOUT_APPLE)))),
    Case("trade-buy-microsoft", "what if", "What happens if I buy 100 MSFT?", BALANCED, tools=(_TRADES,),
         figures=(percent("volatility after", _volatility(_MORE_MICROSOFT)),)),
    Case("trade-half-amd", "what if", "What if I sell half of my AMD?", TECHNOLOGY, tools=(_TRADES,),
         figures=(percent("volatility after", _volatility(_HALF_AMD)),)),
    Case("trade-not-held", "what if", "What if I sold my TSLA?", BALANCED, stance="unknown",
         forbidden=frozenset({_TRADES}), says=("TSLA|Tesla", r"(?i)\b(no|not)\b")),
    Case("compare-all", "compare", "Compare my portfolios", tools=("compare_portfolios",),
         figures=(percent("balanced", _volatility(balanced)), percent("technology", _volatility(technology))),
         says=(BALANCED, TECHNOLOGY, LONG_SHORT)),
    Case("compare-riskiest", "compare", "Which of my portfolios is the riskiest?", tools=("compare_portfolios",),
         figures=(percent("technology", _volatility(technology)),), says=(TECHNOLOGY,)),
    Case("compare-best", "compare", "Which portfolio performed best?", tools=("compare_portfolios",),
         says=(TECHNOLOGY,)),
    Case("compare-typo", "compare", "comapre my portfolios please", tools=("compare_portfolios",)),
)  # fmt: skip
