"""The labelled questions, and how they are divided into those for tuning and those held out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from evaluation.retrieval.pages import pages

QUESTIONS = Path(__file__).with_name("questions.yaml")

Kind = Literal["direct", "paraphrase", "unanswerable"]
Half = Literal["tuning", "held_out"]


@dataclass(frozen=True, order=True)
class PassageName:
    """A section of a shipped page, written `document#Heading`."""

    document: str
    heading: str

    @classmethod
    def parse(cls, text: str) -> "PassageName":
        document, _, heading = text.partition("#")
        return cls(document, heading)


@dataclass(frozen=True)
class Passage:
    name: PassageName
    title: str
    scope: str
    text: str

    @property
    def whole(self) -> str:
        return f"{self.title}\n{self.name.heading}\n{self.text}"


@dataclass(frozen=True)
class Question:
    """Any one of `answers` answers it; none does for an unanswerable one, of whose `absent` phrases no passage speaks.

    `page` is the page of the app that the person is on, where the answer is in that page's scope.
    """

    id: str
    kind: Kind
    text: str
    answers: tuple[PassageName, ...]
    absent: tuple[str, ...]
    page: str | None

    @property
    def half(self) -> Half:
        """By the number in its id: odd ones are for tuning, even ones are opened once."""
        return "tuning" if int(self.id.rpartition("-")[2]) % 2 else "held_out"


@cache
def questions() -> tuple[Question, ...]:
    records = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    return tuple(
        Question(
            id=record["id"],
            kind=record["id"].rpartition("-")[0],
            text=record["question"],
            answers=tuple(PassageName.parse(answer) for answer in record.get("answers", ())),
            absent=tuple(record.get("absent", ())),
            page=record.get("page"),
        )
        for record in records
    )


def shipped() -> Iterator[Passage]:
    for found in pages():
        for section in found.sections:
            yield Passage(
                name=PassageName(found.name, section.heading),
                title=found.front_matter["title"],
                scope=found.front_matter["scope"],
                text=section.text,
            )
