"""Terms in a few sentences, each as this product computes it.

Without digits: a figure of an answer has a source that can be opened, and these words are their own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.agent.offline.entities import Asked
from app.agent.offline.evidence import Evidence
from app.agent.offline.transcript import KnownPassage


@dataclass(frozen=True, slots=True)
class Term:
    pattern: str
    text: str


# Longer names first: "expected shortfall" before "short"
TERMS = (
    Term(
        r"expected shortfall|cvar|conditional var|tail (loss|risk)",
        "**Expected shortfall** is the average loss in the periods that are worse than the value at risk. Here it is "
        "the mean of the past returns at or below the value-at-risk quantile, so it says how bad it gets beyond that "
        "line.",
    ),
    Term(
        r"value[\s-]at[\s-]risk|\bvar\b",
        "**Value at risk** is a loss that is exceeded only rarely, with the usual confidence on about one day in "
        "twenty. Here it is historical: today's holdings are run over past daily returns and the quantile is read off "
        "by linear interpolation; ten days scale by the square root of ten. A positive figure is a loss. It says "
        "nothing of how large the loss is beyond it; that is the expected shortfall.",
    ),
    Term(
        r"draw[\s-]?downs?",
        "A **drawdown** is the fall of the portfolio's value from an earlier peak, as a fraction of that peak. The "
        "maximum drawdown is the deepest one so far. It is measured on the time-weighted growth of the actual "
        "portfolio, so that paying money in or out does not look like a gain or a fall.",
    ),
    Term(
        r"volatility|standard deviation",
        "**Volatility** is how much returns scatter: the sample standard deviation of daily returns times the square "
        "root of a year's trading days, so that it reads per year. Here it is of today's holdings over the last month, "
        "quarter or year of trading days. It counts swings up and down alike.",
    ),
    Term(
        r"\bbetas?\b",
        "**Beta** says how far the portfolio tends to move when the market moves: above one it moves further, below "
        "one less, and with a negative beta against it. It is the slope of a least-squares regression, with intercept, "
        "of daily returns on the benchmark's. The portfolio's beta is the weighted sum of its positions' betas.",
    ),
    Term(
        r"r[\s-]?squared|\br2\b|\br\N{SUPERSCRIPT TWO}",
        "**R²** is the share of the portfolio's daily variation that moves of the benchmark explain, from none to "
        "all of it. A high beta with a low R² is an uncertain beta.",
    ),
    Term(
        r"p[\s-]?value|standard error",
        "The **standard error** says how uncertain an estimated beta is; the **p-value** how likely so large an "
        "estimate would be if the true beta were zero. Below one in twenty it is customarily called different from "
        "zero.",
    ),
    Term(
        r"hhi|herfindahl",
        "The **Herfindahl index** (HHI) is the sum of the squared shares of the gross exposure. One position alone "
        "gives one; ten equal ones give a tenth. One divided by it is the effective number of positions.",
    ),
    Term(
        r"effective (number|positions)",
        "The **effective number of positions** is one divided by the Herfindahl index: how many positions of equal "
        "size would be as concentrated. It is never larger than the number of positions held.",
    ),
    Term(
        r"concentrat\w+",
        "**Concentration** is how much hangs on a few positions. It is measured on gross weights, each position's "
        "absolute market value over the sum of all of them, without cash: the largest one, three and ten, the "
        "Herfindahl index and the effective number of positions.",
    ),
    Term(
        r"correlat\w+",
        "**Correlation** says how closely two positions move together, from minus one (always opposite) over zero "
        "(unrelated) to one (always together). It is of daily returns, on the days that both have. Positions that are "
        "little correlated spread risk better.",
    ),
    Term(
        r"diversif\w+",
        "**Diversification** is spreading a portfolio so that not everything falls at once. The number of positions "
        "alone says little: what counts is how equal they are (effective number) and how little they are correlated.",
    ),
    Term(
        r"sharpe",
        "The **Sharpe ratio** is the return above the risk-free rate per unit of volatility, both per "
        "year. The rate is a constant that stands beside the figure.",
    ),
    Term(
        r"sortino",
        "The **Sortino ratio** is like the Sharpe ratio, but counts only swings below the risk-free rate as risk.",
    ),
    Term(
        r"\balpha\b",
        "**Alpha** is the return that the market does not explain: here the intercept of the regression that gives "
        "beta, per day. It is small and very uncertain, and past alpha is no promise.",
    ),
    Term(
        r"time[\s-]weighted( return)?|\btwr\b",
        "The **time-weighted return** links the daily returns, with money that comes in or goes out counted at the "
        "start of its day. So it measures the holdings, not the timing of payments.",
    ),
    Term(
        r"annuali[sz]ed( return)?|\bcagr\b",
        "An **annualised return** is the steady yearly return that would have led to the same total: growth to the "
        "power of a year's trading days over those that have passed, less one. Under one year it is not given.",
    ),
    Term(
        r"net asset value|\bnav\b",
        "**Net asset value** (NAV) is what is left if everything is sold and bought back at the newest closes: cash "
        "plus long market values less short ones. From day to day it changes by profit and loss, and by money paid in "
        "or out.",
    ),
    Term(
        r"gross (exposure|leverage)|net exposure|exposure",
        "**Gross exposure** is the sum of long and short market values without regard to sign; **net exposure** is "
        "long less short. Over net asset value they say how much is at work, and how much of it points one way.",
    ),
    Term(
        r"leverag\w+",
        "**Leverage** is gross exposure over net asset value. Where it is more than the whole, more is held than the "
        "portfolio is worth, by borrowing or by selling short, and gains and losses are magnified alike.",
    ),
    Term(
        r"short (position|sale|selling)?|shorting|going short",
        "A **short position** is something sold without being owned: it gains when the price falls. It has a negative "
        "quantity and a negative weight. Its loss has no upper limit.",
    ),
    Term(
        r"benchmark",
        "The **benchmark** is what a portfolio is compared with; each portfolio names its own, normally the S&P 500. "
        "Beta, R² and relative returns are against it.",
    ),
    Term(
        r"unreali[sz]ed( (profit|gain|loss|p&l))?",
        "**Unrealised profit** is quantity times the price's change since entry, on what is still held. A short whose "
        "price has fallen shows a gain.",
    ),
    Term(
        r"sector exposure|sectors?",
        "**Sector exposure** adds up market values by the industry sector of each instrument; the net weight is of "
        "net asset value, shorts counted negative. Funds have no sector here: they are not looked through.",
    ),
    Term(
        r"contribution",
        "A position's **contribution** to the day's return is its profit of the day over the portfolio's value at the "
        "start of it. The contributions add up to the portfolio's return.",
    ),
    Term(
        r"\bhedg\w+",
        "A **hedge** is a position that gains when the rest loses. It can be judged by how far it brings the "
        "portfolio's beta down, not only by its size.",
    ),
    Term(
        r"trading days?",
        "A **trading day** is a day with prices. Windows count them: a month has about twenty-one, a quarter three "
        "times as many, a year twelve times.",
    ),
)

_ASKS = re.compile(
    r"^\W*(?:(?:and|so|ok|please|hi|hello)[\s,]+)*(?:can you |could you |please )?"
    r"(?:what(?:'s|\s+is|\s+are|\s+does|\s+do)|explain|define|describe|tell me (?:about|what)|meaning of|definition of|"
    r"how (?:is|are|do you)\b.*\b(?:calculat\w+|comput\w+|measur\w+|defin\w+)|what (?:exactly )?)",
    re.IGNORECASE,
)
_MEANS = re.compile(r"\b(mean|means|meaning|definition|define|explain)\b|\bwork(s)?\b", re.IGNORECASE)
_COMPUTED = re.compile(r"^\W*how (is|are|do you)\b.*\b(calculat\w+|comput\w+|measur\w+|defin\w+)\b", re.IGNORECASE)
_DIFFERENCE = re.compile(r"\b(difference|differs?|distinguish)\b", re.IGNORECASE)
_OWN = re.compile(
    r"\b(my|mine|our|i|me|portfolio'?s?|account|today|position'?s|holdings|current|its|their|it)\b", re.IGNORECASE
)
# "what is a drawdown" asks for the term; "what is the drawdown" for the figure
_FIGURE = re.compile(r"\b(the|of)\b", re.IGNORECASE)


def terms_asked(asked: Asked) -> list[Term]:
    """The terms that a question wants explained, two where it asks for the difference; none where it wants a figure."""
    text = asked.text
    named = [term for term in TERMS if re.search(term.pattern, text, re.IGNORECASE)]
    if _DIFFERENCE.search(text) and not _OWN.search(text):
        return named[:2] if len(named) > 1 else []
    wants_meaning = bool(_MEANS.search(text) or _COMPUTED.search(text))
    if not wants_meaning:
        if not _ASKS.match(text) or _OWN.search(text) or _FIGURE.search(text) or asked.symbols or asked.portfolios:
            return []
        if asked.days or asked.confidence or asked.sector:
            return []
    return named[:1]


def passage_on(asked: Asked, passages: Sequence[KnownPassage]) -> KnownPassage | None:
    """The best passage whose heading names the term; what stands first may be on another question of the message."""
    terms = terms_asked(asked)
    if len(terms) != 1:
        return None
    [term] = terms
    headings = ((passage, f"{passage.title} {passage.section}") for passage in passages)
    return next((passage for passage, text in headings if re.search(term.pattern, text, re.IGNORECASE)), None)


def definition(evidence: Evidence) -> str:
    return "\n\n".join(term.text for term in terms_asked(evidence.asked))
