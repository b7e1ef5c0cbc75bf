"""What a person's own words ask to be kept in mind, found by rules; and whether two ways of saying it say the same.

The rules read English. They find little, and what they find was meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.models.memory import MemoryKind

About = Literal["person", "portfolio"]

# What is meant for later stands at the beginning; far below may be a page that somebody pasted
MAX_READ_CHARS = 2_000
# More in one message is a document
MOST = 3
MAX_CHARS = 500
MIN_WORDS = 3
# Of the words of a memory, those that the person must have said
SAID_SHARE = 0.6
# Inflected forms share their beginning: prefer, prefers, preferred
STEM_CHARS = 5

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_ASKED_FOR = re.compile(
    r"^\W*(?:(?:please|and|also|ok(?:ay)?|hey)[\s,]+)*"
    r"(?:(?:remember|note|keep in mind|bear in mind|(?:do not|don.t) forget|for the future|for future reference)\b"
    r"(?!\s+(?:when|how|what|why|who|me)\b)[\s,:-]*(?:that\b)?[\s,:-]*)",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"^\W*(?:please\s+)?(?:always|never|from now on|in (?:the )?future|whenever|every time)\b", re.IGNORECASE
)
_PREFERENCE = re.compile(
    r"\bi(?:.d)? (?:\w+ )?(?:prefer|rather|like (?:to see|my|answers?|figures?|it when))\b", re.IGNORECASE
)
_OF_PORTFOLIO = re.compile(
    r"\bmy (?:\w+ ){0,3}(?:target|goal|aim|limit|benchmark|horizon|objective|mandate|strategy|budget|rule)\b"
    r"[^.?!]{0,60}?\b(?:is|are|should|must|stays?)\b"
    r"|\bi (?:do not|don.t|never|only)? ?want (?:no|any|more than|less than|at most|at least)\b"
    r"|\bi (?:hold|keep|use) \S+ (?:as|for|because)\b",
    re.IGNORECASE,
)
_OF_PERSON = re.compile(
    r"\bi(?:.m| am| will| plan to| intend to| expect to)? (?:retir\w+|live|work|study|pay tax\w*|am taxed|taxed|need)\b"
    r"|\bi (?:plan|intend|expect) to\b|\bi am (?:a|an|\d+)\b|\bi.m (?:a|an|\d+)\b",
    re.IGNORECASE,
)
_THIS_PORTFOLIO = re.compile(r"\b(?:this (?:portfolio|account|one|fund)|in here)\b", re.IGNORECASE)
_SECRET = re.compile(
    r"\b(?:password|passcode|pin|api[\s-]?key|secret|token|iban|card number|social security)\b"
    r"|\b(?=\w*\d)(?=\w*[a-z])\w{20,}\b|\b\d[\d -]{12,}\d\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"^\W*(?:please\s+)?(?:show|tell|give|list|compare|explain|calculate|compute|run|plot|draw|summari[sz]e|what|how|why|"
    r"which|when|where|who|is|are|do|does|did|can|could|would|will|should|and|hi|hello|thanks?|ok|yes|no)\b",
    re.IGNORECASE,
)
_STANDS = re.compile(r"\b(?:always|never|remember|prefer|from now on|keep in mind|forget|note)\b", re.IGNORECASE)
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_SMALL_WORDS = (
    "a an and any are as at be been but by can did do does for from had has have he her him his i if in is it its me "
    "my of on or our over please she should so some than that the their them then there they this to too up us was we "
    "were when which who will with would you your d ll m re s t ve person user wants want"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_NEGATIONS = frozenset({"no", "not", "never", "without", "don", "nor", "neither"})


@dataclass(frozen=True, slots=True)
class Statement:
    """`about` says whether it holds for the person whatever they look at, or for the portfolio at hand."""

    content: str
    kind: MemoryKind
    about: About


def stated(text: str) -> list[Statement]:
    """The first few of a message. Questions state nothing."""
    found: dict[str, Statement] = {}
    for sentence in _sentences(text):
        statement = _statement(sentence)
        if statement is not None and not holds_secret(statement.content):
            found.setdefault(statement.content.lower(), statement)
    return list(found.values())[:MOST]


def may_state_any(text: str) -> bool:
    """Whether a model should read it: quick, and wrong on the side of reading."""
    return any(
        len(_WORD.findall(sentence)) >= MIN_WORDS and (_STANDS.search(sentence) or not _REQUEST.match(sentence))
        for sentence in _sentences(text)
    )


def holds_secret(content: str) -> bool:
    """What must not be kept, whoever asks for it: it would be sent to a provider with every question."""
    return _SECRET.search(content) is not None


def same(first: str, second: str) -> bool:
    """Whether one says no more and nothing else than the other: its words in their order, no other figure, no `not`."""
    shorter, longer = sorted((_bearing(first), _bearing(second)), key=len)
    if not shorter or _figures(first) != _figures(second):
        return False
    if _NEGATIONS & set(shorter) != _NEGATIONS & set(longer):
        return False
    remaining = iter(longer)
    return all(word in remaining for word in shorter)


def is_said_in(content: str, said: str) -> bool:
    """Whether it is somebody's own words, as far as words tell: all of its figures and most of the rest."""
    if not _figures(content) <= _figures(said):
        return False
    words, known = _bearing(content), set(_bearing(said))
    return bool(words) and sum(word in known for word in words) >= SAID_SHARE * len(words)


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text[:MAX_READ_CHARS]):
        if sentence.strip() and not sentence.rstrip().endswith("?"):
            yield sentence.strip()


def _statement(sentence: str) -> Statement | None:
    asked_for = _ASKED_FOR.match(sentence)
    said = sentence[asked_for.end() :] if asked_for else sentence
    if len(_WORD.findall(said)) < MIN_WORDS or len(said) > MAX_CHARS - 1:
        return None
    kind, about = _kind(said)
    if kind is None and asked_for is None:
        return None
    if _THIS_PORTFOLIO.search(said):
        about = "portfolio"
    return Statement(_as_sentence(said), kind or "fact", about)


def _kind(said: str) -> tuple[MemoryKind | None, About]:
    """None for no known kind of statement. Without a better sign it is about the portfolio at hand."""
    if _RULE.search(said):
        return "rule", "person"
    if _PREFERENCE.search(said):
        return "preference", "person"
    if _OF_PORTFOLIO.search(said):
        return "fact", "portfolio"
    if _OF_PERSON.search(said):
        return "fact", "person"
    return None, "portfolio"


def _as_sentence(said: str) -> str:
    line = " ".join(said.split()).rstrip(".!;,: ")
    return f"{line[0].upper()}{line[1:]}."


def _bearing(text: str) -> list[str]:
    words = (word.lower().replace(",", "") for word in _WORD.findall(text))
    return [word if word[0].isdigit() else word[:STEM_CHARS] for word in words if word not in _SMALL]


def _figures(text: str) -> set[str]:
    return {word.replace(",", "") for word in _WORD.findall(text) if word[0].isdigit()}
