"""The labelled retrieval set is sound, and what checks it sees what is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.agent import unanswered
from evaluation.retrieval import check
from evaluation.retrieval.distractors import Distractor, distractors
from evaluation.retrieval.labelled_set import (
    PassageName,
    Question,
    asked,
    files,
    questions,
    shipped,
    uploads,
)


@pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
def test_nothing_is_wrong_with_a_set(file: Path) -> None:
    assert check.check(file) == []


@pytest.mark.parametrize("file", uploads(), ids=lambda file: file.parent.name)
def test_what_is_asked_of_uploads_names_sections_that_they_have(file: Path) -> None:
    sections = {
        PassageName(page.stem, line.removeprefix("## "))
        for page in file.parent.glob("*.md")
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    }

    assert {name for question in questions(file) for name in question.answers} <= sections
    assert len({question.text for question in questions(file)}) == len(questions(file))


def test_words_are_compared_by_their_stems_and_without_those_that_say_nothing() -> None:
    assert check.content_words("How were the returns computed?") == check.content_words("It computes a return")
    assert check.shared("Why is my account bumpy?", "A bumpy road") == 0.5


QUESTIONS = {question.id: question for question in questions()}
SOUND = QUESTIONS["paraphrase-001"]


def problems_with(monkeypatch: pytest.MonkeyPatch, broken: Question) -> list[str]:
    changed = list((QUESTIONS | {broken.id: broken}).values())
    monkeypatch.setattr(check, "questions", lambda _file: changed)
    return check.check()


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (replace(SOUND, answers=(PassageName("volatility", "Nothing"),)), "there is no section volatility#Nothing"),
        (replace(SOUND, answers=()), "answers do not fit its kind"),
        (replace(SOUND, text="How widely do daily returns scatter?"), "of its words are in volatility"),
        (replace(SOUND, text=QUESTIONS["direct-001"].text), "asked twice"),
        (replace(SOUND, text=next(iter(asked().values()))[0]), "ships with the product"),
        (replace(QUESTIONS["unanswerable-001"], text=unanswered.texts()[0]), "ships with the product"),
        (replace(QUESTIONS["direct-080"], page=None), "is not in its scope"),
        (replace(QUESTIONS["unanswerable-001"], absent=("volatility",)), "a passage speaks of volatility"),
    ],
    ids=[
        "unknown-section",
        "no-answer",
        "shared-words",
        "repeated",
        "shipped",
        "shipped as unanswered",
        "scope",
        "answerable",
    ],
)
def test_a_mistake_is_found(monkeypatch: pytest.MonkeyPatch, broken: Question, told: str) -> None:
    assert any(told in problem for problem in problems_with(monkeypatch, broken))


def test_too_few_or_too_similar_distractors_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    passage = next(iter(shipped()))
    copied = Distractor("distractor/copy/overview", passage.title, passage.name.heading, passage.text)
    monkeypatch.setattr(check, "distractors", lambda: iter([*list(distractors())[:10], copied]))

    found = check.check()

    assert any(problem.startswith("11 distractors, at least") for problem in found)
    assert f"{copied.id} is like {passage.name.document}#{passage.name.heading}" in found
