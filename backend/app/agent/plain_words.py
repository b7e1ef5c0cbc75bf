"""What people say, in the words of the knowledge base: a question about "wobble" finds what is written on volatility.

A small embedding model knows that such words are alike only where its training did. `plain_words.psv` says it for the
subjects of this product.
"""

import re
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("plain_words.psv")


def terms(question: str) -> str:
    """The words of the knowledge base for what the question says in others; empty where it says nothing of the kind."""
    found = (words for phrases, words in _table() if phrases.search(question))
    return " ".join(dict.fromkeys(word for words in found for word in words))


@lru_cache
def _table() -> list[tuple[re.Pattern[str], list[str]]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines if line.strip() and not line.startswith("#")]
    return [(pattern(said), written.split()) for said, written in rows]


def pattern(said: str) -> re.Pattern[str]:
    """Any of the phrases, which commas part. Whole words; a star stands for any ending."""
    return re.compile("|".join(_phrase(phrase.strip()) for phrase in said.split(",")), re.IGNORECASE)


def _phrase(phrase: str) -> str:
    stem, star, _ = phrase.partition("*")
    words = r"\s+".join(re.escape(word) for word in stem.split())
    return rf"\b{words}\w*" if star else rf"\b{words}\b"
