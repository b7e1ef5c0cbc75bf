"""The words by which people speak of figures.

An entry is the beginning of a word: "volatil" is volatile and volatility. `_` is a space or a hyphen, a trailing `.`
ends the word. Synonyms that are missing here cost a true figure its source, wrong ones let a wrong figure pass; the
perturbation test counts both.
"""

import re


def stems(text: str) -> re.Pattern[str]:
    """Any of these, at the beginning of a word."""
    parts = [re.escape(stem).replace("_", "[- ]").replace(r"\.", r"\b") for stem in text.split()]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(parts)})", re.IGNORECASE)


# What fields are of: a pattern for their names, and the words that speak of it
SUBJECTS: dict[str, tuple[str, str]] = {
    "volatility": (r"volatil|ewma|forecast", "volatil swing swung standard_dev vol. varia fluctuat choppi calm risk"),
    "value_at_risk": (r"value_at_risk", "value_at_risk var. bad_day lose lost loss risk tail confiden"),
    "shortfall": (r"shortfall", "shortfall cvar es. average_loss on_average lost lose loss tail beyond confiden"),
    "drawdown": (
        r"drawdown|depth",
        "drawdown dep deep high_water peak trough fall fell declin below recover underwater drop trail gain_back",
    ),
    "beta": (r"beta", "beta market sensitiv exposure move"),
    "standard_error": (r"standard_error", "standard_error std se. s.e uncertain \u00b1"),
    "p_value": (r"p_value", "p_value significan p."),
    "t_statistic": (r"t_statistic", "t. t_stat"),
    "r_squared": (r"r_squared", "r\u00b2 r_squared rsquared r2 expla variation variance fit due_to"),
    "result": (
        r"return|^change$|growth|annualized|money_weighted|pnl|effect(?!ive)|^contribution$|^worst$",
        "return outperform underperform gain lost lose loss rise rose risen fell fall drop declin up. down. perform "
        "made make earn grew grown growth day. year. month. week. session inception ahead behind change move best "
        "worst slid climb advanc add profit p&l p/l unrealis unrealiz result contribut cost brought bring attribut "
        "detract help came_from worth_of drag wipe eras swell boost deliver did. lead lag trail since entry "
        "scenario would hit impact",
    ),
    "contribution": (
        r"contribution|share$|marginal",
        "contribut share risk expla add due account make hedge owe drive cost drag help detract bring brought",
    ),
    "weight": (
        r"weight|share_of|top_\d|gross_weight|net_weight",
        "weigh share make of_nav of_the_nav of_net of_gross of_the_gross of_portfolio of_the_portfolio of_the_book "
        "account allocat position held hold invest concentrat largest top exposure tilt stake",
    ),
    "exposure": (r"exposure|leverage", "exposure leverage gross net. long short invest offset"),
    "long": (r"long_value", "long exposure hold sector"),
    "short": (r"short_value", "short exposure sector"),
    "net_value": (r"net_value|net_weight", "net. exposure sector hold weigh share invest"),
    "cash": (r"cash", "cash liquid uninvested"),
    "nav": (r"^nav|nav$|net_asset", "nav. net_asset worth value stand_at stands_at capital equity"),
    "market_value": (
        r"market_value|traded_value|stated_value",
        "value worth position market holding held trade stake size",
    ),
    "price": (
        r"price|close|^high$|^low$|strike|spot",
        "price close bought sold entry quote trad high low paid strike spot cost",
    ),
    "correlation": (r"correlation|average|matrix", "correlat alike together independent move"),
    "herfindahl": (r"herfindahl|hhi", "herfindahl hhi concentrat"),
    "effective": (r"effective", "effective as_if equal positions diversif"),
    "ratio": (r"(?<![a-z])ratio", "ratio times sharpe sortino calmar as_much diversif multiple per_unit"),
    "quantity": (r"quantity|delta", "share unit quantit contract hold own long short lot delta buy sell sold bought"),
    "stress": (
        r"direct|propagated|shocked|^worst$",
        "scenario stress shock would worst case episode if. crash effect fall rise hit impact lose gain loss market "
        "rates sector crisis",
    ),
    # A level names itself: 95 % is one wherever it stands
    "confidence": (r"(?!)", "confiden value_at_risk var. shortfall level worst bad lose loss horizon"),
    "percentile": (r"percentile", "percentile calmer years histor higher_than lower_than quieter"),
    "rate": (r"rate$", "rate. risk_free interest"),
    "count": (
        r"_count$|positions$|observations",
        "position holding stock name day observation line count securit instrument",
    ),
    "days": (r"^days_|_days$", "day session later took recover trough over window horizon"),
    "option": (
        r"theta|vega|gamma|rho|multiplier|delta",
        "theta decay vega gamma rho delta contract option day shares move",
    ),
}
# Any passage touches these: they tell nothing apart
GENERIC = frozenset({"days", "count", "option"})
# Cues of more than one word
PHRASES = stems(
    "value_at_risk bad_day standard_dev standard_error average_loss on_average high_water gain_back p_value t_stat "
    "r_squared due_to came_from worth_of of_nav of_the_nav of_net of_gross of_the_gross of_portfolio of_the_portfolio "
    "of_the_book net_asset stand_at stands_at as_if as_much per_unit higher_than lower_than risk_free"
)

# Fields that are meant only where a text says so
DEMANDED: tuple[tuple[str, re.Pattern[str]], ...] = (
    (r"^benchmark", re.compile(r"benchmark|market|index|S ?& ?P|\bSPY\b|\w+ \d{3,4}\b", re.IGNORECASE)),
    (r"^top_\d+$", stems("top. largest biggest concentrat first")),
    (r"alpha", stems("alpha intercept")),
    (r"ewma|forecast", stems("ewma exponential weighted forecast expect next predict")),
    (r"growth$", stems("grow grew index multiple return inception")),
    (r"share_of_gross", stems("cover gross includ rest")),
    (r"opening_cash", stems("open start initial began begin")),
    (r"^recovery$|days_to_recovery", stems("recover regain back new_high later")),
    (r"^direct$|^propagated$", stems("direct itself first spill propagat along follow")),
    (r"^previous_date$", stems("previous prior before yesterday since from")),
    (
        r"^start$|^first_|inception_date",
        stems(
            "since from start begin began beginning inception between first peak over fell window low old early "
            "earliest run"
        ),
    ),
    (r"series_step|duration_ms", re.compile(r"(?!)")),
)

# Words that make an unsigned figure a loss
LESS = stems(
    "loss lost lose losing fall fell down. drop declin below under behind decreas reduc lower less short negativ "
    "drawdown dip slid shed cost deepest worst hedg offset drag detract decay minus trough trail lag wipe eras took "
    "take_off burn back. bleed plung tumbl slump crash out_of hurt suffer against lowest owe cut. cuts. sell sold "
    "underperform shrink shrank weaker hit"
)
FELL = re.compile(
    r"\b(?:fell|fallen|lost|dropped|declined|down|slid|shed|losing|falling)(?: by| about| around| some)*\W*$",
    re.IGNORECASE,
)
ROSE = re.compile(
    r"\b(?:rose|risen|gained|up|climbed|grew|grown|advanced|gaining|rising|earned)(?: by| about| around| some)*\W*$",
    re.IGNORECASE,
)

# Words by which a row is meant without its name
SINGLED_OUT = re.compile(
    r"(?:largest|biggest|smallest|\btop|worst|best|deepest|highest|lowest|most \w+|least \w+|next|second|third|other"
    r"|single|\bone|only|each|every|\bno|strongest|weakest|riskiest|main|leading|closest|heaviest|hardest|severest)"
    r"\W+(?:\w+\W+){0,2}?(?:holding|position|stock|name|line|sector|scenario|pair|contributor|performer|factor"
    r"|portfolio|drawdown|fall|mover|gainer|loser|case|drag|detractor|risk|bet|exposure)",
    re.IGNORECASE,
)

# Cues of arithmetic
DIFFERENCE = stems(
    "differ more less ahead behind outperform underperform above below points percentage_points spread gap. higher "
    "lower excess increas decreas rose. fell. chang up_from down_from between margin beat lag lead exceed reduc "
    "rais over_the net_of narrow widen shift"
)
RATIO = stems("times ratio as_much as_large as_volatile multiple fold per. relative_to twice compared")
SHARE = stems("of. share account make represent portion fraction part")
CHANGE = stems(
    "chang ris rose grew grow fell fall gain lost lose loss increas decreas up. down. drop declin return reduc cut "
    "rais higher lower above below more less"
)
REST = stems(
    "rest. remain other worst not. unexplained unrelated idiosyncratic specific outside left. leaves. own. "
    "elsewhere beyond except uncovered missing"
)
TOGETHER = stems(
    "together combin total sum in_all adds_up add_up added_up altogether top. largest biggest all. jointly "
    "aggregate both"
)
IN_ALL = stems("total sum in_all adds_up add_up added_up altogether all. aggregate")
LISTED = stems("show below listed list. above of_them following table here_are")
