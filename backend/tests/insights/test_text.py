"""A model's answer becomes an insight, or is refused with what is wrong."""

import json
from typing import Any

import pytest

from app.insights.text import InvalidInsightText, parse

CODES = ["leverage", "cash_drag"]
GOOD: dict[str, Any] = {
    "title": "T",
    "severity": "notice",
    "summary": "S.",
    "findings": [{"code": "leverage", "comment": "C."}],
    "recommendations": ["R."],
    "analysis": "A.",
}


@pytest.mark.parametrize("around", ["{}", "```json\n{}\n```", "Here it is:\n{}\nThat is all.", "  {}  "])
def test_the_object_is_taken_out_of_what_stands_around_it(around: str) -> None:
    assert parse(around.replace("{}", json.dumps(GOOD)), CODES).title == "T"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("", "no JSON object"),
        ("I cannot do that.", "no JSON object"),
        ('{"title": "T"', "no JSON object"),
        ('{"title": "T", "summary"}', "cannot be read"),
        (json.dumps({**GOOD, "title": ""}), "title: "),
        (json.dumps({**GOOD, "title": "t" * 161}), "title: "),
        (json.dumps({**GOOD, "recommendations": ["r"] * 7}), "recommendations: "),
        (json.dumps({**GOOD, "recommendations": "one"}), "recommendations: "),
        (json.dumps({**GOOD, "severity": "grave"}), "severity: Input should be"),
        (json.dumps({**GOOD, "surprise": 1}), "surprise: Extra inputs"),
        (json.dumps({**GOOD, "findings": [{"code": "leverage"}]}), "findings.0.comment: Field required"),
        (json.dumps({**GOOD, "findings": [{"code": "luck", "comment": "C."}]}), 'no finding "luck". There are: lev'),
        (json.dumps({"title": "T"}), "summary: Field required"),
        ('{"a":' * 100_000 + "}", "cannot be read"),
    ],
)
def test_what_is_not_an_insight_is_refused_with_the_reason(answer: str, said: str) -> None:
    with pytest.raises(InvalidInsightText, match=said):
        parse(answer, CODES)
