"""The labelled questions: `questions.psv` (20 topics), `close.psv` (9 more that lie near each other and those), and two
sets of 20 topics by other hands."""

from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

_FOLDER = Path(__file__).parent

Part = Literal["questions", "close", "second", "third"]


class Labelled(NamedTuple):
    topic: str
    question: str


@cache
def load(part: Part) -> tuple[Labelled, ...]:
    lines = (_FOLDER / f"{part}.psv").read_text(encoding="utf-8").splitlines()
    return tuple(Labelled(*line.split("|", 1)) for line in lines)
