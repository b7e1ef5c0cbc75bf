"""Passages of neighbouring subjects, none of which the shipped knowledge or the questions are about.

Each line of `subjects.psv` is one subject with its facts. Five passages are made of it, each about another side of the
subject, in one of several wordings and with a sentence on its field from `kinds.psv`, so that they differ among
themselves as the pages of a library do. The same on every machine.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SUBJECTS = Path(__file__).with_name("subjects.psv")
KINDS = Path(__file__).with_name("kinds.psv")


@dataclass(frozen=True)
class Subject:
    name: str
    kind: str
    meaning: str
    working: str
    use: str
    caution: str
    example: str


@dataclass(frozen=True)
class Distractor:
    """`id` begins with `distractor/`, which no shipped document does."""

    id: str
    title: str
    heading: str
    text: str


@dataclass(frozen=True)
class Side:
    """One side of a subject: the heading, and the wordings of which each subject gets one."""

    name: str
    heading: str
    wordings: tuple[str, ...]


SIDES = (
    Side(
        "overview",
        "What is meant by {name}",
        (
            "{name}, a subject of {kind}, is {meaning}. People meet it in connection with {use}. One picture of it: "
            "{example}.",
            "In {kind} one speaks of {name} and means {meaning}. Its place is with {use}. Somebody who hears the term "
            "for the first time may think of this: {example}.",
            "Under {name} one understands {meaning}. The term belongs to {kind} and turns up wherever the matter is "
            "{use}. Put in numbers or in plain life: {example}.",
            "{name}: {meaning}. It is an old acquaintance of everybody who has to do with {kind}, and it is there for "
            "{use}.",
        ),
    ),
    Side(
        "working",
        "How {name} works",
        (
            "The steps behind {name} are quickly told. {working}. A case from practice: {example}. Textbooks on {kind} "
            "devote a chapter to it, with forms and exceptions that differ from country to country.",
            "{working}: that is how {name} comes about. Who does it for the first time takes half a day, later it is "
            "routine. In one office the result was this: {example}.",
            "Behind {name} stands a simple procedure. {working}. What comes out is checked by a second pair of eyes "
            "and filed with its date.",
            "Ask a practitioner of {kind} how {name} works and the reply will be: {working}. Then an instance "
            "usually follows, such as this one: {example}.",
        ),
    ),
    Side(
        "use",
        "When {name} is of use",
        (
            "{name} is of use for {use}. It is chosen there because it is {meaning}. Others in {kind} get along "
            "without it for years and miss nothing.",
            "Not everybody needs {name}. It helps with {use}; elsewhere it is paperwork. Those who decide for it "
            "should know that it is {meaning}, and should ask somebody who has lived with one.",
            "Where does {name} earn its keep? With {use}. A reader from {kind} put it this way: {example}, and that "
            "settled the question.",
            "The usual occasion for {name} is {use}. It then proceeds like this: {working}. Before signing "
            "anything one compares two or three offers.",
        ),
    ),
    Side(
        "caution",
        "What to mind with {name}",
        (
            "{name} has a weak side: {caution}. Most complaints in {kind} go back to that. It remains {meaning}, "
            "neither more nor less, and should be judged as such.",
            "A word of caution about {name}. {caution}. Experienced people therefore write down what they expected "
            "and look at it again after a year.",
            "{caution}: beginners in {kind} learn this about {name} the hard way. A second trap is haste, and a "
            "third is to copy what a neighbour did, for whom it was a matter of {use}.",
            "Where {name} goes wrong, the cause is mostly the same: {caution}. The procedure itself is sound: "
            "{working}.",
        ),
    ),
    Side(
        "example",
        "{name}: an example",
        (
            "An example makes {name} clear: {example}. Nothing else is behind the phrase than {meaning}. In another "
            "year, or another town, the figures would be different and the principle the same.",
            "Take a case of {name} as it stands in many a file: {example}. The people involved knew that {caution}, "
            "and went ahead with open eyes.",
            "{example}. So simple can {name} be. The rest is {kind} as usual: forms, dates and patience, and "
            "now and then a telephone call.",
            "How much is at stake with {name} shows in a single line: {example}. It was done for the sake of "
            "{use}. A year later nobody wanted to go back.",
        ),
    ),
)


def subjects() -> list[Subject]:
    return [Subject(*cells) for cells in _rows(SUBJECTS)]


def distractors() -> Iterator[Distractor]:
    asides = {kind: sentences for kind, *sentences in _rows(KINDS)}
    return (_passage(subject, side, asides[subject.kind]) for subject in subjects() for side in SIDES)


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield [cell.strip() for cell in line.split("|")]


def _passage(subject: Subject, side: Side, asides: Sequence[str]) -> Distractor:
    facts = vars(subject)
    seed = f"{subject.name}/{side.name}"
    wording = _chosen(side.wordings, seed).format(**facts)
    return Distractor(
        id=f"distractor/{subject.name.casefold().replace(' ', '-')}/{side.name}",
        title=subject.name,
        heading=side.heading.format(**facts),
        text=f"{_sentences(wording)} {_chosen(asides, f'{seed}/aside')}",
    )


def _chosen(wordings: Sequence[str], seed: str) -> str:
    return wordings[zlib.crc32(seed.encode()) % len(wordings)]


def _sentences(text: str) -> str:
    """Facts are stated in lower case: what begins a sentence is capitalised."""
    return ". ".join(sentence[:1].upper() + sentence[1:] for sentence in text.split(". "))
