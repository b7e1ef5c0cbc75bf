"""How much it may move, with what, and why."""

from app.learning.evaluation.case import Case
from app.learning.evaluation.cases import reference
from app.learning.evaluation.cases.people import (
    BALANCED,
    LONG_SHORT,
    TECHNOLOGY,
    balanced,
    beta,
    long_short,
    number,
    percent,
    technology,
    value_at_risk,
    volatility,
)
from app.learning.evaluation.cases.reference import Portfolio

_VOLATILITY, _BETA, _VAR, _FALLS = "get_volatility", "get_beta", "get_value_at_risk", "get_drawdowns"
_PAIRS, _SHARES, _FACTORS = "get_correlation_matrix", "get_risk_contributions", "get_factor_exposures"


def _share(held: Portfolio, symbol: str) -> float:
    return reference.risk_shares(held)[symbol]


def _deepest(held: Portfolio) -> float:
    return reference.deepest_drawdown(held.history())


def _shortfall(held: Portfolio, confidence: float) -> float:
    return reference.expected_shortfall(held.returns(504), confidence)


def _explained(held: Portfolio) -> float:
    return reference.r_squared(held.returns(252), reference.returns_of("SP500", 252))


_MARKET_VOLATILITY = percent("market's volatility", reference.volatility(reference.returns_of("SP500", 252)))
_APPLE_BETA = number(
    "beta of AAPL", reference.beta(reference.returns_of("AAPL", 252), reference.returns_of("SP500", 252))
)

CASES = (
    Case("risk-against-market", "risk", "How risky is my portfolio compared with the market?", BALANCED,
         tools=(_VOLATILITY, _BETA), figures=(volatility(balanced, 252), _MARKET_VOLATILITY, beta(balanced, 252))),
    Case("risk-against-market-technology", "risk", "is this riskier than the s&p?", TECHNOLOGY,
         tools=(frozenset({_VOLATILITY, _BETA}),), figures=(volatility(technology, 252),)),
    Case("risk-plain", "risk", "How risky is my portfolio?", TECHNOLOGY, tools=(_VOLATILITY, _VAR),
         figures=(volatility(technology, 252),)),
    Case("biggest-risks", "risk", "What are my biggest risks?", BALANCED,
         tools=(frozenset({_VOLATILITY, "get_concentration", _SHARES, "run_stress_test"}),)),
    Case("volatility-balanced", "volatility", "How volatile is my portfolio?", BALANCED, tools=(_VOLATILITY,),
         figures=(volatility(balanced, 252),)),
    Case("volatility-quarter", "volatility", "What is my volatility over 63 days?", BALANCED, tools=(_VOLATILITY,),
         figures=(volatility(balanced, 63),)),
    Case("volatility-month", "volatility", "volatility last month (21d)?", TECHNOLOGY, tools=(_VOLATILITY,),
         figures=(volatility(technology, 21),)),
    Case("volatility-long-short", "volatility", "what's the vol of my l/s book", LONG_SHORT, tools=(_VOLATILITY,),
         figures=(volatility(long_short, 252),)),
    Case("volatility-market", "volatility", "Is my portfolio more volatile than the market?", BALANCED,
         tools=(_VOLATILITY,), figures=(volatility(balanced, 252), _MARKET_VOLATILITY)),
    Case("volatility-rising", "volatility", "Is my volatility rising?", BALANCED, tools=(_VOLATILITY,),
         figures=(volatility(balanced, 21),)),
    Case("beta-balanced", "beta", "What is my beta?", BALANCED, tools=(_BETA,), figures=(beta(balanced, 252),)),
    Case("beta-technology", "beta", "beta to the s&p 500?", TECHNOLOGY, tools=(_BETA,),
         figures=(beta(technology, 252),)),
    Case("beta-long-short", "beta", "what is the beta of this book", LONG_SHORT, tools=(_BETA,),
         figures=(beta(long_short, 252),)),
    Case("beta-short-window", "beta", "what's my 90 day beta?", BALANCED, tools=(_BETA,),
         figures=(beta(balanced, 90),)),
    Case("beta-apple", "beta", "What is the beta of AAPL?", BALANCED, tools=(_BETA,), figures=(_APPLE_BETA,)),
    Case("beta-explained", "beta", "How much of my risk is explained by the market?", BALANCED, tools=(_BETA,),
         figures=(percent("R squared", _explained(balanced)),)),
    Case("hedged", "beta", "How well am I hedged?", LONG_SHORT, tools=(_BETA,), figures=(beta(long_short, 252),)),
    Case("var-balanced", "value at risk", "95% VaR", BALANCED, tools=(_VAR,), figures=(value_at_risk(balanced, 0.95),)),
    Case("var-technology", "value at risk", "What is my value at risk at 99 %?", TECHNOLOGY, tools=(_VAR,),
         figures=(value_at_risk(technology, 0.99),)),
    Case("var-ten-days", "value at risk", "What's the value at risk at 99% over 10 days?", BALANCED, tools=(_VAR,),
         figures=(value_at_risk(balanced, 0.99, 10),)),
    Case("var-long-short", "value at risk", "how much could i lose in a day, with 95% confidence?", LONG_SHORT,
         tools=(_VAR,), figures=(value_at_risk(long_short, 0.95),)),
    Case("shortfall", "value at risk", "What is my expected shortfall?", BALANCED, tools=(_VAR,),
         figures=(percent("expected shortfall", _shortfall(balanced, 0.95)),)),
    Case("shortfall-cvar", "value at risk", "cvar 95", TECHNOLOGY, tools=(_VAR,),
         figures=(percent("expected shortfall", _shortfall(technology, 0.95)),)),
    Case("drawdown-balanced", "drawdown", "Maximum drawdown", BALANCED, tools=(_FALLS,),
         figures=(percent("deepest", _deepest(balanced)),)),
    Case("drawdown-technology", "drawdown", "what was the worst peak-to-trough loss?", TECHNOLOGY, tools=(_FALLS,),
         figures=(percent("deepest", _deepest(technology)),)),
    Case("drawdown-long-short", "drawdown", "deepest drawdown so far?", LONG_SHORT, tools=(_FALLS,),
         figures=(percent("deepest", _deepest(long_short)),)),
    Case("below-peak", "drawdown", "How far below the peak am I?", TECHNOLOGY, tools=(_FALLS,),
         figures=(percent("now", reference.current_drawdown(technology.history())),)),
    Case("correlation-pair", "correlation", "How correlated are AAPL and MSFT?", BALANCED, tools=(_PAIRS,),
         figures=(number("correlation", reference.correlation("AAPL", "MSFT")),)),
    Case("correlation-pair-names", "correlation", "correlation between Exxon and Apple?", BALANCED, tools=(_PAIRS,),
         figures=(number("correlation", reference.correlation("XOM", "AAPL")),)),
    Case("correlation-average", "correlation", "How correlated are my positions?", BALANCED, tools=(_PAIRS,),
         figures=(number("average", reference.average_correlation(balanced)),)),
    Case("correlation-technology", "correlation", "do my holdings move together?", TECHNOLOGY, tools=(_PAIRS,),
         figures=(number("average", reference.average_correlation(technology)),)),
    Case("contributions-balanced", "contributions", "Which positions contribute most to risk?", BALANCED,
         tools=(_SHARES,), figures=(percent("share of AAPL", _share(balanced, "AAPL")),), says=("AAPL|Apple",)),
    Case("contributions-technology", "contributions", "what drives my risk?", TECHNOLOGY, tools=(_SHARES,),
         figures=(percent("share of AAPL", _share(technology, "AAPL")),)),
    Case("factors-balanced", "factors", "What are my factor exposures?", BALANCED, tools=(_FACTORS,),
         says=("(?i)momentum", "(?i)value")),
    Case("factors-momentum", "factors", "What is my momentum exposure?", TECHNOLOGY, tools=(_FACTORS,),
         says=("(?i)momentum",)),
    Case("factors-by-position", "factors", "Which positions carry my momentum exposure?", TECHNOLOGY,
         tools=("get_position_factor_exposures",), says=("(?i)momentum",)),
)  # fmt: skip
