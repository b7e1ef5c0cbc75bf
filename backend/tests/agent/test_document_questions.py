import pytest

from app.agent import document_questions, document_text
from app.agent.document_questions import DocumentQuestion, front_matter_lines, in_file, in_front_matter
from app.agent.document_text import TooManyQuestions

FRONT_MATTER = """title: Fees
questions:
  - What does it cost me?
  Leaving early:
    - "Do I get my  money back?"
  -
scope: tenant
"""
ASKED = [DocumentQuestion("What does it cost me?"), DocumentQuestion("Do I get my money back?", "Leaving early")]


def test_front_matter_states_questions_of_the_whole_and_of_headings() -> None:
    assert in_front_matter(FRONT_MATTER) == ASKED
    assert in_front_matter("title: Fees\nquestions: none\n") == []


def test_a_file_beside_a_page_states_them_under_its_headings() -> None:
    assert in_file("## Leaving early\n\n- Do I get my money back?\n- How long must I stay?\n") == [
        DocumentQuestion("Do I get my money back?", "Leaving early"),
        DocumentQuestion("How long must I stay?", "Leaving early"),
    ]


def test_what_is_written_is_read_again() -> None:
    lines = front_matter_lines(reversed(ASKED))

    assert in_front_matter("\n".join(lines)) == ASKED
    assert front_matter_lines([]) == []


async def test_a_document_knows_its_questions_and_does_not_show_them() -> None:
    text = await document_text.read(f"---\n{FRONT_MATTER}---\n\nIt is free.".encode(), "text/markdown")

    assert (text.title, text.body, list(text.questions)) == ("Fees", "It is free.", ASKED)


@pytest.mark.parametrize(
    "lines",
    [["  - Why?"] * (document_questions.MAX_QUESTIONS + 1), [f"  - {'y' * (document_questions.MAX_CHARS + 1)}?"]],
    ids=["many", "long"],
)
async def test_too_many_or_too_long_questions_are_refused(lines: list[str]) -> None:
    text = "\n".join(["---", "questions:", *lines, "---", "Text."])

    with pytest.raises(TooManyQuestions, match="`questions` in the front matter"):
        await document_text.read(text.encode(), "text/markdown")
