"""Portfolios in a question: by whole name, or by a word that only one of the names has."""

import re
from collections.abc import Sequence

PORTFOLIO_WORD = "portfolio"
_KINDS = "portfolio|account|fund|book|one"
# Words of names that say nothing, and words that may stand around a name
_PLAIN_WORDS = frozenset(
    "portfolio account fund book one the my of and equity individual a an in for is what about how please".split()  # noqa: SIM905 - words in a text are easier to read and to add to
)
# Shorter beginnings of a word are too likely to be another ("tech" is long enough for "technology")
MIN_PREFIX_CHARS = 4

# What may be the name of a portfolio that has not been seen yet
_HINTS = (
    re.compile(r'"[^"]{2,}"|\N{LEFT DOUBLE QUOTATION MARK}'),
    re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][a-z]+(?:[ /&-]+[A-Z][a-z]+)+"),
    re.compile(
        r"\b(?!(?:my|the|this|that|a|whole|entire|total|our|current|which|what|each|every|all|your|of|in|is|and|or|for|overall|"
        r"compare|about|any|portfolio|other|risky|volatile|safe|good|as|with|how|first|second|third|last|does|to|same|"
        r"has|did|moved|made|on|stock|stocks|no|than|by|see|show|summari[sz]e|give|analy[sz]e)\b)"
        rf"[a-z]+ (?:{_KINDS})\b",
        re.IGNORECASE,
    ),
)


def taken_out(text: str, names: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Which of the names are meant, and the text with a plain word in their place."""
    folded = _folded(text)
    whole = [name for name in names if _folded(name).strip() and _folded(name) in folded]
    for name in whole:
        text = re.sub(
            r"\W+".join(re.escape(word) for word in _folded(name).split()), PORTFOLIO_WORD, text, flags=re.IGNORECASE
        )
    if whole:
        return tuple(whole), text
    meant = []
    for name in names:
        said = _said(folded, _distinct_words(name, names))
        if _is_meant(folded, said):
            meant.append(name)
            text = _without(text, said)
    return tuple(meant), text


def may_name_one(text: str) -> bool:
    return any(hint.search(text) for hint in _HINTS)


def _distinct_words(name: str, names: Sequence[str]) -> set[str]:
    others = {word for other in names if other != name for word in _folded(other).split()}
    return set(_folded(name).split()) - others - _PLAIN_WORDS


def _said(folded: str, distinct: set[str]) -> set[str]:
    words = folded.split()
    # After "how" it says a degree: "how concentrated is my portfolio?"
    return {
        word for before, word in zip(["", *words], words, strict=False) if before != "how" and _is_said(word, distinct)
    }


def _is_meant(folded: str, said: set[str]) -> bool:
    """A word of the name stands beside a word like "portfolio", or alone."""
    if not said:
        return False
    return bool(re.search(_beside(said), folded)) or not set(folded.split()) - said - _PLAIN_WORDS


def _without(text: str, said: set[str]) -> str:
    shortened = re.sub(_beside(said), f" {PORTFOLIO_WORD} ", f" {text} ", flags=re.IGNORECASE)
    return re.sub(rf"\b(?:{_any(said)})\b", "", shortened, flags=re.IGNORECASE)


def _beside(said: set[str]) -> str:
    between = r"(?:\W+(?!(?:my|the|our|your|this|is|a)\b)\w+)?"
    return rf"\b(?:{_any(said)})(?:\W+(?:{_any(said)}))*{between}\W+(?:{_KINDS})\b"


def _any(words: set[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words))


def _is_said(word: str, distinct: set[str]) -> bool:
    return word in distinct or (
        len(word) >= MIN_PREFIX_CHARS and word not in _PLAIN_WORDS and any(own.startswith(word) for own in distinct)
    )


def _folded(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.casefold()))} "
