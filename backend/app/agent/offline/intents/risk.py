"""How much could be lost, and what drives it."""

from app.agent.offline.intents.intent import Intent

_MARKET = r"\b(market|benchmark|s&p|index)\b"

RISK = (
    Intent(
        "risk_versus_market",
        tools=("get_volatility", "get_beta", "get_value_at_risk", "get_drawdowns"),
        patterns=(rf"\brisk\w*\b.{{0,60}}{_MARKET}(?!\s*risk)", rf"{_MARKET}.{{0,40}}\brisk(y|ier)\b"),
        examples=(
            "how risky is my portfolio compared with the market",
            "am I taking more risk than the market",
            "is my portfolio riskier than the S&P 500",
        ),
    ),
    Intent(
        "risk",
        tools=("get_volatility", "get_value_at_risk", "get_drawdowns", "get_concentration"),
        patterns=(
            r"\bhow (risky|safe|dangerous)\b",
            r"\brisk (profile|summary|report|overview|level|analysis)\b",
            r"\b(biggest|largest|main|greatest) risks?\b",
        ),
        examples=(
            "how risky is my portfolio",
            "give me a risk report",
            "what are my biggest risks",
            "what is my main risk",
            "how safe is my portfolio",
            "analyse the risk of my portfolio",
        ),
    ),
    Intent(
        "volatility",
        tools=("get_volatility",),
        patterns=(r"\bvolatil\w*\b", r"\bstandard deviation\b"),
        examples=("what is my volatility", "how volatile is my portfolio", "how much does my portfolio swing"),
        is_repeatable=True,
    ),
    Intent(
        "volatility_versus_market",
        tools=("get_volatility",),
        patterns=(rf"\bvolatil\w*\b.{{0,50}}{_MARKET}", rf"{_MARKET}.{{0,50}}\bvolatil\w*\b"),
        examples=("is my portfolio more volatile than the market", "volatility compared with the benchmark"),
    ),
    Intent(
        "volatility_trend",
        tools=("get_volatility",),
        patterns=(
            r"\bvolatil\w*\b.{0,40}\b(rising|risen|rise|falling|fallen|chang\w+|increas\w+|decreas\w+|trend|lately)\b",
            r"\b(rising|falling|increas\w+|decreas\w+|trend)\b.{0,30}\bvolatil\w*\b",
        ),
        examples=("is my volatility rising", "has volatility increased lately", "volatility trend"),
    ),
    Intent(
        "beta",
        tools=("get_beta",),
        patterns=(r"\bbetas?\b", r"\bsensitiv\w+\b.{0,20}\bmarket\b"),
        examples=("what is my beta", "how sensitive is my portfolio to the market", "portfolio beta"),
        is_repeatable=True,
    ),
    Intent(
        "beta_of",
        tools=("get_beta",),
        patterns=(r"\bbetas?\b",),
        examples=("what is the beta of AAPL", "AAPL beta", "which beta does MSFT have"),
        need="symbol",
    ),
    Intent(
        "beta_ranking",
        tools=("get_beta",),
        patterns=(
            r"\b(highest|lowest|largest|smallest|most|least)\b.{0,15}\bbetas?\b",
            r"\bbetas?\b.{0,15}\b(by|per|of each|of all|of my|for each)\b.{0,10}\b(positions?|holdings?|stocks?)\b",
        ),
        examples=("which positions have the highest beta", "betas of my positions", "beta per holding"),
    ),
    Intent(
        "r_squared",
        tools=("get_beta",),
        patterns=(r"\br[\s-]?squared\b|\br2\b|\br\N{SUPERSCRIPT TWO}", r"\bexplained by the market\b"),
        examples=("what is my R squared", "how much of my risk is explained by the market"),
    ),
    Intent(
        "hedge",
        tools=("get_portfolio_complete", "get_beta", "get_hedge_quality"),
        patterns=(r"\bhedg\w*\b", r"\bmarket[\s-]neutral\b"),
        examples=("how well am I hedged", "is my portfolio market neutral", "do my shorts hedge the longs"),
    ),
    Intent(
        "short_squeeze",
        tools=("get_hedge_quality",),
        patterns=(r"\bsqueez\w*\b", r"\bshorts?\b.{0,30}\b(hurt|cost|blow up|lose|dangerous|risk)\b"),
        examples=("what would a short squeeze cost me", "which short is the most dangerous", "short squeeze risk"),
    ),
    Intent(
        "value_at_risk",
        tools=("get_value_at_risk",),
        patterns=(r"\bvalue[\s-]at[\s-]risk\b", r"\bvar\b"),
        examples=("what is my value at risk", "95% VaR", "ten day VaR at 99 %"),
        is_repeatable=True,
    ),
    Intent(
        "expected_shortfall",
        tools=("get_value_at_risk",),
        patterns=(r"\b(expected shortfall|conditional var|cvar|tail (loss|risk))\b",),
        examples=("what is my expected shortfall", "average loss in the worst days", "tail risk"),
    ),
    Intent(
        "possible_loss",
        tools=("get_value_at_risk", "get_drawdowns"),
        patterns=(r"\b(could|can|might|may|would)\b.{0,15}\blose\b", r"\b(worst case|bad day|downside)\b"),
        examples=(
            "how much could I lose in a day",
            "what would I lose on a bad day",
            "what is my worst case",
            "what is the downside",
        ),
    ),
    Intent(
        "drawdown",
        tools=("get_drawdowns",),
        patterns=(r"\bdraw[\s-]?downs?\b", r"\bpeak[\s-]to[\s-]trough\b"),
        examples=("what was my maximum drawdown", "worst drawdowns", "how far did my portfolio fall"),
        is_repeatable=True,
    ),
    Intent(
        "current_drawdown",
        tools=("get_drawdowns",),
        patterns=(
            r"\b(current|now|present)\b.{0,15}\bdraw[\s-]?down\b",
            r"\b(below|under|from|off)\b.{0,8}\b(its |the |my )?(peak|high|all[\s-]time high)\b",
        ),
        examples=("am I in a drawdown now", "how far below the peak am I", "how far off the high is my portfolio"),
    ),
    Intent(
        "recovery",
        tools=("get_drawdowns",),
        patterns=(r"\brecover\w*\b", r"\bunder ?water\b"),
        examples=(
            "how long did it take to recover",
            "has my portfolio recovered",
            "recovery time after the worst drop",
        ),
    ),
    Intent(
        "correlation",
        tools=("get_correlation_matrix",),
        patterns=(r"\bcorrelat\w*\b", r"\bmove together\b"),
        examples=(
            "how correlated are my positions",
            "how correlated are my top holdings",
            "average correlation",
            "do my stocks move together",
        ),
    ),
    Intent(
        "correlation_pair",
        tools=("get_correlation_matrix",),
        patterns=(r"\bcorrelat\w*\b", r"\bmove together\b"),
        examples=("how correlated are AAPL and MSFT", "correlation between JPM and BAC"),
        need="two_symbols",
    ),
    Intent(
        "correlation_extremes",
        tools=("get_correlation_matrix",),
        patterns=(
            r"\b(most|least|highest|lowest|strongest|weakest|closest)\b.{0,20}\bcorrelat\w*\b",
            r"\bcorrelat\w*\b.{0,20}\b(most|least|highest|lowest)\b",
        ),
        examples=("which positions are most correlated", "lowest correlations", "which pairs move together most"),
    ),
    Intent(
        "concentration",
        tools=("get_concentration",),
        patterns=(r"\bconcentrat\w*\b", r"\bhhi\b", r"\bherfindahl\b", r"\beffective (number|positions)\b"),
        examples=(
            "how concentrated is my portfolio",
            "do I have too much in one stock",
            "what is the HHI",
            "effective number of positions",
        ),
        is_repeatable=True,
    ),
    Intent(
        "diversification",
        tools=("get_concentration", "get_correlation_matrix", "get_sector_exposure"),
        patterns=(r"\bdiversif\w*\b", r"\beggs in one basket\b"),
        examples=("am I well diversified", "how diversified is my portfolio", "is everything in one basket"),
    ),
    Intent(
        "sectors",
        tools=("get_sector_exposure",),
        patterns=(r"\bsectors?\b", r"\bindustr(y|ies)\b", r"\ballocation\b", r"\ballocated\b"),
        examples=("what is my sector exposure", "how am I allocated", "break down by sector", "largest sector"),
        is_repeatable=True,
    ),
    Intent(
        "sector",
        tools=("get_sector_exposure",),
        patterns=(r"\b(how much|exposure|exposed|weight|overweight|invested|share|am i in)\b",),
        examples=("how much technology do I have", "my exposure to energy", "am I overweight health care"),
        need="sector",
    ),
)
