"""Where risk and profit come from, and what would happen if."""

from app.agent.offline import scenario_names
from app.agent.offline.instruments import SYMBOL_WORD
from app.agent.offline.intents.intent import Intent

_MARKET = r"\b(market|s&p|nasdaq|dow|index|stocks)\b"
_POSITIONS = r"(positions?|holdings?|stocks?)"
_MOVES = r"\b(falls?|fell|drops?|dropped|crash\w*|rises?|loses?|declines?|goes|up|down)\b"

DRIVERS = (
    Intent(
        "risk_contributions",
        tools=("get_risk_contributions",),
        patterns=(
            r"\bcontribut\w*\b.{0,25}\brisk\b",
            r"\brisk\b.{0,15}\bcontribut\w*\b",
            r"\b(drives?|driver)\b.{0,15}\brisk\b",
            rf"\b{_POSITIONS}\b.{{0,20}}\b(riskiest|most (volatile|risky|dangerous))\b",
        ),
        examples=(
            "which positions contribute most to risk",
            "where does my risk come from",
            "which of my stocks are most volatile",
            "what drives my risk",
            "risk contributions",
        ),
    ),
    Intent(
        "factor_exposures",
        tools=("get_factor_exposures",),
        patterns=(
            r"\b(factor|style)s?\b.{0,15}\b(exposures?|tilts?|loadings?|betas?|risk)?\b",
            r"\b(momentum|quality|size|value|minimum volatility)\b.{0,12}\b(exposure|tilt|factor|beta)\b",
            r"\b(systematic|specific|idiosyncratic) (risk|volatility)\b",
        ),
        examples=("what are my factor exposures", "do I have a value tilt", "how much of my risk is systematic"),
    ),
    Intent(
        "position_factors",
        tools=("get_position_factor_exposures",),
        patterns=(
            rf"\b(which|what) {_POSITIONS}\b.{{0,25}}\b(momentum|quality|size|value|volatility|factor|style|tilt)",
            rf"\b(factors?|styles?)\b.{{0,20}}\b(of|by|per|for|in) (each|every|my|the|all)? ?{_POSITIONS}\b",
        ),
        examples=(
            "which positions carry my momentum exposure",
            "factor exposures by position",
            "where does my value tilt come from",
            "factor betas of each holding",
        ),
    ),
    Intent(
        "position_factors_of",
        tools=("get_position_factor_exposures",),
        patterns=(r"\b(factors?|styles?|momentum|quality|value tilt|minimum volatility)\b",),
        examples=("factor exposure of AAPL", "is MSFT a momentum stock", "which styles does JPM follow"),
        need="symbol",
    ),
    Intent(
        "what_if",
        tools=("simulate_trades",),
        patterns=(r"\bwhat[\s-]if\b", r"\bif i\b", r"\bsimulat\w+\b"),
        examples=("what if I sold half of my AAPL", "what happens if I buy 100 MSFT", "simulate selling 50 JPM"),
        need="trades",
    ),
    Intent(
        "attribution",
        tools=("get_pnl_attribution",),
        patterns=(
            r"\battribution\b",
            r"\bwhere did\b.{0,20}\b(profit|p&l|return|gain|loss)",
        ),
        examples=("where did my profit come from", "profit attribution by sector", "what earned the money"),
    ),
    Intent(
        "stress_test",
        tools=("run_stress_test",),
        patterns=(
            r"\bstress\w*\b",
            r"\bscenarios?\b",
            rf"{_MARKET}.{{0,12}}{_MOVES}.{{0,20}}\d",
            rf"\b(if|when)\b.{{0,12}}{_MARKET}.{{0,12}}{_MOVES}",
            rf"\b(if|when|lose)\b.{{0,20}}({SYMBOL_WORD}|\bsector|\btech\w*|\benergy|\bbanks|\bfinancials).{{0,12}}{_MOVES}.{{0,15}}\d",
            r"\b(crisis|crash|recession)\b|\breplay\b",
            scenario_names.ANY,
        ),
        examples=("run a stress test", "what happens if the market falls", "how would a crash hit my portfolio"),
    ),
    Intent(
        "ratios",
        tools=("get_performance",),
        patterns=(r"\b(sharpe|sortino|calmar)\b", r"\brisk[\s-]adjusted\b"),
        examples=("what is my Sharpe ratio", "risk adjusted return"),
    ),
)
