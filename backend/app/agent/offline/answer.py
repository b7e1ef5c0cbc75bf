"""The whole answer: what was asked, then what could not be had, what limits the figures, and where they are from."""

from collections.abc import Iterator, Sequence

from app.agent.offline import figures
from app.agent.offline.evidence import Evidence, FailedCall, caveats, source_line
from app.agent.offline.intents import DEFINITION, FALLBACK
from app.agent.offline.planner import Part, Plan
from app.agent.offline.transcript import Transcript
from app.agent.offline.wording import WORDINGS, definitions, knowledge, memories
from app.agent.tools.results import PortfolioList
from app.schemas.analytics import Measure
from app.schemas.base import Schema

SIGNATURE = "_Answered by the offline analyst: figures from the risk engine, words from templates._"
# Small talk, and what says by itself who answers
UNSIGNED = frozenset({"greeting", "thanks", "goodbye", "identity", "fallback"})
NOTHING_AT_HAND = "I could not look that up: none of the tools that this needs was available in this step."
PORTFOLIO_ONLY = frozenset({"get_volatility", "get_value_at_risk", "get_drawdowns", "get_performance"})
# These take days, or replay a stretch of their own
WITH_DATES = frozenset(
    {"get_pnl_attribution", "get_prices_historical", "run_stress_test", "list_portfolios", "remember"}
)
# Portfolios named when one must be chosen
MAX_CHOICES = 12

# What the knowledge base answers where it has something on it
EXPLAINED = {DEFINITION, FALLBACK}

_SUBJECTS = {
    "list_portfolios": "The list of portfolios",
    "get_portfolio_complete": "The key figures",
    "get_positions": "The positions",
    "get_performance": "The performance",
    "get_daily_movers": "The day's movers",
    "get_prices_historical": "The prices",
    "get_beta": "The beta",
    "get_volatility": "The volatility",
    "get_value_at_risk": "The value at risk",
    "get_drawdowns": "The drawdowns",
    "get_correlation_matrix": "The correlations",
    "get_concentration": "The concentration",
    "get_sector_exposure": "The sector exposure",
    "get_data_quality": "The state of the data",
    "get_risk_contributions": "The contributions to risk",
    "get_hedge_quality": "The quality of the hedge",
    "get_factor_exposures": "The factor exposures",
    "get_pnl_attribution": "The attribution of profit",
    "get_position_factor_exposures": "The factor exposures of the positions",
    "get_market_overview": "The state of the market",
    "get_target_prices": "The target prices",
    "run_stress_test": "The stress test",
    "simulate_trades": "The effect of the trades",
    "compare_portfolios": "The comparison",
    "get_recent_insights": "The insights",
    "remember": "A note of that",
}


def compose(plan: Plan, transcript: Transcript) -> str:
    if plan.choices:
        return _signed(_ask_back(plan.choices), transcript)
    if transcript.passages and set(plan.intents) <= EXPLAINED and len(plan.parts) == 1:
        return _signed(knowledge.quoted(transcript.passages[0]), transcript)
    blocks = list(dict.fromkeys(block for part in plan.parts for block in _worded(part, plan, transcript) if block))
    evidence = Evidence(plan.parts[-1].asked, transcript.present.calls, transcript.memories)
    blocks += [*_failures(evidence.failed), *_notes(evidence.results)]
    if any(isinstance(result, Measure) for result in evidence.results):
        blocks += memories.told(evidence.memories)
    blocks += filter(None, [source_line(evidence.results)])
    text = "\n\n".join(blocks) or _nothing(evidence)
    return text if any(intent.name in UNSIGNED for intent in plan.intents) else _signed(text, transcript)


def _worded(part: Part, plan: Plan, transcript: Transcript) -> Iterator[str]:
    """Of several questions each is answered from its own calls."""
    made = transcript.present.calls
    calls = made if len(plan.parts) == 1 else part.answered_by(made)
    evidence = Evidence(part.asked, calls, transcript.memories)
    for intent in part.intents:
        passage = definitions.passage_on(part.asked, transcript.passages) if intent == DEFINITION else None
        yield knowledge.quoted(passage) if passage else WORDINGS[intent.name](evidence)
    yield _whole_portfolio(part)
    yield _up_to_now(part)


def _whole_portfolio(part: Part) -> str:
    """Where a measure was asked of one instrument that exists only for the portfolio."""
    tools = {tool for intent in part.intents for tool in intent.tools}
    if not part.asked.symbols or not tools & PORTFOLIO_ONLY:
        return ""
    symbols = figures.listed([figures.name(symbol) for symbol in part.asked.symbols])
    only = "I have the position, its beta, correlations and prices"
    return f"This is of the whole portfolio. For {symbols} by itself {only}."


def _up_to_now(part: Part) -> str:
    """Where it was asked of a year or a month, and what answers knows only the newest day and what ends there."""
    tools = {tool for intent in part.intents for tool in intent.tools}
    if part.asked.stretch is None or not tools - WITH_DATES:
        return ""
    return "This is up to the newest day. Of the time that you name I have the profit, where it came from, and prices."


def _ask_back(choices: Sequence[str]) -> str:
    listed = "\n".join(f"{number}. {figures.name(choice)}" for number, choice in enumerate(choices[:MAX_CHOICES], 1))
    more = f"\n\nAnd {len(choices) - MAX_CHOICES} more." if len(choices) > MAX_CHOICES else ""
    return f"Which portfolio do you mean? You have {len(choices)}:\n\n{listed}{more}\n\nName one, or say *all of them*."


def _nothing(evidence: Evidence) -> str:
    listed = evidence.first(PortfolioList)
    if listed is not None and not listed.portfolios:
        return "You have no portfolio yet. Create one, or import your holdings, and I can tell you about its risk."
    return NOTHING_AT_HAND


def _failures(failed: Sequence[FailedCall]) -> list[str]:
    sentences = [
        f"{_SUBJECTS.get(call.tool, 'A part of the answer')} could not be had: {_reason(call)}" for call in failed
    ]
    return list(dict.fromkeys(sentences))


def _reason(call: FailedCall) -> str:
    match call.failure.code:
        case "portfolio_not_found":
            return "you have no portfolio of that name."
        case "memory_unavailable":
            return "memory is switched off, for you or for everybody here."
        case "tool_timed_out":
            return "the calculation took too long. Please try again."
        case "tool_failed" | "unreadable":
            return "something went wrong on our side. Please try again."
        case _:
            return figures.prose(call.failure.message) or "the reason is not known."


def _notes(results: Sequence[Schema]) -> list[str]:
    found = caveats(results)
    return ["\n".join(f"> {caveat}" for caveat in found)] if found else []


def _signed(text: str, transcript: Transcript) -> str:
    """Says once in a conversation who answers."""
    is_said = any(SIGNATURE in turn.answer for turn in transcript.earlier)
    return text if is_said else f"{text}\n\n{SIGNATURE}"
