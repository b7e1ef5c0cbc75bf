"""The labelled questions: `questions.psv` (20 topics), `close.psv` (9 more that lie near each other and those), and
four sets of 20 topics by other hands."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from app.learning.topics import subjects
from app.learning.topics.subjects import Example

_FOLDER = Path(__file__).parent

Part = Literal["questions", "close", "second", "third", "fourth", "fifth"]
PARTS: tuple[Part, ...] = get_args(Part)


class Labelled(NamedTuple):
    topic: str
    question: str


@cache
def load(part: Part) -> tuple[Labelled, ...]:
    lines = (_FOLDER / f"{part}.psv").read_text(encoding="utf-8").splitlines()
    return tuple(Labelled(*line.split("|", 1)) for line in lines)


HANDS: dict[str, tuple[Labelled, ...]] = {
    "first": (*load("questions"), *load("close")),
    "second": load("second"),
    "third": load("third"),
    "fourth": load("fourth"),
    "fifth": load("fifth"),
}


def of_others(own: Iterable[Labelled]) -> tuple[Example, ...]:
    """The examples that ship, without what is to be grouped."""
    questions = {plain(row.question) for row in own}
    return tuple(example for example in subjects.examples() if plain(example.question) not in questions)


def plain(question: str) -> str:
    return " ".join(question.casefold().split())
