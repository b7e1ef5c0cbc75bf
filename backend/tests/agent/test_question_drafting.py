"""What of a model's answer becomes a suggested question."""

import json

import pytest

from app.agent.document_questions import MAX_CHARS
from app.agent.question_drafting import MOST, sections, understood


def told(*questions: object) -> str:
    return json.dumps({"questions": questions})


@pytest.mark.parametrize(
    ("answer", "questions"),
    [
        (told("May I sell?", " Who\n decides? "), ["May I sell?", "Who decides?"]),
        (f"Here:\n```json\n{told('May I sell?')}\n```", ["May I sell?"]),
        (told("May I sell?", "may i SELL", "Known one!"), ["May I sell?"]),
        (told("", "?", "x" * (MAX_CHARS + 1)), []),
        (told("May I sell?", 7), []),
        ('{"questions": ["May I sell?"], "scope": "global"}', []),
        ("I will not.", []),
        (told(*(f"Question {number}?" for number in range(MOST + 5))), [f"Question {n}?" for n in range(MOST)]),
        (told("Half a pair \ud83d and a null \x00?"), ["Half a pair and a null ?"]),
    ],
    ids=["plain", "fenced", "repeated", "empty or long", "not text", "more than asked", "words", "many", "unstorable"],
)
def test_only_questions_are_taken_and_each_once(answer: str, questions: list[str]) -> None:
    assert understood(answer, ["known one"]) == questions


def test_a_long_section_is_one_and_a_text_without_headings_too() -> None:
    body = "Lead.\n\n## Rules\n\n" + "Nobody sells alone. " * 200 + "\n\n### Limits\n\nTen per cent."

    assert [(each.path, each.text[:6]) for each in sections("House", body)] == [
        ("", "Lead."),
        ("Rules", "Nobody"),
        ("Rules \u203a Limits", "Ten pe"),
    ]
    assert len(sections("House", body)[1].text) > 3_000
