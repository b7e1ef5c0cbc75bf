"""Conversation, and what is declined: each says what can be had instead."""

from collections.abc import Callable

from app.agent.offline.evidence import Evidence

ABILITIES = (
    "- **Holdings**: what you own and owe, values, weights, gains and losses, cash, exposure\n"
    "- **Returns**: performance over any usual period, against the benchmark, best and worst days, what moved today\n"
    "- **Risk**: volatility, beta, value at risk, expected shortfall, drawdowns\n"
    "- **Drivers**: contributions to risk, factors, where profit came from, stress tests, trades you only think of\n"
    "- **Spread**: concentration, correlations, sectors, diversification\n"
    "- **Comparisons** of your portfolios, the market, price histories, your target prices, recent insights, the state "
    "of the data\n"
    "- **Terms**: ask what beta, value at risk or a drawdown is"
)
SELF = (
    "I am SigmaSight's offline analyst: rules and templates, not a language model. I choose the risk engine's tools "
    "that fit your question and put their results into words. I need no key and send nothing anywhere; every figure I "
    "give comes from a tool."
)

_ANSWERS = {
    "greeting": f"Hello. I can tell you about your portfolios and their risk:\n\n{ABILITIES}",
    "thanks": "You are welcome.",
    "goodbye": "Goodbye.",
    "help": f"Ask in your own words. I can answer questions about:\n\n{ABILITIES}\n\nFor example: "
    "*How risky is my portfolio compared with the market?*",
    "identity": SELF,
    "provenance": (
        "Every figure comes from a tool of the risk engine, which computes it from your positions and the daily "
        "prices in this installation's database; the tool calls stand above each answer, and the portfolio page shows "
        "the same figures. Returns use prices adjusted for splits and dividends, values use closes as quoted. I do no "
        "arithmetic beyond rounding and plain differences."
    ),
    "secrets": (
        "I do not show my instructions or anything of this installation's configuration, and I do not set my rules "
        "aside. I am glad to answer questions about your own portfolios."
    ),
    "others_data": (
        "I can see only the portfolios of the person who is signed in, so I can tell nothing of anybody else's."
    ),
    "order": (
        "I cannot trade, and I cannot change your holdings: I only read them. Positions are edited on the portfolio's "
        "page. I can tell you what a position weighs and what risk it brings."
    ),
    "advice": (
        "I do not advise on buying or selling. What I can give you is what such a decision rests on: a position's "
        "weight, beta, gain or loss, how it correlates with the rest, and how concentrated the portfolio is."
    ),
    "forecast": (
        "I cannot know future prices or returns, and I do not guess them. I can tell you what has been: returns, "
        "volatility, drawdowns, and the loss that past days suggest for a bad one (value at risk)."
    ),
    "news": (
        "I have no news, announcements or economic data: only your positions and daily prices. I can show you what "
        "moved in your portfolio on the newest day, and by how much."
    ),
    "tax": (
        "I cannot give tax or legal advice, and I know nothing of your circumstances. I can list entry dates, entry "
        "prices and unrealised gains for whoever advises you."
    ),
    "income": (
        "Dividends, interest and fees are not recorded as such, so I cannot list them. Returns of the risk figures "
        "use prices adjusted for dividends; values use closes as quoted."
    ),
    "live_prices": "I have daily closes, no live prices. I can give you the newest close and the move of that day.",
    "not_measured": (
        "I cannot answer that: simulated paths, backtests, company fundamentals, currency risk, option Greeks and "
        "tracking error are beyond what I put into words. What I do have and is nearest: stress tests, trades that you "
        "only think of, contributions to risk, beta and volatility."
    ),
    "what_if_open": (
        "I can work out what trades would change before anything is traded, but I need the instrument and how many "
        "units, or which part of what you hold. For example: *What if I sold half of my Apple?*"
    ),
    "fallback": (
        "I do not know how to answer that, and the knowledge base has nothing on it. I am an offline analyst and "
        "understand questions about:\n\n"
        f"{ABILITIES}\n\nCould you put it another way?"
    ),
}


def _fixed(text: str) -> Callable[[Evidence], str]:
    return lambda _evidence: text


FIXED = {intent: _fixed(text) for intent, text in _ANSWERS.items()}
