"""From a question, in its conversation, to the kinds of question it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.agent.offline import language
from app.agent.offline.entities import PERIOD_WORD, Asked, extract
from app.agent.offline.instruments import SYMBOL_WORD
from app.agent.offline.intents import DEFINITION, FALLBACK, GUARDS, MEASURED, TALK, Intent
from app.agent.offline.portfolio_names import PORTFOLIO_WORD
from app.agent.offline.questions import parted
from app.agent.offline.transcript import Transcript
from app.agent.offline.wording.definitions import terms_asked

# A word that makes an intent certain counts like half of a perfect likeness; naming what it is about, a bit less
PATTERN_BONUS = 0.5
NEED_BONUS = 0.3
# Below this a question is like none of the examples
UNDERSTOOD = 0.5
# Things asked in one question, and questions in one message; more would be a report
MAX_INTENTS = 3
MAX_QUESTIONS = 3
# What is asked stands at the beginning; a pasted page would only hold up everybody else's turns
MAX_READ_CHARS = 600
# A question refers to the one before it, rarely to one long ago
TURNS_REMEMBERED = 4
# A follow-up is short: more words make a question of its own
FOLLOW_UP_TERMS = 6

OVERVIEW = next(intent for intent in MEASURED if intent.name == "overview")
WHAT_IF = next(intent for intent in MEASURED if intent.name == "what_if")
STRESS = next(intent for intent in MEASURED if intent.name == "stress_test")
ATTRIBUTION = next(intent for intent in MEASURED if intent.name == "attribution")
FOR_NOW = frozenset({"day_result", "movers", "performance"})
POSITION = next(intent for intent in MEASURED if intent.name == "position")
# What is refused is refused whatever stands beside it
ALONE = {intent for intent in GUARDS if intent.name in {"secrets", "others_data", "order"}}
SMALL_TALK = {intent for intent in TALK if intent.name in {"greeting", "thanks", "goodbye"}}

_INDEX = language.PhraseIndex(
    (intent.name, extract(example).plain) for intent in MEASURED for example in intent.examples
)
_AND = re.compile(r"\band\b|,|&|\+|\bplus\b|\bas well\b|\balso\b", re.IGNORECASE)
_REFERS_BACK = re.compile(r"\b(its?|their|they|that|this|those|same|again|it's|there)\b", re.IGNORECASE)
_CONTINUES = re.compile(
    r"^\W*(and|or|what about|how about|also|then|now|for|but|same|no,?|i mean|the|only|in|over|at)\b", re.IGNORECASE
)
_OF_MINE = re.compile(r"\b(i|my|me|we|our|portfolio)\b", re.IGNORECASE)
_SUPPOSES = re.compile(
    r"\b(if|when|suppose|imagine|repeats?|replay|again|happens?|would|another|how bad|affects?|impacts?|hurts?)\b",
    re.IGNORECASE,
)
_ALL_PORTFOLIOS = re.compile(
    r"\b(all|both|each|every|across)\b.{0,12}\b(portfolios?|accounts?|funds?|of them)\b|^\W*(all|both|each)\W*$",
    re.IGNORECASE,
)
_ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "last": -1}
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)})\b(?: (?:one|portfolio))?", re.IGNORECASE)


_SMALL_WORDS = f"all both each every across them one same {' '.join(_ORDINALS)}"
_NAMES_ONLY = {SYMBOL_WORD, PERIOD_WORD, PORTFOLIO_WORD, *language.terms(_SMALL_WORDS)}


@dataclass(frozen=True, slots=True)
class Understood:
    asked: Asked
    intents: tuple[Intent, ...]
    wants_all_portfolios: bool = False


def understand(transcript: Transcript, portfolio_names: Sequence[str]) -> tuple[Understood, ...]:
    """The questions of the present message; what they leave open is taken from those before them."""
    understood: tuple[Understood, ...] = ()
    for turn in (*transcript.earlier[-TURNS_REMEMBERED:], transcript.present):
        if turn.question:
            understood = _all_of(turn.question[:MAX_READ_CHARS], portfolio_names, understood)
    return understood or (Understood(extract(""), (FALLBACK,)),)


def _all_of(message: str, names: Sequence[str], before: tuple[Understood, ...]) -> tuple[Understood, ...]:
    """Each question of a message that has several, if they are understood by themselves; or the message as one."""
    last = before[-1] if before else None
    continued = tuple(_next(message, names, each) for each in before) or (_next(message, names, None),)
    whole = continued[-1]
    if set(whole.intents) & ALONE:
        return (whole,)
    found: list[Understood] = []
    for question in parted(message):
        found.append(_next(question, names, found[-1] if found else last))
    asked = list(dict.fromkeys(each for each in found if not set(each.intents) & {FALLBACK, *SMALL_TALK}))
    if len(asked) > 1:
        return tuple(asked[:MAX_QUESTIONS])
    return continued if [each.intents for each in continued] == [each.intents for each in before] else (whole,)


def _next(question: str, names: Sequence[str], before: Understood | None) -> Understood:
    asked = _with_ordinal(extract(question, names), names, before)
    wants_all = bool(_ALL_PORTFOLIOS.search(question))
    if before is not None and not asked.symbols and _REFERS_BACK.search(question):
        asked = replace(asked, symbols=before.asked.symbols)
    intents = (FALLBACK,) if _is_bare(asked) else recognise(asked)
    if before is not None and before.intents != (FALLBACK,) and _is_follow_up(asked, intents, wants_all=wants_all):
        return Understood(_merged(before.asked, asked), _fitting(before.intents, asked), wants_all)
    if _is_bare(asked) and (asked.symbols or asked.portfolios):
        intents = (POSITION,) if asked.symbols else (OVERVIEW,)
    if before is not None and not asked.portfolios and not wants_all:
        # A conversation stays with the portfolio that it is about until another is named
        asked = replace(asked, portfolios=before.asked.portfolios)
    return Understood(asked, intents, wants_all)


def _is_bare(asked: Asked) -> bool:
    """Nothing but names, spans and small words, such as "and for Microsoft?"."""
    if set(language.terms(asked.plain)) - _NAMES_ONLY:
        return False
    possible = (*GUARDS, *TALK, *(intent for intent in MEASURED if _has_needed(intent, asked)))
    return not any(intent.matches(asked.plain) for intent in possible)


def recognise(asked: Asked) -> tuple[Intent, ...]:
    for guard in GUARDS:
        if guard.matches(asked.plain):
            return (guard,)
    if asked.scenarios and _SUPPOSES.search(asked.plain):
        return (STRESS,)
    if terms_asked(asked):
        return (DEFINITION,)
    if asked.trades:
        return (WHAT_IF,)
    for talk in TALK:
        if talk.matches(asked.plain):
            return (talk,)
    return _measured(asked) or ((ATTRIBUTION,) if asked.stretch and _OF_MINE.search(asked.text) else (FALLBACK,))


def _measured(asked: Asked) -> tuple[Intent, ...]:
    likeness = _INDEX.scores(language.terms(asked.plain))
    scored = [
        (_score(intent, asked, likeness[intent.name]), intent) for intent in MEASURED if _has_needed(intent, asked)
    ]
    scored.sort(key=lambda pair: -pair[0])
    if not scored or scored[0][0] < UNDERSTOOD:
        return ()
    chosen = [_over_time(scored[0][1], asked)]
    if _AND.search(asked.plain):
        chosen += _companions(chosen[0], [intent for _, intent in scored[1:]], asked)
    return tuple(chosen)


def _over_time(intent: Intent, asked: Asked) -> Intent:
    """What is up to now, such as the newest day, is no answer to what a year or a month brought."""
    return ATTRIBUTION if intent.name in FOR_NOW and asked.stretch is not None else intent


def _score(intent: Intent, asked: Asked, likeness: float) -> float:
    pattern = PATTERN_BONUS if intent.matches(asked.plain) else 0.0
    return likeness + pattern + (NEED_BONUS if intent.need and (pattern or likeness) else 0.0)


def _companions(best: Intent, others: Sequence[Intent], asked: Asked) -> list[Intent]:
    """Further things asked in the same breath: named by a word of their own, and of another tool."""
    found: list[Intent] = []
    used = set(best.tools)
    for intent in others:
        if len(found) + 1 < MAX_INTENTS and not used & set(intent.tools) and intent.matches(asked.plain):
            found.append(intent)
            used |= set(intent.tools)
    return found


def _has_needed(intent: Intent, asked: Asked) -> bool:
    match intent.need:
        case None:
            return True
        case "symbol":
            return bool(asked.symbols)
        case "two_symbols":
            return len(asked.symbols) >= 2
        case "sector":
            return asked.sector is not None
        case "several_portfolios":
            return len(asked.portfolios) >= 2
        case "trades":
            return bool(asked.trades)


def _is_follow_up(asked: Asked, intents: tuple[Intent, ...], *, wants_all: bool) -> bool:
    """Names only what changes: "and for Microsoft?", "over 99 %?", "the second one"."""
    if intents != (FALLBACK,) or len(language.terms(asked.plain)) > FOLLOW_UP_TERMS:
        return False
    names_something = (
        asked.portfolios
        or asked.symbols
        or asked.sector
        or asked.days
        or asked.period
        or asked.confidence
        or asked.side
    )
    return bool(wants_all or names_something or _CONTINUES.search(asked.text))


def _merged(before: Asked, now: Asked) -> Asked:
    """The earlier question with whatever the present one names."""
    return replace(
        before,
        portfolios=now.portfolios or before.portfolios,
        symbols=now.symbols or before.symbols,
        sector=now.sector or before.sector,
        days=now.days or before.days,
        period=now.period or before.period,
        stretch=now.stretch or before.stretch,
        confidence=now.confidence or before.confidence,
        side=now.side or before.side,
        trades=now.trades or before.trades,
    )


def _fitting(intents: tuple[Intent, ...], asked: Asked) -> tuple[Intent, ...]:
    """After "what is my beta?", "and of Microsoft?" asks for the beta of one position."""
    if not asked.symbols or any(intent.need for intent in intents):
        return intents
    of_symbol = {tool: intent for intent in MEASURED if intent.need == "symbol" for tool in intent.tools}
    return tuple(of_symbol.get(intent.tools[0], intent) if intent.tools else intent for intent in intents)


def _with_ordinal(asked: Asked, names: Sequence[str], before: Understood | None) -> Asked:
    match = _ORDINAL.search(asked.text)
    if before is None or asked.portfolios or not match or len(language.terms(asked.text)) > 3:
        return asked
    index = _ORDINALS[match[1].lower()]
    return replace(asked, portfolios=(names[index],)) if -len(names) <= index < len(names) else asked
