"""What people say, in the words of the knowledge base: a question about "wobble" finds what is written on volatility.

A small embedding model knows that such words are alike only where its training did. `plain_words.psv` says it for the
subjects of this product.
"""

import re
from functools import lru_cache
from pathlib import Path

# What says that something is asked, and not what: "explain" is a rare word here, and would find whatever has it
_LEADS = re.compile(
    r"^\W*(?:(?:please|hi|hello|hey|so|ok|okay|and)\W+)*(?:(?:can|could|would|will) you (?:please )?)?"
    r"(?:explain|define|describe|clarify|help me (?:to )?understand|teach me|tell me(?: more)?(?: about)?"
    r"|i(?: want| need| would like|\S?d like) to (?:know|understand)|(?:what is )?the (?:definition|meaning) of)\b"
    r"(?: to me| me)?",
    re.IGNORECASE,
)
_MEANS = re.compile(r"^(\W*what (?:does|do|did|would) .+?) means?\b", re.IGNORECASE)
_TRAILS = re.compile(
    r"\W+(?:to me|for me|please|like i\S?m (?:five|5)|in (?:simple|plain|easy) (?:words|terms|english|language))\W*$",
    re.IGNORECASE,
)
_TABLE = Path(__file__).with_name("plain_words.psv")


def subject(question: str) -> str:
    """The question without the words that only ask; all of it where nothing else is left."""
    left = _TRAILS.sub("", _MEANS.sub(r"\1", _LEADS.sub("", question, count=1), count=1)).strip()
    return left if re.search(r"\w{2}", left) else question


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
    """Any of the phrases, which commas part. Whole words; a star stands for any ending of one."""
    return re.compile("|".join(_phrase(phrase.strip()) for phrase in said.split(",")), re.IGNORECASE)


def _phrase(phrase: str) -> str:
    words = (re.escape(word.removesuffix("*")) + r"\w*" * word.endswith("*") for word in phrase.split())
    return r"\b" + r"\s+".join(words) + r"\b"
