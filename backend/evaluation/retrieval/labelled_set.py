"""The labelled questions, a file for each set: `tuning` to choose by, `held_out` to judge by."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from app.agent import document_questions
from evaluation.retrieval.pages import FOLDER, pages

QUESTIONS = Path(__file__).with_name("questions")
SHIPPED_QUESTIONS = FOLDER / "questions"
TUNING = QUESTIONS / "tuning.yaml"
# A folder for each tenant: pages as it uploads them, without questions of their own, and what is asked of them
UPLOADS = Path(__file__).with_name("uploads")

Kind = Literal["direct", "paraphrase", "unanswerable"]


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


def files() -> list[Path]:
    """The sets that are there."""
    return sorted(QUESTIONS.glob("*.yaml"), reverse=True)


def uploads() -> list[Path]:
    """The questions that are asked of each tenant's pages, which lie beside them."""
    return sorted(UPLOADS.glob("*/questions.yaml"))


@cache
def questions(file: Path = TUNING) -> tuple[Question, ...]:
    records = yaml.safe_load(file.read_text(encoding="utf-8"))
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


@cache
def asked() -> dict[PassageName, tuple[str, ...]]:
    """The questions that ship with the pages: under which their sections are found."""
    found: dict[PassageName, tuple[str, ...]] = {}
    for file in sorted(SHIPPED_QUESTIONS.glob("*.txt")):
        for each in document_questions.in_file(file.read_text(encoding="utf-8")):
            name = PassageName(file.stem, each.section or "")
            found[name] = (*found.get(name, ()), each.text)
    return found


def shipped() -> Iterator[Passage]:
    for found in pages():
        for section in found.sections:
            yield Passage(
                name=PassageName(found.name, section.heading),
                title=found.front_matter["title"],
                scope=found.front_matter["scope"],
                text=section.text,
            )
