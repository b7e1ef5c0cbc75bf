"""The readable part of a JSON answer, however it is cut into pieces."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insights.preview import Preview


def _read(text: str, size: int) -> str:
    preview = Preview()
    return "".join(preview.feed(text[start : start + size]) for start in range(0, len(text), size))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))), st.text(min_size=1), st.integers(1, 9), st.booleans())
def test_summary_and_analysis_are_shown_as_they_come(summary: str, title: str, size: int, is_ascii: bool) -> None:
    answer = {"title": title, "findings": [{"summary": "no"}], "summary": summary, "analysis": "A \U0001f4c8 b"}
    shown = _read(f"```json\n{json.dumps(answer, ensure_ascii=is_ascii)}\n```", size)
    assert shown == (f"{summary}\n\nA \U0001f4c8 b" if summary else "A \U0001f4c8 b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("I cannot do that.", ""),
        ('{"summary": "half', "half"),
        ('{"summary": 12, "analysis": ["x"], "title": "t"}', ""),
        ('{"summary": "a \\q b \\u12zz c"}', "a  b  c"),
        ('}}}{"summary": "a"}', ""),
        ('{"summary": "a", "x": {"analysis": "no"}, "analysis": "b\\n"}', "a\n\nb\n"),
    ],
)
def test_what_is_no_insight_shows_what_it_can(text: str, shown: str) -> None:
    assert _read(text, 1) == shown
