"""What a question names: the subjects that people bring to a portfolio analyst, by the words for them.

A small embedding model puts "my beta" nearer to "my fees" than to "how sensitive am I to the market": what it hears
first is the tone. `subjects.psv` says which words are about the same thing. A question that names none is left to the
model.
"""

import re
from functools import lru_cache
from pathlib import Path

from app.agent import plain_words
from app.agent.offline.intents import MEASURED

_TABLE = Path(__file__).with_name("subjects.psv")


def names() -> list[str]:
    return [name for name, _ in _table()]


def usual_questions() -> list[str]:
    """What is asked anywhere, and the subjects themselves: the background that a tenant's questions stand out from."""
    return [*(example for intent in MEASURED for example in intent.examples), *names()]


def named(question: str) -> list[int]:
    """Places in `names`, of all that the question speaks of."""
    return [place for place, (_, phrases) in enumerate(_table()) if phrases.search(question)]


@lru_cache
def _table() -> list[tuple[str, re.Pattern[str]]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines if line.strip() and not line.startswith("#")]
    return [(name.strip(), plain_words.pattern(said)) for name, said in rows]
