"""What was earned, and what moved."""

from app.agent.offline.intents.intent import Intent

RETURNS = (
    Intent(
        "performance",
        tools=("get_performance",),
        patterns=(
            r"\b(performance|performed|performing|total return|returns?)\b",
            r"\bhow (well|much) .{0,20}\b(earn|gain|made)\b",
        ),
        examples=(
            "how has my portfolio performed",
            "what is my total return",
            "how much have I made since inception",
            "what was my return over the last year",
            "how did I do this year",
            "how did I do last month",
            "year to date performance",
            "how was the last quarter",
            "how were the last 3 months",
        ),
        is_repeatable=True,
    ),
    Intent(
        "versus_market_return",
        tools=("get_performance",),
        patterns=(
            r"\b(beat|beaten|beating|outperform\w*|underperform\w*|lag|lagged|trail(ed|ing)?)\b",
            r"\breturns?\b.{0,30}\b(market|benchmark|s&p|index)\b",
            r"\bperform\w*\b.{0,30}\b(compared|versus|vs|against|relative)\b",
            r"\bcompares?\b.{0,20}\b(market|benchmark|s&p|index)\b",
        ),
        examples=(
            "did I beat the market",
            "how did my portfolio perform against the benchmark",
            "am I outperforming the S&P 500",
            "my return compared with the index",
            "how does my portfolio compare with the market",
        ),
    ),
    Intent(
        "annualized_return",
        tools=("get_performance",),
        patterns=(r"\bannuali[sz]ed return\b", r"\b(cagr|per year|a year|annual return|yearly return)\b"),
        examples=("what is my annualized return", "average return per year"),
    ),
    Intent(
        "extreme_days",
        tools=("get_performance",),
        patterns=(
            r"\b(best|worst|biggest|largest)\b.{0,12}\b(day|loss in a day|single day)\b",
            r"\bwhich day\b",
            r"\bwhat (day|date) (did|has|hurt|cost)\b",
        ),
        examples=(
            "what was my best day",
            "what was my worst day ever",
            "which day cost me the most so far",
            "on which day did I gain the most",
        ),
    ),
    Intent(
        "nav_history",
        tools=("get_performance",),
        patterns=(r"\b(nav|value|portfolio)\b.{0,20}\b(history|over time|chart|developed|grown|growth|evolution)\b",),
        examples=("how has my portfolio value developed over time", "show the NAV history", "chart my portfolio"),
    ),
    Intent(
        "market",
        tools=("get_market_overview",),
        patterns=(
            r"\bmarket (overview|summary|breadth|today|this (week|month|quarter))\b",
            r"\bhow (is|are|was|were|did|has|have) the (stock )?(market|markets|s&p|indexes|indices)\b",
            r"\bbreadth\b",
        ),
        examples=(
            "how is the market doing",
            "market overview",
            "how did the market do this month",
            "how broad is the rally",
            "how have the styles done",
        ),
    ),
    Intent(
        "market_sectors",
        tools=("get_market_overview",),
        patterns=(
            r"\b(which|what|best|worst|strongest|weakest|leading|lagging)\b.{0,15}\bsectors?\b.{0,30}"
            r"\b(market|did|done|performed|performing|led|leading|lagging|up|down|best|worst|rose|fell)\b",
        ),
        examples=("which sectors have done best", "leading sectors in the market", "which sector fell most"),
    ),
    Intent(
        "day_result",
        tools=("get_daily_movers",),
        patterns=(r"\b(make|made|lose|lost|earn|gain|p&l|profit|down|up)\b.{0,25}\b(today|yesterday|the day)\b",),
        examples=(
            "how much did I make today",
            "what is today's profit and loss",
            "why is my portfolio down today",
            "is my portfolio up or down today",
        ),
        is_repeatable=True,
    ),
    Intent(
        "movers",
        tools=("get_daily_movers",),
        patterns=(
            r"\bmovers?\b",
            r"\b(gainers?|losers?)\b",
            r"\bwhat (moved|happened)\b",
            r"\bmoved\b.{0,20}\btoday\b",
        ),
        examples=(
            "what moved today",
            "show the gainers and losers",
            "which positions hurt me today",
            "what drove my portfolio today",
            "what happened in my portfolio today",
            "what changed since yesterday",
        ),
        is_repeatable=True,
    ),
    Intent(
        "price",
        tools=("get_prices_historical",),
        patterns=(r"\b(price|quote|trading at|close|closed)\b",),
        examples=("what is the price of AAPL", "where does MSFT trade", "latest close of JPM", "AAPL quote"),
        need="symbol",
    ),
    Intent(
        "price_history",
        tools=("get_prices_historical",),
        patterns=(
            r"\bprices\b",
            r"\b(chart|history)\b",
            r"\b(rise|risen|rose|fall|fallen|fell|change[ds]?|moved|gone|perform\w*|done|return\w*)\b",
        ),
        examples=(
            "show the price history of AAPL",
            "how much has LLY risen over the last _period",
            "chart MSFT",
            "how did AMD perform this year",
        ),
        need="symbol",
    ),
)
