"""What is held, and what it is worth."""

from app.agent.offline.intents.intent import Intent

HOLDINGS = (
    Intent(
        "portfolios",
        tools=("list_portfolios",),
        patterns=(r"^(?!.*\b(compar|risk|best|worst)).*\b(which|what|list|show|all|how many)\b.{0,20}\bportfolios\b",),
        examples=("which portfolios do I have", "list my portfolios", "show all my accounts"),
    ),
    Intent(
        "overview",
        tools=("get_portfolio_complete",),
        patterns=(r"\b(overview|summar(y|ise|ize)|snapshot|key figures|at a glance)\b",),
        examples=(
            "give me an overview of my portfolio",
            "give me a summary for somebody",
            "how is my portfolio doing",
            "summarise my portfolio",
            "what does my portfolio look like",
            "how are things",
        ),
        is_repeatable=True,
    ),
    Intent(
        "net_asset_value",
        tools=("get_portfolio_complete",),
        patterns=(r"\b(nav|net asset value)\b", r"\bportfolio.{0,6}\b(worth|value)\b", r"\bvalue of my portfolio\b"),
        examples=("what is my portfolio worth", "how much money do I have", "what is the NAV", "total portfolio value"),
        is_repeatable=True,
    ),
    Intent(
        "cash",
        tools=("get_portfolio_complete",),
        patterns=(r"\bcash\b",),
        examples=("how much cash do I have", "what is my cash balance", "how much is uninvested"),
    ),
    Intent(
        "exposure",
        tools=("get_portfolio_complete",),
        patterns=(r"\b(gross|net)\b.{0,12}\bexposure\b", r"\bleverag", r"\blong.{0,5}short (ratio|split|exposure)"),
        examples=(
            "what is my gross and net exposure",
            "how leveraged am I",
            "how much am I long and short",
            "am I using leverage",
        ),
    ),
    Intent(
        "position_count",
        tools=("get_portfolio_complete",),
        patterns=(r"\bhow many (positions|holdings|stocks|names|shorts|longs)\b",),
        examples=("how many positions do I have", "number of holdings"),
    ),
    Intent(
        "positions",
        tools=("get_positions",),
        patterns=(
            r"\b(list|show|all|see) (me )?(all )?(of )?(my |the )?(positions|holdings|stocks)\b",
            r"\bwhat do i (own|hold)\b",
        ),
        examples=(
            "what do I own",
            "a table of my positions with weights",
            "list my positions",
            "show my holdings",
            "what stocks are in my portfolio",
        ),
        is_repeatable=True,
    ),
    Intent(
        "position",
        tools=("get_positions",),
        patterns=(
            r"\b(do i (own|hold|have)|my position in|my (stake|shares) (of|in)|weight of|how (is|are) my)\b",
            r"\bsince i (bought|own)\b",
        ),
        examples=(
            "how much AAPL do I own",
            "how is my MSFT position doing",
            "what is the weight of JPM",
            "am I making money on AMD",
            "how many shares of KO do I hold",
            "what is my profit on LLY",
            "how has AAPL done since I bought it",
        ),
        need="symbol",
    ),
    Intent(
        "entry",
        tools=("get_positions",),
        patterns=(
            r"\bwhen did i (buy|short|purchase|sell)\b",
            r"\b(cost basis|entry price|purchase price|did i pay)\b",
        ),
        examples=(
            "when did I buy AAPL",
            "list my trades",
            "what did I pay for MSFT",
            "entry price of JPM",
            "my cost basis in GE",
        ),
    ),
    Intent(
        "best_positions",
        tools=("get_positions",),
        patterns=(
            r"\b(best|most profitable|winning|strongest)\b.{0,20}\b(position|holding|stock|investment|performer)s?\b",
            r"\b(biggest|largest|top) (winner|gain)s?\b(?!.*today)",
        ),
        examples=("which positions made the most money", "my best investments", "biggest winners since purchase"),
    ),
    Intent(
        "worst_positions",
        tools=("get_positions",),
        patterns=(
            r"\b(worst|losing|weakest|least profitable)\b.{0,20}\b(position|holding|stock|investment|performer)s?\b",
            r"\b(biggest|largest) los(s|ses|er|ers)\b(?!.*today)",
            r"\b(position|holding|stock|investment)s?\b.{0,12}\b(hurts?|drags?|dragged)\b(?!.*(today|risk))",
        ),
        examples=(
            "which positions lost the most money",
            "my worst investments",
            "where am I losing money",
            "which stock hurts me most",
        ),
    ),
    Intent(
        "unrealized",
        tools=("get_positions",),
        patterns=(
            r"\bunreali[sz]ed\b",
            r"\b(open|paper) (profit|gain|loss|p&l)",
        ),
        examples=("what is my unrealized profit", "open profit and loss of all positions"),
    ),
    Intent(
        "shorts",
        tools=("get_positions",),
        patterns=(
            r"\b(my|what|which|show|list)\b.{0,20}\bshorts?\b(?!.*(term|history|fall))",
            r"\bwhat am i short\b",
        ),
        examples=("what am I short", "show my short positions", "how are my shorts doing"),
        is_repeatable=True,
    ),
    Intent(
        "longs",
        tools=("get_positions",),
        patterns=(r"\blong positions\b", r"\bmy longs\b", r"\bwhat am i long\b"),
        examples=("show my long positions", "what am I long"),
        is_repeatable=True,
    ),
    Intent(
        "smallest_positions",
        tools=("get_positions",),
        patterns=(r"\b(smallest|tiniest|least)\b.{0,15}\b(position|holding|stock|weight)",),
        examples=("what are my smallest positions", "which holdings are tiny"),
    ),
    Intent(
        "largest_positions",
        tools=("get_concentration",),
        patterns=(r"\b(largest|biggest|top|main|heaviest)\b.{0,12}\b(position|holding|stock|name|weight)s?\b",),
        examples=("what are my largest positions", "top 10 holdings", "what is my biggest holding"),
    ),
    Intent(
        "target_prices",
        tools=("get_target_prices",),
        patterns=(r"\b(target prices?|price targets?|targets?)\b", r"\bupside\b"),
        examples=(
            "what are my target prices",
            "which positions are furthest from their target",
            "how much upside do my targets leave",
            "show my price targets",
        ),
    ),
    Intent(
        "target_price_of",
        tools=("get_target_prices",),
        patterns=(r"\b(target prices?|price targets?|targets?)\b", r"\bupside\b"),
        examples=("what is my target for AAPL", "upside of MSFT to my target"),
        need="symbol",
    ),
    Intent(
        "compare",
        tools=("compare_portfolios",),
        patterns=(
            r"\bcompar.{0,40}\b(portfolios|accounts|funds)\b",
            r"\b(which|what) (one )?(of (my|the) )?(portfolio|account|fund)s?\b.{0,30}\b(is|has|did|lost|made|perform)",
        ),
        examples=(
            "compare my portfolios",
            "which of my portfolios is the riskiest",
            "which portfolio performed best",
            "how do my portfolios differ",
            "which portfolio is the largest",
        ),
    ),
    Intent(
        "compare_named",
        tools=("compare_portfolios",),
        patterns=(r"\b(compar|versus|vs\.?|difference|differ|better|riskier|between|or|and)\b",),
        examples=("compare portfolio and portfolio", "portfolio versus portfolio"),
        need="several_portfolios",
    ),
    Intent(
        "data_quality",
        tools=("get_data_quality",),
        patterns=(r"\b(data quality|missing (data|prices)|gaps?\b.{0,15}\b(data|price)|stale|complete data)\b",),
        examples=(
            "is my data complete",
            "are any prices missing",
            "can I trust the data",
            "check the data quality",
            "how good is the data",
        ),
    ),
    Intent(
        "data_date",
        tools=("get_data_quality",),
        patterns=(r"\b(up to date|how (current|fresh|recent|old)|as of (when|which)|latest (price|data) date)\b",),
        examples=("how current are these figures", "when were prices last updated", "what is the latest date"),
    ),
    Intent(
        "insights",
        tools=("get_recent_insights",),
        patterns=(r"\binsights?\b", r"\b(alerts?|warnings?|findings?)\b"),
        examples=("any recent insights", "what did the last daily summary say", "show me the latest alerts"),
    ),
    Intent(
        "briefing",
        tools=("get_portfolio_complete", "get_daily_movers", "get_recent_insights"),
        patterns=(r"\b(briefing|morning (note|brief)|need to know|should i know|catch me up)\b",),
        examples=(
            "what should I know today",
            "is there anything unusual today",
            "give me the morning briefing",
            "catch me up",
        ),
    ),
)
